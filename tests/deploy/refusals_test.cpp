#include <doctest/doctest.h>

#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/checks.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

TEST_CASE("what no kernel takes is refused with operator, version, tensor and reason") {
    Graph graph = test::int8_graph();
    graph.tensors[4].quantization.zero_points[0] = 0;
    graph.tensors[1].quantization.zero_points = {0, 1, 0};
    const auto weights = Program::from_graph(graph);
    REQUIRE(!weights.ok());
    CHECK(weights.error().place ==
          "operator 0 (fully_connected, version 4), input 1 (weights): tensor 1 'weights_a'");
    CHECK(weights.error().expected == "zero points of 0 where scales are per channel");

    graph = test::int8_graph();
    graph.tensors[6].quantization = {};
    const auto output = Program::from_graph(graph);
    REQUIRE(!output.ok());
    CHECK(output.error().place.find("operator 1 (fully_connected, version 4)") == 0);
    CHECK(output.error().place.find("tensor 6 'output'") != std::string::npos);
}

TEST_CASE(
    "types that an operator does not take are refused with its name and version in the file") {
    Graph graph = test::int8_graph();
    graph.nodes[0].inputs[2] = 1;
    const auto read = read_tflite(write_tflite(graph));
    REQUIRE(!read.ok());
    CHECK(read.error().place ==
          "operator 0 (FULLY_CONNECTED, version 4), input 2 (bias): tensor 1 'weights_a'");
    CHECK(read.error().found == "int8");
}

namespace {

// The file of `graph` with its operators' versions set, and before them one that widens a constant
// of float16, which is read away.
std::vector<std::uint8_t> file_with_widening(const Graph& graph, std::int32_t version) {
    const auto model = tflite::UnPackModel(write_tflite(graph).data());
    for (const auto& code : model->operator_codes) code->version = version;
    tflite::SubGraphT& subgraph = *model->subgraphs[0];
    auto op = std::make_unique<tflite::OperatorT>();
    op->opcode_index = static_cast<std::uint32_t>(model->operator_codes.size());
    auto code = std::make_unique<tflite::OperatorCodeT>();
    code->builtin_code = tflite::BuiltinOperator_DEQUANTIZE;
    model->operator_codes.push_back(std::move(code));
    for (const auto type : {tflite::TensorType_FLOAT16, tflite::TensorType_FLOAT32}) {
        auto tensor = std::make_unique<tflite::TensorT>();
        tensor->type = type;
        tensor->shape = {1};
        (op->inputs.empty() ? op->inputs : op->outputs)
            .push_back(static_cast<std::int32_t>(subgraph.tensors.size()));
        subgraph.tensors.push_back(std::move(tensor));
    }
    subgraph.tensors[subgraph.tensors.size() - 2]->buffer =
        static_cast<std::uint32_t>(model->buffers.size());
    model->buffers.push_back(std::make_unique<tflite::BufferT>());
    model->buffers.back()->data = {0x00, 0x3C};
    subgraph.operators.insert(subgraph.operators.begin(), std::move(op));
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

TEST_CASE("refusals name an operator by its number and version in the file") {
    Graph graph = test::int8_graph();
    graph.tensors[1].quantization.zero_points = {0, 1, 0};
    const auto read = read_tflite(file_with_widening(graph, 9));
    REQUIRE_MESSAGE(read.ok(), read.error().message());
    REQUIRE(read->nodes.size() == 2);
    const auto program = Program::from_graph(*read);
    REQUIRE(!program.ok());
    CHECK(program.error().place ==
          "operator 1 (FULLY_CONNECTED, version 9), input 1 (weights): tensor 1 'weights_a'");

    graph = test::int8_graph();
    graph.tensors[6].shape = {2, 1};
    const auto shape = read_tflite(file_with_widening(graph, 9));
    REQUIRE(!shape.ok());
    CHECK(shape.error().place == "operator 2 (FULLY_CONNECTED, version 9), output 0");
    CHECK(shape.error().found == "int8 [2, 1] in tensor 6 'output'");
}

TEST_CASE("the steps that an operator is written as are named by the operator of the file") {
    Graph graph;
    graph.tensors.resize(2);
    for (Tensor& tensor : graph.tensors) tensor.shape = {1, 4};
    graph.nodes = {{OpKind::silu, {}, {0}, {1}, FileOperator{7, tflite::BuiltinOperator_MUL, 3}}};
    graph.inputs = {0};
    graph.outputs = {1};
    const Graph expanded = expand(graph);
    REQUIRE(expanded.nodes.size() > 1);
    for (std::size_t i = 0; i < expanded.nodes.size(); ++i) {
        CHECK(node_place(expanded, static_cast<int>(i)) == "operator 7 (MUL, version 3)");
    }
}

TEST_CASE("an error that names no operand names the output") {
    const Graph graph = test::int8_graph();
    const Error error = refusal_at("operator 0 (x)", graph, graph.nodes[0], {.expected = "more"});
    CHECK(error.place == "operator 0 (x): tensor 3 'hidden'");
    const Error input =
        refusal_at("operator 1 (x)", graph, graph.nodes[1], {.place = "input 9 (state)"});
    CHECK(input.place == "operator 1 (x), input 9 (state)");
    const auto place = [&](const char* at) {
        return refusal_at("x", graph, graph.nodes[1], {.place = at}).place;
    };
    CHECK(place("input 1") == "x, input 1: tensor 4 'weights_b'");
    CHECK(place("input 12") == "x, input 12");  // not input 1
    CHECK(place("input 99999999999999999999") == "x, input 99999999999999999999");
    CHECK(place("input") == "x, input: tensor 6 'output'");
    CHECK(place("input x") == "x, input x: tensor 6 'output'");
    CHECK(versioned_place(test::mixed_graph(), 0) == "operator 0 (add, version 1)");
}

TEST_CASE("a tensor of 2^40 bytes is refused before anything is taken for it") {
    Graph graph = test::int8_graph();
    graph.tensors[3].shape = {1 << 20, 1 << 20};
    const Status status = validate(graph);
    REQUIRE(!status.ok());
    CHECK(status.error().place == "tensor 3 'hidden'");
    CHECK(status.error().found == "int8 [1048576, 1048576]");
}

}  // namespace whittle
