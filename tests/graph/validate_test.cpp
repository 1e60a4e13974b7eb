#include <doctest/doctest.h>

#include <limits>

#include "core/graph/checks.h"
#include "core/graph/graph.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

namespace {

struct Case {
    const char* name;
    void (*damage)(Graph& graph);
    const char* place;  // what the error's place begins with
};

// Each damages a valid int8_graph() in one way.
const Case kCases[] = {
    {"graph input out of range", [](Graph& g) { g.inputs = {7}; }, "graph input 0"},
    {"graph input negative", [](Graph& g) { g.inputs = {-1}; }, "graph input 0"},
    {"graph input twice",
     [](Graph& g) {
         g.inputs = {0, 0};
     },
     "graph input 1"},
    {"graph input constant",
     [](Graph& g) {
         g.inputs = {0, 1};
     },
     "graph input 1"},
    {"graph input missing", [](Graph& g) { g.inputs = {}; },
     "operator 0 (fully_connected), input 0"},
    {"no graph output", [](Graph& g) { g.outputs = {}; }, "graph outputs"},
    {"graph output out of range",
     [](Graph& g) {
         g.outputs = {6, 99};
     },
     "graph output 1"},
    {"graph output twice",
     [](Graph& g) {
         g.outputs = {6, 3, 6};
     },
     "graph output 2"},
    {"graph output never made", [](Graph& g) { g.nodes.pop_back(); }, "graph output 0"},
    {"too few inputs", [](Graph& g) { g.nodes[0].inputs = {0}; }, "operator 0 (fully_connected)"},
    {"too many inputs",
     [](Graph& g) {
         g.nodes[0].inputs = {0, 1, 2, 2};
     },
     "operator 0 (fully_connected)"},
    {"required input left out", [](Graph& g) { g.nodes[1].inputs[1] = kNoTensor; },
     "operator 1 (fully_connected), input 1"},
    {"input below -1", [](Graph& g) { g.nodes[1].inputs[2] = -2; },
     "operator 1 (fully_connected), input 2"},
    {"input out of range", [](Graph& g) { g.nodes[1].inputs[0] = 7; },
     "operator 1 (fully_connected), input 0"},
    {"output left out", [](Graph& g) { g.nodes[1].outputs = {kNoTensor}; },
     "operator 1 (fully_connected), output 0"},
    {"no outputs", [](Graph& g) { g.nodes[0].outputs = {}; }, "operator 0 (fully_connected)"},
    {"two outputs",
     [](Graph& g) {
         g.nodes[1].outputs = {6, 3};
     },
     "operator 1 (fully_connected)"},
    {"reads its own output", [](Graph& g) { g.nodes[0].inputs[0] = 3; },
     "operator 0 (fully_connected), input 0"},
    {"cycle",
     [](Graph& g) {
         g.tensors[6].shape = {1, 3};
         g.nodes[0].inputs[0] = 6;
     },
     "operator 0 (fully_connected), input 0"},
    {"wrong order", [](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); },
     "operator 0 (fully_connected), input 0"},
    {"output made twice", [](Graph& g) { g.nodes[1].outputs = {3}; },
     "operator 1 (fully_connected)"},
    {"output constant", [](Graph& g) { g.nodes[0].outputs = {2}; }, "operator 0 (fully_connected)"},
    {"output is a graph input", [](Graph& g) { g.nodes[0].outputs = {0}; },
     "operator 0 (fully_connected)"},
    {"negative dimension",
     [](Graph& g) {
         g.tensors[3].shape = {-1, 3};
     },
     "tensor 3 'hidden'"},
    {"nine dimensions", [](Graph& g) { g.tensors[3].shape = {1, 1, 1, 1, 1, 1, 1, 1, 3}; },
     "tensor 3 'hidden'"},
    {"too many elements",
     [](Graph& g) {
         g.tensors[3].shape = {65536, 65536};
     },
     "tensor 3 'hidden'"},
    {"a product that would overflow behind a zero",
     [](Graph& g) {
         g.tensors[3].shape = {2147483647, 2147483647, 2147483647, 0};
     },
     "tensor 3 'hidden'"},
    {"data short", [](Graph& g) { g.tensors[1].data.pop_back(); }, "tensor 1 'weights_a'"},
    {"data long", [](Graph& g) { g.tensors[1].data.push_back(0); }, "tensor 1 'weights_a'"},
    {"data in an activation", [](Graph& g) { g.tensors[3].data.resize(3); }, "tensor 3 'hidden'"},
    {"fewer zero points than scales",
     [](Graph& g) { g.tensors[1].quantization.zero_points.pop_back(); }, "tensor 1 'weights_a'"},
    {"scale of NaN",
     [](Graph& g) { g.tensors[0].quantization.scales = {std::numeric_limits<float>::quiet_NaN()}; },
     "tensor 0 'input', scale 0"},
    {"scale of infinity",
     [](Graph& g) { g.tensors[1].quantization.scales[2] = std::numeric_limits<float>::infinity(); },
     "tensor 1 'weights_a', scale 2"},
    {"scale of zero", [](Graph& g) { g.tensors[4].quantization.scales = {0.0f}; },
     "tensor 4 'weights_b', scale 0"},
    {"negative scale", [](Graph& g) { g.tensors[6].quantization.scales = {-1.0f}; },
     "tensor 6 'output', scale 0"},
    {"zero point above the range", [](Graph& g) { g.tensors[0].quantization.zero_points = {128}; },
     "tensor 0 'input', zero point 0"},
    {"zero point below the range", [](Graph& g) { g.tensors[0].quantization.zero_points = {-129}; },
     "tensor 0 'input', zero point 0"},
    {"axis out of range", [](Graph& g) { g.tensors[1].quantization.axis = 2; },
     "tensor 1 'weights_a'"},
    {"negative axis", [](Graph& g) { g.tensors[1].quantization.axis = -1; },
     "tensor 1 'weights_a'"},
    {"as many scales as another dimension", [](Graph& g) { g.tensors[1].quantization.axis = 1; },
     "tensor 1 'weights_a'"},
    {"an activation with a scale per channel",
     [](Graph& g) {
         g.tensors[3].quantization = {{1, 1, 1}, {0, 0, 0}, 1};
     },
     "tensor 3 'hidden'"},
    {"an int8 activation without a scale", [](Graph& g) { g.tensors[3].quantization = {}; },
     "tensor 3 'hidden'"},
    {"stored shape differs from the inferred one",
     [](Graph& g) {
         g.tensors[6].shape = {2, 1};
     },
     "operator 1 (fully_connected), output 0"},
    {"stored type differs from the inferred one",
     [](Graph& g) { g.tensors[6].dtype = DType::uint8; }, "operator 1 (fully_connected), output 0"},
    {"shapes that do not fit",
     [](Graph& g) {
         g.tensors[0].shape = {1, 3};
     },
     "operator 0 (fully_connected), input 0"},
};

}  // namespace

TEST_CASE("the sample graphs are valid") {
    for (const Graph& graph :
         {test::sine_graph(), test::mixed_graph(), test::quantized_graph(), test::int8_graph()}) {
        const Status status = validate(graph);
        CHECK_MESSAGE(status.ok(), status.error().message());
    }
}

TEST_CASE("validate names the place of every violation") {
    for (const Case& damaged : kCases) {
        CAPTURE(damaged.name);
        Graph graph = test::int8_graph();
        damaged.damage(graph);
        const Status status = validate(graph);
        CHECK(!status.ok());
        CHECK_MESSAGE(status.error().place.find(damaged.place) == 0, status.error().message());
        CHECK(status.error().expected != "");
        CHECK(status.error().found != "");
    }
}

TEST_CASE("a cycle is called a cycle") {
    Graph graph = test::int8_graph();
    graph.nodes[0].inputs[0] = 6;
    const std::string message = validate(graph).error().message();
    CHECK(message.find("cycle") != std::string::npos);
    CHECK(message.find("operator 1 (fully_connected)") != std::string::npos);
}

TEST_CASE("edges of what is valid") {
    Graph graph = test::int8_graph();
    graph.tensors[0].quantization.zero_points = {127};
    CHECK(validate(graph).ok());
    graph.tensors[0].quantization.zero_points = {-128};
    CHECK(validate(graph).ok());
    graph.outputs = {6, 0, 1};  // outputs may be inputs and constants
    CHECK(validate(graph).ok());
    graph.tensors.emplace_back();  // a tensor that nothing touches
    CHECK(validate(graph).ok());
    graph.tensors[1].quantization.scales = {1e-45f, 3e38f, 1.0f};
    CHECK(validate(graph).ok());
}

TEST_CASE("check_shape at its limits") {
    CHECK(check_shape({}, DType::float32).ok());
    CHECK(check_shape({0}, DType::float32).ok());
    CHECK(check_shape({1, 1, 1, 1, 1, 1, 1, 1}, DType::float32).ok());
    CHECK(check_shape({2147483647}, DType::int8).ok());
    CHECK(!check_shape({2147483647, 2}, DType::int8).ok());
    CHECK(!check_shape({2147483647}, DType::int16).ok());
    CHECK(check_shape({536870911}, DType::float32).ok());
    CHECK(!check_shape({536870912}, DType::float32).ok());
    CHECK(!check_shape({-1}, DType::int8).ok());
    CHECK(!check_shape(Shape(9, 1), DType::int8).ok());
    const std::int32_t most = std::numeric_limits<std::int32_t>::max();
    CHECK(!check_shape(Shape(8, most), DType::int64).ok());
}

}  // namespace whittle
