#include "core/graph/simplify.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "core/ops/batch_norm/scale_and_shift.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"

namespace whittle {

namespace {

bool contains(const std::vector<int>& list, int value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

std::size_t readers_of(const Graph& graph, int tensor) {
    std::size_t readers = contains(graph.outputs, tensor) ? 1 : 0;
    for (const Node& node : graph.nodes) {
        readers +=
            static_cast<std::size_t>(std::count(node.inputs.begin(), node.inputs.end(), tensor));
    }
    return readers;
}

// The index of the node that makes the tensor; none for constants and inputs.
std::optional<std::size_t> maker_of(const Graph& graph, int tensor) {
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        if (contains(graph.nodes[n].outputs, tensor)) return n;
    }
    return std::nullopt;
}

bool has_activation(const Node& node) {
    if (node.op == OpKind::fully_connected) {
        return node.attributes.as<FullyConnectedAttributes>().activation != Activation::none;
    }
    return node.attributes.as<Conv2dAttributes>().activation != Activation::none;
}

bool is_float_constant(const Graph& graph, int tensor) {
    return graph.tensor(tensor).constant && graph.tensor(tensor).dtype == DType::float32;
}

bool has_bias(const Node& layer) { return layer.inputs.size() > 2 && layer.inputs[2] != kNoTensor; }

// Whether the layer's outputs can be scaled and shifted by changing its constants.
bool can_take_over(const Graph& graph, const Node& layer) {
    if (layer.op != OpKind::conv2d && layer.op != OpKind::depthwise_conv2d &&
        layer.op != OpKind::fully_connected) {
        return false;
    }
    return !has_activation(layer) && is_float_constant(graph, layer.inputs[1]) &&
           (!has_bias(layer) || is_float_constant(graph, layer.inputs[2])) &&
           readers_of(graph, layer.outputs[0]) == 1 && !contains(graph.outputs, layer.outputs[0]);
}

int add_constant(Graph& graph, const Node& layer, const Tensor& like, Tensor constant) {
    constant.name = like.name.empty() ? graph.tensor(layer.outputs[0]).name + "/bias" : like.name;
    constant.trainable = true;
    graph.tensors.push_back(std::move(constant));
    return static_cast<int>(graph.tensors.size()) - 1;
}

// weights * scale for each output: dimension 0, or the last one of a depthwise convolution.
Tensor scaled_weights(const Tensor& weights, bool depthwise, const std::vector<float>& scale) {
    Tensor scaled = weights;
    const std::span<float> values = scaled.as<float>();
    const std::size_t run = values.size() / scale.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] *= scale[depthwise ? i % scale.size() : i / run];
    }
    return scaled;
}

void fold(Graph& graph, Node& layer, const ScaleAndShift& folded) {
    const Tensor weights = graph.tensor(layer.inputs[1]);
    const bool depthwise = layer.op == OpKind::depthwise_conv2d;
    std::vector<float> bias = folded.shift;
    if (has_bias(layer)) {
        const std::span<const float> old = std::as_const(graph).tensor(layer.inputs[2]).as<float>();
        for (std::size_t c = 0; c < bias.size(); ++c) bias[c] += old[c] * folded.scale[c];
    }
    const Tensor old_bias = has_bias(layer) ? graph.tensor(layer.inputs[2]) : Tensor();
    const int new_weights =
        add_constant(graph, layer, weights, scaled_weights(weights, depthwise, folded.scale));
    const int new_bias = add_constant(
        graph, layer, old_bias, make_constant("", {static_cast<std::int32_t>(bias.size())}, bias));
    layer.inputs = {layer.inputs[0], new_weights, new_bias};
}

}  // namespace

Graph without_training_operators(const Graph& graph) {
    Graph left = graph;
    left.nodes.clear();
    std::vector<int> stands_for(graph.tensors.size());
    std::iota(stands_for.begin(), stands_for.end(), 0);
    for (Node node : graph.nodes) {
        for (int& input : node.inputs) {
            if (input != kNoTensor) input = stands_for[static_cast<std::size_t>(input)];
        }
        if (definition_of(node.op).only_in_training && !contains(graph.outputs, node.outputs[0])) {
            stands_for[static_cast<std::size_t>(node.outputs[0])] = node.inputs[0];
        } else {
            left.nodes.push_back(std::move(node));
        }
    }
    return left;
}

Graph fold_batch_norms(const Graph& graph) {
    Graph folded = graph;
    for (std::size_t n = 0; n < folded.nodes.size();) {
        const Node norm = folded.nodes[n];
        const std::optional<std::size_t> maker =
            norm.op == OpKind::batch_norm ? maker_of(folded, norm.inputs[0]) : std::nullopt;
        if (!maker || !can_take_over(folded, folded.nodes[*maker])) {
            ++n;
            continue;
        }
        const NodeTensorList tensors(folded, norm);
        fold(folded, folded.nodes[*maker],
             scale_and_shift(tensors.view().inputs, norm.attributes.as<BatchNormAttributes>()));
        folded.nodes[*maker].outputs = norm.outputs;
        folded.nodes.erase(folded.nodes.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return folded;
}

Graph without_unused_tensors(const Graph& graph) {
    std::vector<int> place(graph.tensors.size(), kNoTensor);
    const auto mark = [&](const std::vector<int>& list) {
        for (const int tensor : list) {
            if (tensor != kNoTensor) place[static_cast<std::size_t>(tensor)] = 0;
        }
    };
    mark(graph.inputs);
    mark(graph.outputs);
    for (const Node& node : graph.nodes) {
        mark(node.inputs);
        mark(node.outputs);
    }
    Graph used = graph;
    used.tensors.clear();
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        if (place[t] == kNoTensor) continue;
        place[t] = static_cast<int>(used.tensors.size());
        used.tensors.push_back(graph.tensors[t]);
    }
    const auto move = [&](std::vector<int>& list) {
        for (int& tensor : list) {
            if (tensor != kNoTensor) tensor = place[static_cast<std::size_t>(tensor)];
        }
    };
    move(used.inputs);
    move(used.outputs);
    for (Node& node : used.nodes) {
        move(node.inputs);
        move(node.outputs);
    }
    return used;
}

}  // namespace whittle
