#include <doctest/doctest.h>

#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/checks.h"
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

TEST_CASE("an error that names no operand names the output") {
    const Graph graph = test::int8_graph();
    const Error error = refusal_at("operator 0 (x)", graph, graph.nodes[0], {.expected = "more"});
    CHECK(error.place == "operator 0 (x): tensor 3 'hidden'");
    const Error input =
        refusal_at("operator 1 (x)", graph, graph.nodes[1], {.place = "input 9 (state)"});
    CHECK(input.place == "operator 1 (x), input 9 (state)");
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
