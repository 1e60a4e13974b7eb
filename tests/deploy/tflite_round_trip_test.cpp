#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "core/base/hash.h"
#include "core/base/platform/files.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/builder.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/reference_models.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

namespace {

// Reads what was written from `graph`, and checks that writing it again gives the same bytes.
Graph check_round_trip(const Graph& graph) {
    const std::vector<std::uint8_t> first = write_tflite(graph);
    const Result<Graph> read = read_tflite(first);
    REQUIRE_MESSAGE(read.ok(), read.error().message());
    CHECK(write_tflite(*read) == first);
    return *read;
}

}  // namespace

TEST_CASE("a graph survives writing and reading") {
    for (const Graph& graph :
         {test::sine_graph(), test::mixed_graph(), test::quantized_graph(), test::int8_graph(),
          test::int16_graph(), test::narrow_sums_graph()}) {
        CAPTURE(graph.name);
        CHECK(test::difference(check_round_trip(graph), expand(graph)) == "");
    }
}

TEST_CASE("empty and extreme tensors survive writing and reading") {
    Graph graph;
    graph.name = "";
    graph.tensors = {Tensor{}, make_constant("", {0, 3}, {}),
                     make_constant("one", {}, std::vector<float>{-0.0f})};
    graph.inputs = {0};         // a scalar
    graph.outputs = {0, 1, 2};  // no operator at all
    CHECK(test::difference(check_round_trip(graph), graph) == "");

    Tensor nothing;  // an input without elements is no constant
    nothing.shape = {1, 0};
    graph.tensors.push_back(nothing);
    graph.inputs.push_back(3);
    CHECK(test::difference(check_round_trip(graph), graph) == "");
}

TEST_CASE("a layer without bias survives writing and reading") {
    Graph graph = test::sine_graph();
    graph.nodes[0].inputs[2] = kNoTensor;
    graph.nodes[1].inputs.pop_back();
    const int first_bias = 2;
    const int second_bias = 5;
    for (const int bias : {first_bias, second_bias}) graph.tensor(bias).trainable = false;
    CHECK(test::difference(check_round_trip(graph), graph) == "");
}

TEST_CASE("names that cannot be printed are cleaned when read") {
    Graph graph = test::sine_graph();
    graph.tensors[0].name = std::string("a\0\x1b[31m\xff", 8);
    const Result<Graph> read = read_tflite(write_tflite(graph));
    REQUIRE(read.ok());
    CHECK(read->tensors[0].name == "a??[31m?");
}

TEST_CASE("bytes may stand at any address") {
    const std::vector<std::uint8_t> bytes = write_tflite(test::int8_graph());
    for (std::size_t shift = 0; shift < 8; ++shift) {
        std::vector<std::uint8_t> moved(bytes.size() + shift);
        std::copy(bytes.begin(), bytes.end(), moved.begin() + static_cast<std::ptrdiff_t>(shift));
        const Result<Graph> read = read_tflite(std::span(moved).subspan(shift));
        REQUIRE(read.ok());
        CHECK(test::difference(*read, test::int8_graph()) == "");
    }
}

TEST_CASE("constants are aligned to 16 bytes and have a buffer each") {
    const std::vector<std::uint8_t> bytes = write_tflite(test::int8_graph());
    const tflite::Model* model = tflite::GetModel(bytes.data());
    CHECK(model->version() == 3);
    CHECK(model->description()->str() == "Whittle");
    REQUIRE(model->buffers()->size() == 5);
    CHECK(model->buffers()->Get(0)->data() == nullptr);
    for (flatbuffers::uoffset_t i = 1; i < 5; ++i) {
        CHECK((model->buffers()->Get(i)->data()->data() - bytes.data()) % 16 == 0);
    }
    REQUIRE(model->operator_codes()->size() == 1);
    const tflite::OperatorCode* code = model->operator_codes()->Get(0);
    CHECK(code->builtin_code() == tflite::BuiltinOperator_FULLY_CONNECTED);
    CHECK(code->deprecated_builtin_code() == tflite::BuiltinOperator_FULLY_CONNECTED);
    CHECK(code->version() == 4);  // int8
}

TEST_CASE("every target writes the same bytes") {
    // What x86-64 wrote first; to be changed only where the format of our files changes.
    CHECK(to_hex(fnv1a(write_tflite(test::int8_graph()))) == "86597697725b10a9");
}

TEST_CASE("operator codes stand in order of first use with the highest version needed") {
    const std::vector<std::uint8_t> bytes = write_tflite(test::mixed_graph());
    const tflite::Model* model = tflite::GetModel(bytes.data());
    std::vector<int> codes;
    for (const tflite::OperatorCode* code : *model->operator_codes()) {
        codes.push_back(code->builtin_code());
    }
    std::vector<int> expected;
    for (const Node& node : expand(test::mixed_graph()).nodes) {
        const int code = definition_of(node.op).tflite.code;
        if (std::find(expected.begin(), expected.end(), code) == expected.end()) {
            expected.push_back(code);
        }
    }
    CHECK(expected.size() >= 13);
    CHECK(codes == expected);
    Graph graph = test::sine_graph();  // version 1, and 6 where the bias is left out
    graph.nodes[1].inputs.pop_back();
    const std::vector<std::uint8_t> mixed = write_tflite(graph);
    REQUIRE(tflite::GetModel(mixed.data())->operator_codes()->size() == 1);
    CHECK(tflite::GetModel(mixed.data())->operator_codes()->Get(0)->version() == 6);
}

// The types that the options of operators from 1 on say for their biases, by the format's own
// numbers.
static std::vector<int> bias_types(const std::vector<std::uint8_t>& bytes) {
    const auto* operators = tflite::GetModel(bytes.data())->subgraphs()->Get(0)->operators();
    std::vector<int> types;
    const flatbuffers::voffset_t fields[] = {6, 4, 4, 4};  // CONV_2D, TRANSPOSE_CONV, dense layers
    for (flatbuffers::uoffset_t i = 0; i < 4; ++i) {
        const auto* options =
            static_cast<const flatbuffers::Table*>(operators->Get(i + 1)->builtin_options());
        const auto offset = static_cast<flatbuffers::voffset_t>(4 + 2 * fields[i]);
        types.push_back(options->GetField<std::int8_t>(offset, 0));
    }
    return types;
}

static std::vector<std::pair<int, int>> versions(const std::vector<std::uint8_t>& bytes) {
    std::vector<std::pair<int, int>> found;
    for (const tflite::OperatorCode* code : *tflite::GetModel(bytes.data())->operator_codes()) {
        found.push_back({code->builtin_code(), code->version()});
    }
    return found;
}

TEST_CASE("files say that sums over int16 are of 32 bits, and in which versions") {
    using Versions = std::vector<std::pair<int, int>>;
    Graph graph = test::narrow_sums_graph();
    const std::vector<std::uint8_t> narrow = write_tflite(graph);
    CHECK(bias_types(narrow) == std::vector<int>{2, 2, 2, 2});  // INT32
    const Versions first = versions(narrow);
    // QUANTIZE, CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED, DEQUANTIZE
    REQUIRE(first.size() == 5);
    CHECK(first[1] == std::pair{3, 8});
    CHECK(first[2] == std::pair{67, 5});
    CHECK(first[3] == std::pair{9, 11});
    const Result<Graph> read = read_tflite(narrow);
    REQUIRE(read.ok());
    CHECK(read->nodes[4].attributes.as<FullyConnectedAttributes>().narrow_sums);

    for (const int bias : {3, 7, 10}) {
        Tensor& tensor = graph.tensor(bias);
        tensor.dtype = DType::int64;
        tensor.data.assign(tensor.bytes(), 0);
    }
    graph.nodes[4].attributes = Attributes::of(FullyConnectedAttributes{});
    const std::vector<std::uint8_t> wide = write_tflite(graph);
    CHECK(bias_types(wide) == std::vector<int>{0, 0, 0, 0});  // nothing
    const Versions second = versions(wide);
    REQUIRE(second.size() == 5);
    CHECK(second[1] == std::pair{3, 4});
    CHECK(second[2] == std::pair{67, 4});
    CHECK(second[3] == std::pair{9, 7});
}

TEST_CASE(
    "options that say another type than the bias has are refused, and so is any but integers") {
    const std::vector<std::uint8_t> bytes = write_tflite(test::narrow_sums_graph());
    const auto with_types = [&](tflite::TensorType type) {
        const auto model = tflite::UnPackModel(bytes.data());
        auto& operators = model->subgraphs[0]->operators;
        operators[1]->builtin_options.AsConv2DOptions()->quantized_bias_type =
            tflite::TensorType_FLOAT32;  // says nothing
        operators[3]->builtin_options.AsFullyConnectedOptions()->quantized_bias_type = type;
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
        return read_tflite({builder.GetBufferPointer(), builder.GetSize()});
    };
    CHECK(with_types(tflite::TensorType_INT32).ok());
    CHECK(with_types(tflite::TensorType_FLOAT32).ok());
    const Result<Graph> wide = with_types(tflite::TensorType_INT64);
    REQUIRE_FALSE(wide.ok());
    CHECK(wide.error().place ==
          "operator 3 (FULLY_CONNECTED, version 11), input 2 (bias): tensor 10 'bias_c'");
    CHECK(wide.error().expected == "INT64, as quantized_bias_type says");
    CHECK(wide.error().found == "int32");
    for (const auto type : {tflite::TensorType_INT16, static_cast<tflite::TensorType>(99)}) {
        const Result<Graph> other = with_types(type);
        REQUIRE_FALSE(other.ok());
        CHECK(other.error().expected.find("INT64 or INT32") != std::string::npos);
        CHECK_FALSE(other.error().hint.empty());
    }
}

TEST_CASE("the deprecated operator code alone is understood") {
    const std::vector<std::uint8_t> bytes = write_tflite(test::sine_graph());
    const auto model = tflite::UnPackModel(bytes.data());
    model->operator_codes[0]->builtin_code = tflite::BuiltinOperator_ADD;  // 0: not written
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
    const Result<Graph> read = read_tflite({builder.GetBufferPointer(), builder.GetSize()});
    REQUIRE_MESSAGE(read.ok(), read.error().message());
    CHECK(test::difference(*read, test::sine_graph()) == "");
}

TEST_CASE("models of others: what is read survives, what is not says why") {
    std::vector<std::string> accepted;
    for (const std::string& path : test::reference_models()) {
        CAPTURE(path);
        const auto bytes = read_file(path);
        REQUIRE(bytes.ok());
        const Result<Graph> original = read_tflite(*bytes);
        if (!original.ok()) {
            CHECK(original.error().place.find("operator ") == 0);
            CHECK(original.error().hint != "");
            continue;
        }
        accepted.push_back(path.substr(path.rfind('/') + 1));
        CHECK(test::difference(check_round_trip(*original), *original) == "");
    }
    if (test::reference_models().empty()) return;
    for (const char* name : {"hello_world_int8.tflite", "hello_world_float.tflite",
                             "ad01_int8.tflite", "ad01_fp32.tflite"}) {
        CHECK(std::find(accepted.begin(), accepted.end(), name) != accepted.end());
    }
}

}  // namespace whittle
