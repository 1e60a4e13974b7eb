#include "core/graph/builder.h"

#include <cassert>
#include <cmath>
#include <utility>

#include "core/ops/fully_connected/attributes.h"

namespace whittle {

namespace {

int add_tensor(Graph& graph, Tensor tensor) {
    graph.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph.tensors.size()) - 1;
}

// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
// 2010, equation 16.
std::vector<float> glorot_uniform(std::int32_t fan_in, std::int32_t fan_out, Random& random) {
    const float limit =
        std::sqrt(6.0f / (static_cast<float>(fan_in) + static_cast<float>(fan_out)));
    std::vector<float> values(static_cast<std::size_t>(fan_in) * static_cast<std::size_t>(fan_out));
    for (float& value : values) value = random.uniform(-limit, limit);
    return values;
}

}  // namespace

GraphBuilder::GraphBuilder(std::string name) { graph_.name = std::move(name); }

int GraphBuilder::input(const std::string& name, const Shape& shape) {
    Tensor tensor;
    tensor.name = name;
    tensor.shape = {1};
    tensor.shape.insert(tensor.shape.end(), shape.begin(), shape.end());
    const int index = add_tensor(graph_, std::move(tensor));
    graph_.inputs.push_back(index);
    return index;
}

int GraphBuilder::fully_connected(int input,
                                  std::int32_t units,
                                  Activation activation,
                                  Random& random) {
    const std::string name = "dense" + std::to_string(graph_.nodes.size());
    assert(units > 0 && !graph_.tensor(input).shape.empty());
    const std::int32_t features = graph_.tensor(input).shape.back();
    Tensor weights = make_constant(name + "/weights", {units, features},
                                   glorot_uniform(features, units, random));
    const std::vector<float> zeros(static_cast<std::size_t>(units), 0.0f);
    Tensor bias = make_constant(name + "/bias", {units}, zeros);
    weights.trainable = true;
    bias.trainable = true;
    const int weights_index = add_tensor(graph_, std::move(weights));
    const int bias_index = add_tensor(graph_, std::move(bias));
    return apply(OpKind::fully_connected, {input, weights_index, bias_index},
                 Attributes::of(FullyConnectedAttributes{.activation = activation}));
}

int GraphBuilder::apply(OpKind op, std::vector<int> inputs, Attributes attributes) {
    const OpDefinition& definition = definition_of(op);
    Node node{.op = op, .attributes = attributes, .inputs = std::move(inputs), .outputs = {}};
    const NodeTensorList tensors(graph_, node);
    const auto inferred = definition.infer(tensors.view().inputs, attributes);
    assert(inferred.ok() && "the shapes fit the operator");
    const std::string name = definition.name + std::to_string(graph_.nodes.size());
    for (const TensorSpec& spec : *inferred) {
        Tensor tensor;
        tensor.name = name;
        tensor.dtype = spec.dtype;
        tensor.shape = spec.shape;
        node.outputs.push_back(add_tensor(graph_, std::move(tensor)));
    }
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.back().outputs.front();
}

int GraphBuilder::constant(const std::string& name,
                           const Shape& shape,
                           std::span<const float> values) {
    assert(element_count(shape) == static_cast<std::int64_t>(values.size()));
    return add_tensor(graph_, make_constant(name, shape, values));
}

Graph GraphBuilder::finish(std::vector<int> outputs) && {
    graph_.outputs = std::move(outputs);
    return std::move(graph_);
}

}  // namespace whittle
