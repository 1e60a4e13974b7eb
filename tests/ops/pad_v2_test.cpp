#include <doctest/doctest.h>

#include <cstring>

#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/deploy/widen.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

template <class T>
struct PaddingCase {
    DType dtype;
    Shape shape;
    PadAttributes amounts;
    T value;
    Quantization quantization{};
    Quantization of_constant{};
};

template <class T>
Tensor single_value(DType dtype, T value, const Quantization& quantization = {}) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.constant = true;
    tensor.data.resize(sizeof value);
    std::memcpy(tensor.data.data(), &value, sizeof value);
    tensor.quantization = quantization;
    return tensor;
}

Tensor list_of_amounts(const PadAttributes& amounts, std::size_t rank) {
    std::vector<std::int32_t> list;
    for (std::size_t i = 0; i < rank; ++i) {
        list.push_back(amounts.before[i]);
        list.push_back(amounts.after[i]);
    }
    return int32_constant({static_cast<std::int32_t>(rank), 2}, list);
}

template <class T>
Graph padding_graph(const PaddingCase<T>& c) {
    Tensor input;
    input.name = "x";
    input.dtype = c.dtype;
    input.shape = c.shape;
    input.quantization = c.quantization;
    return single_node_graph(OpKind::pad_v2, Attributes::of(c.amounts),
                             {input, list_of_amounts(c.amounts, c.shape.size()),
                              single_value(c.dtype, c.value, c.of_constant)},
                             c.quantization);
}

std::vector<std::uint8_t> numbered_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(7 * i + 1);
    return bytes;
}

// Element by element: where it lies in the input, or the value.
template <class T>
std::vector<std::uint8_t> padded_plainly(const PaddingCase<T>& c,
                                         const std::vector<std::uint8_t>& input,
                                         const Shape& output) {
    std::vector<std::uint8_t> bytes;
    for (std::int64_t i = 0; i < element_count(output); ++i) {
        std::int64_t rest = i, from = 0, stride = 1;
        bool inside = true;
        for (std::size_t d = output.size(); d-- > 0;) {
            const std::int64_t at = rest % output[d] - c.amounts.before[d];
            rest /= output[d];
            inside = inside && at >= 0 && at < c.shape[d];
            from += at * stride;
            stride *= c.shape[d];
        }
        std::uint8_t element[sizeof(T)];
        std::memcpy(element, &c.value, sizeof(T));
        if (inside) {
            std::memcpy(element, input.data() + static_cast<std::size_t>(from) * sizeof(T),
                        sizeof(T));
        }
        bytes.insert(bytes.end(), element, element + sizeof(T));
    }
    return bytes;
}

template <class T>
void check_padding(const PaddingCase<T>& c) {
    CAPTURE(std::string(dtype_name(c.dtype)));
    const Graph graph = padding_graph(c);
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    const std::vector<std::uint8_t> input = numbered_bytes(program->input_bytes());
    std::vector<std::uint8_t> output(program->output_bytes());
    program->run(input, output);
    CHECK(output == padded_plainly(c, input, graph.tensor(graph.outputs[0]).shape));
}

const Quantization kCoarse{{0.5f}, {3}, 0};

Graph int8_padding(const Quantization& of_constant) {
    return padding_graph<std::int8_t>(
        {DType::int8, {2, 3}, {{1, 0}, {0, 2}}, -77, kCoarse, of_constant});
}

using Model = tflite::ModelT;

Result<Graph> read_changed(const Graph& graph, void (*change)(Model&)) {
    const auto model = tflite::UnPackModel(write_tflite(graph).data());
    change(*model);
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
    return read_tflite({builder.GetBufferPointer(), builder.GetSize()});
}

void check_changed(const Graph& graph,
                   void (*change)(Model&),
                   const std::string& place,
                   const std::string& expected,
                   const std::string& found) {
    const Result<Graph> read = read_changed(graph, change);
    REQUIRE(!read.ok());
    CHECK(read.error().place == place);
    CHECK(read.error().expected == expected);
    CHECK(read.error().found == found);
}

}  // namespace

TEST_CASE("PADV2 puts its value round the input, whatever the type") {
    const PadAttributes box{{1, 0, 3}, {0, 2, 1}};
    for (const float value : {-1.5f, 0.0f, -0.0f, 3.4e38f}) {
        check_padding<float>({DType::float32, {2, 3, 4}, box, value});
    }
    check_padding<float>({DType::float32, {1, 2, 1, 3, 2}, {{0, 1, 0, 0, 2}, {1, 0, 2, 0, 0}}, 9});
    check_padding<float>({DType::float32, {2, 0}, {{1, 1}, {0, 1}}, 2.0f});
    for (const int value : {-128, -77, 3, 127}) {
        check_padding<std::int8_t>(
            {DType::int8, {2, 3, 4}, box, static_cast<std::int8_t>(value), kCoarse, kCoarse});
    }
    check_padding<std::uint8_t>({DType::uint8, {2, 3, 4}, box, 200, kCoarse, kCoarse});
    check_padding<std::int8_t>({DType::int8, {2, 3}, {{1, 0}, {0, 2}}, 5});  // no quantization
    // The raw value, whatever its quantization.
    const Quantization fine{{0.001f}, {0}, 0};
    check_padding<std::int16_t>({DType::int16, {2, 3, 4}, box, -12345, fine, kCoarse});
    check_padding<std::int16_t>({DType::int16, {2, 3, 4}, box, 32767, fine, {}});
    check_padding<std::int32_t>({DType::int32, {2, 3, 4}, box, -2147483647 - 1});
}

TEST_CASE("an int8 value of another quantization than the output's is refused") {
    CHECK(Program::from_graph(int8_padding(kCoarse)).ok());
    for (const Quantization& other :
         {Quantization{{0.5f}, {4}, 0}, Quantization{{0.25f}, {3}, 0}}) {
        const auto program = Program::from_graph(int8_padding(other));
        REQUIRE(!program.ok());
        CHECK(program.error().place.find("input 2 (constant_values)") != std::string::npos);
        CHECK(program.error().expected == "the output's scale 0.5 and zero point 3");
        CHECK(program.error().found.find("scale 0.") == 0);
    }
    const auto none = Program::from_graph(int8_padding({}));
    REQUIRE(!none.ok());
    CHECK(none.error().found == "no quantization");
}

TEST_CASE("PADV2 stays PADV2 in a .tflite file, with its value") {
    const Graph graph = int8_padding(kCoarse);
    const std::vector<std::uint8_t> bytes = write_tflite(graph);
    const tflite::Model* model = tflite::GetModel(bytes.data());
    REQUIRE(model->operator_codes()->size() == 1);
    CHECK(model->operator_codes()->Get(0)->builtin_code() == tflite::BuiltinOperator_PADV2);
    CHECK(model->operator_codes()->Get(0)->version() == 2);
    CHECK(model->subgraphs()->Get(0)->operators()->Get(0)->builtin_options_type() ==
          tflite::BuiltinOptions_PadV2Options);
    const Result<Graph> read = read_tflite(bytes);
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
    REQUIRE(read->nodes.size() == 1);
    CHECK(read->nodes[0].op == OpKind::pad_v2);
    const auto amounts = read->nodes[0].attributes.as<PadAttributes>();
    CHECK(amounts.before == graph.nodes[0].attributes.as<PadAttributes>().before);
    CHECK(amounts.after == graph.nodes[0].attributes.as<PadAttributes>().after);
    CHECK(read->tensor(read->nodes[0].inputs[2]).data == graph.tensors[2].data);
    CHECK_FALSE(read->tensor(read->nodes[0].inputs[2]).trainable);

    const Graph five = padding_graph<float>({DType::float32, {1, 1, 1, 1, 1}, {{1}, {0}}, 1.0f});
    const std::vector<std::uint8_t> five_bytes = write_tflite(five);
    CHECK(tflite::GetModel(five_bytes.data())->operator_codes()->Get(0)->version() == 4);
}

TEST_CASE("damaged paddings are refused by name") {
    const Graph graph = int8_padding(kCoarse);
    const std::string place = "operator 0 (PADV2, version 2)";
    const std::string value = place + ", input 2 (constant_values): tensor 2";
    check_changed(
        graph,
        [](Model& m) {
            m.operator_codes[0]->builtin_code = tflite::BuiltinOperator_PAD;
            m.operator_codes[0]->deprecated_builtin_code = tflite::BuiltinOperator_PAD;
            m.subgraphs[0]->operators[0]->builtin_options.Reset();
        },
        "operator 0 (PAD, version 2): tensor 3 'output'", "2 inputs", "3");
    check_changed(
        graph, [](Model& m) { m.subgraphs[0]->operators[0]->inputs.pop_back(); },
        place + ": tensor 3 'output'", "3 inputs", "2");
    check_changed(
        graph, [](Model& m) { m.subgraphs[0]->operators[0]->inputs[2] = -1; }, place + ", input 2",
        "a tensor", "none");
    check_changed(
        graph, [](Model& m) { m.subgraphs[0]->operators[0]->inputs[2] = 0; },
        place + ", input 2 (constant_values): tensor 0 'x'", "a constant of one int8",
        "a computed int8 [2, 3]");
    check_changed(
        graph, [](Model& m) { m.subgraphs[0]->operators[0]->inputs[2] = 1; },
        place + ", input 2 (constant_values): tensor 1", "a constant of one int8",
        "a constant int32 [2, 2]");
    check_changed(
        graph,
        [](Model& m) {
            m.subgraphs[0]->tensors[2]->shape = {2};
            m.buffers[m.subgraphs[0]->tensors[2]->buffer]->data = {1, 2};
        },
        value, "a constant of one int8", "a constant int8 [2]");
    check_changed(
        graph,
        [](Model& m) {
            m.subgraphs[0]->tensors[2]->shape = {0};
            m.buffers[m.subgraphs[0]->tensors[2]->buffer]->data.clear();
        },
        value, "a constant of one int8", "a constant int8 [0]");
    check_changed(
        graph, [](Model& m) { m.subgraphs[0]->tensors[2]->type = tflite::TensorType_UINT8; }, value,
        "a constant of one int8", "a constant uint8 []");
    const Result<Graph> untouched = read_changed(graph, [](Model&) {});
    CHECK(untouched.ok());
}

TEST_CASE("PADV2 runs with any batch that its amounts leave open") {
    const Graph graph = padding_graph<float>({DType::float32, {1, 2}, {{0, 1}, {0, 0}}, -4.0f});
    const Result<Graph> batched = with_batch(graph, 3);
    REQUIRE_MESSAGE(batched.ok(), (batched.ok() ? "" : batched.error().message()));
    CHECK(batched->tensor(batched->outputs[0]).shape == Shape{3, 3});
    CHECK(Program::from_graph(*batched).ok());
}

TEST_CASE("a value that the file keeps in float16 is widened") {
    Graph graph = padding_graph<float>({DType::float32, {1, 2}, {{0, 1}, {0, 0}}, 0.0f});
    Tensor& value = graph.tensors[2];
    value.constant = false;
    value.data.clear();
    graph.tensors.push_back(single_value<std::uint16_t>(DType::float16, 0xC000));  // -2
    graph.nodes.insert(graph.nodes.begin(), {OpKind::dequantize, {}, {4}, {2}});
    const Result<Graph> read = read_tflite(write_tflite(graph));
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
    Result<Program> program = Program::from_graph(*read);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    const float in[2] = {1.0f, 5.0f};
    float out[3] = {};
    program->run({reinterpret_cast<const std::uint8_t*>(in), sizeof in},
                 {reinterpret_cast<std::uint8_t*>(out), sizeof out});
    CHECK(out[0] == -2.0f);
    CHECK(out[1] == 1.0f);
    CHECK(out[2] == 5.0f);
}

}  // namespace whittle::test
