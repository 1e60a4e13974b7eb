#include "core/deploy/widen.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/ops/convolution.h"
#include "core/ops/lstm/inputs.h"
#include "core/ops/svdf/inputs.h"

namespace whittle {

namespace {

// IEEE 754 binary16.
float half_to_float(std::uint16_t half) {
    const int exponent = half >> 10 & 31;
    const int fraction = half & 1023;
    const float magnitude = exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                            : exponent == 0
                                ? std::ldexp(static_cast<float>(fraction), -24)
                                : std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
    return half >> 15 ? -magnitude : magnitude;
}

bool has_usable_scales(const Tensor& tensor) {
    const Quantization& q = tensor.quantization;
    if (q.scales.empty() || q.scales.size() != q.zero_points.size()) return false;
    if (q.scales.size() == 1) return true;
    return q.axis >= 0 && static_cast<std::size_t>(q.axis) < tensor.shape.size() &&
           static_cast<std::int64_t>(q.scales.size()) ==
               tensor.shape[static_cast<std::size_t>(q.axis)];
}

bool can_widen(const Tensor& tensor) {
    if (!tensor.constant || tensor.data.size() != tensor.bytes()) return false;
    if (tensor.dtype == DType::float16) return true;
    return (tensor.dtype == DType::int8 || tensor.dtype == DType::int4) &&
           has_usable_scales(tensor);
}

std::vector<float> widened_values(const Tensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    if (tensor.dtype == DType::float16) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            std::uint16_t half;
            std::memcpy(&half, tensor.data.data() + 2 * i, 2);
            values[i] = half_to_float(half);
        }
        return values;
    }
    const std::vector<std::int8_t> integers = integer_weights(tensor);
    const Quantization& q = tensor.quantization;
    std::size_t inner = 1;
    for (std::size_t d = static_cast<std::size_t>(q.axis) + 1; d < tensor.shape.size(); ++d) {
        inner *= static_cast<std::size_t>(tensor.shape[d]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t channel = q.per_channel() ? i / inner % q.scales.size() : 0;
        values[i] = q.scales[channel] *
                    static_cast<float>(std::int32_t{integers[i]} - q.zero_points[channel]);
    }
    return values;
}

void widen(Tensor& tensor, const std::vector<float>& values) {
    tensor.dtype = DType::float32;
    tensor.quantization = {};
    tensor.constant = true;
    tensor.widened = true;
    tensor.data.resize(values.size() * sizeof(float));
    if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
}

// The inputs of an operator that may be its weights and biases.
std::vector<int> weight_places(OpKind op) {
    const QuantizationRule& rule = definition_of(op).quantization;
    if (rule.weights_input >= 0) return {rule.weights_input, rule.bias_input};
    if (op == OpKind::batch_matmul) return {1};
    if (op == OpKind::svdf) return {kSvdfFeatures, kSvdfTimes, kSvdfBias};
    if (op != OpKind::lstm) return {};
    std::vector<int> places;
    for (int gate = 0; gate < kLstmGates; ++gate) {
        for (const int first : {kLstmWeights, kLstmRecurrent, kLstmBias}) {
            places.push_back(first + gate);
        }
    }
    return places;
}

// The constants that a node wants in float32.
std::vector<int> constants_to_widen(const Graph& graph, const Node& node) {
    const auto operand = [&](int place) {
        return place >= 0 && static_cast<std::size_t>(place) < node.inputs.size()
                   ? node.inputs[static_cast<std::size_t>(place)]
                   : kNoTensor;
    };
    const int data = operand(definition_of(node.op).quantization.data_input);
    if (data == kNoTensor || graph.tensor(data).dtype != DType::float32) return {};
    std::vector<int> constants;
    for (const int place : weight_places(node.op)) {
        const int tensor = operand(place);
        if (tensor != kNoTensor && can_widen(graph.tensor(tensor))) constants.push_back(tensor);
    }
    return constants;
}

bool is_widening(const Graph& graph, const Node& node) {
    return node.op == OpKind::dequantize && node.inputs.size() == 1 && node.outputs.size() == 1 &&
           can_widen(graph.tensor(node.inputs[0])) &&
           graph.tensor(node.outputs[0]).dtype == DType::float32 &&
           !graph.tensor(node.outputs[0]).constant &&
           graph.tensor(node.outputs[0]).shape == graph.tensor(node.inputs[0]).shape;
}

bool needs_gradient(const Graph& graph, int tensor) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
        const QuantizationRule& rule = definition_of(node.op).quantization;
        for (const int place : {rule.weights_input, rule.bias_input}) {
            if (place >= 0 && static_cast<std::size_t>(place) < node.inputs.size() &&
                node.inputs[static_cast<std::size_t>(place)] == tensor) {
                return true;
            }
        }
        return false;
    });
}

}  // namespace

void widen_weights(Graph& graph) {
    std::vector<Node> kept;
    std::vector<int> widened;
    for (Node& node : graph.nodes) {
        if (is_widening(graph, node)) {
            widen(graph.tensor(node.outputs[0]), widened_values(graph.tensor(node.inputs[0])));
            widened.push_back(node.outputs[0]);
            continue;
        }
        for (const int tensor : constants_to_widen(graph, node)) {
            // A node may name one tensor twice, as its weights and as its bias.
            if (!can_widen(graph.tensor(tensor))) continue;
            widen(graph.tensor(tensor), widened_values(graph.tensor(tensor)));
            widened.push_back(tensor);
        }
        kept.push_back(std::move(node));
    }
    graph.nodes = std::move(kept);
    for (const int tensor : widened) {
        graph.tensor(tensor).trainable = needs_gradient(graph, tensor);
    }
}

std::size_t widened_bytes(const Graph& graph) {
    std::size_t bytes = 0;
    for (const Node& node : graph.nodes) {
        if (is_widening(graph, node)) bytes += graph.tensor(node.inputs[0]).bytes();
        for (const int tensor : constants_to_widen(graph, node)) {
            bytes += graph.tensor(tensor).bytes();
        }
    }
    return bytes;
}

}  // namespace whittle
