#include "core/graph/graph.h"

#include "core/graph/checks.h"

namespace whittle {

namespace {

void add_parameters(const Tensor& tensor, Cost& cost) {
    cost.parameters += tensor.elements();
    cost.parameter_bytes += static_cast<std::int64_t>(tensor.data.size());
}

// Adds the node's constants that are not marked in `counted` yet, and marks them.
void add_constants(const Graph& graph, const Node& node, std::vector<bool>& counted, Cost& cost) {
    for (const int input : node.inputs) {
        if (input == kNoTensor || !graph.tensor(input).constant) continue;
        if (counted[static_cast<std::size_t>(input)]) continue;
        counted[static_cast<std::size_t>(input)] = true;
        add_parameters(graph.tensor(input), cost);
    }
}

std::int64_t macs_of(const Graph& graph, const Node& node) {
    const OpDefinition& definition = definition_of(node.op);
    if (definition.macs == nullptr) return 0;
    return definition.macs(NodeTensorList(graph, node).view(), node.attributes);
}

// States of recurrent layers hold a row for each sample.
void set_state_batch(Graph& graph, std::int32_t batch) {
    if (graph.inputs.empty() || graph.tensor(graph.inputs.front()).shape.empty()) return;
    const std::int32_t before = graph.tensor(graph.inputs.front()).shape[0];
    for (Tensor& tensor : graph.tensors) {
        if (!tensor.variable || tensor.shape.empty() || tensor.shape[0] != before) continue;
        tensor.shape[0] = batch;
    }
}

}  // namespace

NodeTensorList::NodeTensorList(const Graph& graph, const Node& node) {
    inputs_.reserve(node.inputs.size());
    outputs_.reserve(node.outputs.size());
    for (const int input : node.inputs) {
        inputs_.push_back(input == kNoTensor ? nullptr : &graph.tensor(input));
    }
    for (const int output : node.outputs) outputs_.push_back(&graph.tensor(output));
}

Result<Graph> with_batch(const Graph& graph, std::int32_t batch) {
    if (batch < 1) {
        return Error{.place = "batch", .expected = "1 or more", .found = std::to_string(batch)};
    }
    Graph batched = graph;
    set_state_batch(batched, batch);
    for (const int input : batched.inputs) {
        Tensor& tensor = batched.tensor(input);
        if (tensor.shape.empty()) {
            return Error{.place = tensor_place(graph, input),
                         .expected = "a first dimension, for the batch",
                         .found = "a single value"};
        }
        tensor.shape[0] = batch;
        const Status status = check_shape(tensor.shape, tensor.dtype);
        if (!status.ok()) return at_place(tensor_place(graph, input), status.error());
    }
    for (std::size_t i = 0; i < batched.nodes.size(); ++i) {
        const Node& node = batched.nodes[i];
        const std::string place = node_place(graph, static_cast<int>(i));
        const NodeTensorList tensors(batched, node);
        auto inferred = definition_of(node.op).infer(tensors.view().inputs, node.attributes);
        if (!inferred.ok()) {
            Error error = at_place(place, inferred.error());
            if (error.hint.empty()) error.hint = "This model fixes its batch size.";
            return error;
        }
        for (std::size_t k = 0; k < node.outputs.size(); ++k) {
            Tensor& output = batched.tensor(node.outputs[k]);
            const Status status = check_shape((*inferred)[k].shape, output.dtype);
            if (!status.ok()) return at_place(place, status.error());
            output.shape = std::move((*inferred)[k].shape);
        }
    }
    return batched;
}

std::vector<int> training_state(const Graph& graph) {
    std::vector<bool> changes(graph.tensors.size(), false);
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        changes[t] = graph.tensors[t].trainable;
    }
    for (const Node& node : graph.nodes) {
        const std::uint32_t averages = definition_of(node.op).averages;
        for (std::size_t i = 0; i < node.inputs.size() && i < 32; ++i) {
            if ((averages >> i & 1u) == 0) continue;
            changes[static_cast<std::size_t>(node.inputs[i])] = true;
        }
    }
    std::vector<int> state;
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const Tensor& tensor = graph.tensors[t];
        if (changes[t] && tensor.constant && tensor.dtype == DType::float32) {
            state.push_back(static_cast<int>(t));
        }
    }
    return state;
}

Cost cost_of(const Graph& graph) {
    Cost cost;
    std::vector<bool> counted(graph.tensors.size(), false);
    for (const Node& node : graph.nodes) {
        add_constants(graph, node, counted, cost);
        cost.macs += macs_of(graph, node);
    }
    return cost;
}

Cost cost_of(const Graph& graph, const Node& node) {
    Cost cost;
    std::vector<bool> counted(graph.tensors.size(), false);
    add_constants(graph, node, counted, cost);
    cost.macs = macs_of(graph, node);
    return cost;
}

}  // namespace whittle
