#include "core/graph/builder.h"

#include <cassert>
#include <utility>

#include "core/ops/fully_connected/attributes.h"

namespace whittle {

namespace {

int add_tensor(Graph& graph, Tensor tensor) {
    graph.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph.tensors.size()) - 1;
}

}  // namespace

GraphBuilder::GraphBuilder(std::string name, Initialization initialization)
    : initialization_(initialization) {
    graph_.name = std::move(name);
}

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
    const Shape shape = {units, features};
    const std::vector<int> constants = weights_and_bias(
        name, shape, units,
        initial_weights(initialization_, static_cast<std::size_t>(element_count(shape)), features,
                        units, random));
    return apply(OpKind::fully_connected, {input, constants[0], constants[1]},
                 Attributes::of(FullyConnectedAttributes{.activation = activation}));
}

int GraphBuilder::conv2d(int input,
                         std::int32_t filters,
                         std::int32_t kernel_height,
                         std::int32_t kernel_width,
                         const Conv2dAttributes& attributes,
                         Random& random) {
    const std::string name = "conv" + std::to_string(graph_.nodes.size());
    assert(filters > 0 && graph_.tensor(input).shape.size() == 4);
    const std::int32_t channels = graph_.tensor(input).shape.back();
    const std::int32_t taps = kernel_height * kernel_width;
    const Shape shape = {filters, kernel_height, kernel_width, channels};
    const std::vector<int> constants = weights_and_bias(
        name, shape, filters,
        initial_weights(initialization_, static_cast<std::size_t>(element_count(shape)),
                        taps * channels, taps * filters, random));
    return apply(OpKind::conv2d, {input, constants[0], constants[1]}, Attributes::of(attributes));
}

int GraphBuilder::depthwise_conv2d(int input,
                                   std::int32_t multiplier,
                                   std::int32_t kernel_height,
                                   std::int32_t kernel_width,
                                   Conv2dAttributes attributes,
                                   Random& random) {
    const std::string name = "depthwise" + std::to_string(graph_.nodes.size());
    assert(multiplier > 0 && graph_.tensor(input).shape.size() == 4);
    const std::int32_t channels = graph_.tensor(input).shape.back();
    const std::int32_t taps = kernel_height * kernel_width;
    const Shape shape = {1, kernel_height, kernel_width, channels * multiplier};
    const std::vector<int> constants = weights_and_bias(
        name, shape, channels * multiplier,
        initial_weights(initialization_, static_cast<std::size_t>(element_count(shape)), taps,
                        taps * multiplier, random));
    attributes.depth_multiplier = multiplier;
    return apply(OpKind::depthwise_conv2d, {input, constants[0], constants[1]},
                 Attributes::of(attributes));
}

std::vector<int> GraphBuilder::weights_and_bias(const std::string& name,
                                                const Shape& shape,
                                                std::int32_t outputs,
                                                std::span<const float> weights) {
    const std::vector<float> zeros(static_cast<std::size_t>(outputs), 0.0f);
    const int first = constant(name + "/weights", shape, weights);
    const int second = constant(name + "/bias", {outputs}, zeros);
    graph_.tensor(first).trainable = true;
    graph_.tensor(second).trainable = true;
    return {first, second};
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

Status GraphBuilder::fits(OpKind op,
                          const std::vector<int>& inputs,
                          const Attributes& attributes) const {
    const OpDefinition& definition = definition_of(op);
    const auto count = static_cast<int>(inputs.size());
    if (count < definition.min_inputs || count > definition.max_inputs) {
        return Error{.place = "inputs",
                     .expected = std::to_string(definition.min_inputs) + " to " +
                                 std::to_string(definition.max_inputs),
                     .found = std::to_string(count)};
    }
    const Node node{.op = op, .attributes = attributes, .inputs = inputs, .outputs = {}};
    const NodeTensorList tensors(graph_, node);
    return definition.infer(tensors.view().inputs, attributes).status();
}

int GraphBuilder::constant(const std::string& name,
                           const Shape& shape,
                           std::span<const float> values) {
    assert(element_count(shape) == static_cast<std::int64_t>(values.size()));
    return add_tensor(graph_, make_constant(name, shape, values));
}

int GraphBuilder::parameter(const std::string& name,
                            const Shape& shape,
                            std::span<const float> values) {
    const int index = constant(name, shape, values);
    graph_.tensor(index).trainable = true;
    return index;
}

int GraphBuilder::weights(const std::string& name,
                          const Shape& shape,
                          std::int32_t fan_in,
                          std::int32_t fan_out,
                          Random& random) {
    return parameter(
        name, shape,
        initial_weights(initialization_, static_cast<std::size_t>(element_count(shape)), fan_in,
                        fan_out, random));
}

int GraphBuilder::variable(const std::string& name, const Shape& shape) {
    Tensor tensor;
    tensor.name = name;
    tensor.shape = shape;
    tensor.variable = true;
    return add_tensor(graph_, std::move(tensor));
}

int GraphBuilder::indices(const std::string& name,
                          const std::vector<std::int32_t>& values,
                          Shape shape) {
    if (shape.empty()) shape = {static_cast<std::int32_t>(values.size())};
    assert(element_count(shape) == static_cast<std::int64_t>(values.size()));
    return add_tensor(graph_, make_indices(name, std::move(shape), values));
}

Graph GraphBuilder::finish(std::vector<int> outputs) && {
    graph_.outputs = std::move(outputs);
    return std::move(graph_);
}

}  // namespace whittle
