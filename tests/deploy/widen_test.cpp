#include "core/deploy/widen.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "core/ops/lstm/inputs.h"

namespace whittle {
namespace {

Tensor activation(Shape shape) {
    Tensor tensor;
    tensor.shape = std::move(shape);
    return tensor;
}

Tensor int8_weights(Shape shape, const std::vector<std::int8_t>& values) {
    Tensor tensor = activation(std::move(shape));
    tensor.dtype = DType::int8;
    tensor.constant = true;
    tensor.data.resize(values.size());
    std::memcpy(tensor.data.data(), values.data(), values.size());
    return tensor;
}

std::vector<float> floats(const Tensor& tensor) {
    const auto values = tensor.as<float>();
    return {values.begin(), values.end()};
}

TEST_CASE("int8 weights of a float net become what they stand for, channel by channel") {
    Graph graph;
    Tensor weights = int8_weights({2, 2}, {3, -5, 100, -128});
    weights.quantization = {.scales = {0.5f, 0.25f}, .zero_points = {0, 0}, .axis = 0};
    graph.tensors = {activation({1, 2}), weights, activation({1, 2})};
    graph.nodes.resize(1);
    graph.nodes[0].op = OpKind::fully_connected;
    graph.nodes[0].inputs = {0, 1};
    graph.nodes[0].outputs = {2};
    widen_weights(graph);
    CHECK(graph.tensor(1).dtype == DType::float32);
    CHECK(graph.tensor(1).widened);
    CHECK(graph.tensor(1).quantization.scales.empty());
    CHECK(floats(graph.tensor(1)) == std::vector<float>{1.5f, -2.5f, 25.0f, -32.0f});
}

TEST_CASE("a float LSTM has the weights of all its gates widened, and its states left alone") {
    Graph graph;
    graph.tensors = {activation({1, 3, 1}), activation({1, 3, 1}), activation({1, 1})};
    graph.tensors[2].variable = true;
    graph.nodes.resize(1);
    Node& node = graph.nodes[0];
    node.op = OpKind::lstm;
    node.outputs = {1};
    node.inputs.assign(kLstmInputs, kNoTensor);
    node.inputs[0] = 0;
    node.inputs[kLstmHidden] = 2;
    for (int gate = 0; gate < kLstmGates; ++gate) {
        for (const int first : {kLstmWeights, kLstmRecurrent}) {
            Tensor weights = int8_weights({1, 1}, {static_cast<std::int8_t>(first + gate)});
            weights.quantization = {.scales = {0.5f}, .zero_points = {0}, .axis = 0};
            node.inputs[static_cast<std::size_t>(first + gate)] =
                static_cast<int>(graph.tensors.size());
            graph.tensors.push_back(weights);
        }
    }
    CHECK(widened_bytes(graph) == 2 * kLstmGates);
    widen_weights(graph);
    for (int gate = 0; gate < kLstmGates; ++gate) {
        for (const int first : {kLstmWeights, kLstmRecurrent}) {
            const int tensor = graph.nodes[0].inputs[static_cast<std::size_t>(first + gate)];
            CHECK(graph.tensor(tensor).widened);
            CHECK(floats(graph.tensor(tensor)) ==
                  std::vector<float>{0.5f * static_cast<float>(first + gate)});
        }
    }
    CHECK_FALSE(graph.tensor(2).widened);
}

TEST_CASE("a constant matrix of a float product is widened") {
    Graph graph;
    Tensor matrix = int8_weights({2, 1}, {4, -6});
    matrix.quantization = {.scales = {0.25f}, .zero_points = {0}, .axis = 0};
    graph.tensors = {activation({1, 2}), matrix, activation({1, 1})};
    graph.nodes.resize(1);
    graph.nodes[0].op = OpKind::batch_matmul;
    graph.nodes[0].inputs = {0, 1};
    graph.nodes[0].outputs = {2};
    widen_weights(graph);
    CHECK(floats(graph.tensor(1)) == std::vector<float>{1.0f, -1.5f});
}

TEST_CASE("a tensor that is both weights and bias is widened once") {
    Graph graph;
    Tensor weights = int8_weights({1, 2}, {3, -5});
    weights.quantization = {.scales = {0.5f}, .zero_points = {1}, .axis = 0};
    graph.tensors = {activation({1, 2}), weights, activation({1, 1})};
    graph.nodes.resize(1);
    graph.nodes[0].op = OpKind::fully_connected;
    graph.nodes[0].inputs = {0, 1, 1};
    graph.nodes[0].outputs = {2};
    widen_weights(graph);
    CHECK(floats(graph.tensor(1)) == std::vector<float>{1.0f, -3.0f});
}

TEST_CASE("float16 constants are widened, and the node that did it at run time is gone") {
    Graph graph;
    Tensor half = activation({5});
    half.dtype = DType::float16;
    half.constant = true;
    half.data = {0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7C, 0xFF, 0x7B};
    graph.tensors = {half, activation({5})};
    graph.nodes.resize(1);
    graph.nodes[0].op = OpKind::dequantize;
    graph.nodes[0].inputs = {0};
    graph.nodes[0].outputs = {1};
    widen_weights(graph);
    CHECK(graph.nodes.empty());
    CHECK(floats(graph.tensor(1)) ==
          std::vector<float>{1.0f, -2.0f, std::ldexp(1.0f, -24), INFINITY, 65504.0f});
}

}  // namespace
}  // namespace whittle
