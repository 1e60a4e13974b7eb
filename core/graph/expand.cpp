#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "core/graph/graph.h"
#include "core/graph/simplify.h"

namespace whittle {

namespace {

// The quantization of a tensor between two steps of an expansion, which the file or the quantizer
// knew nothing of: what the operator that makes it prescribes.
Quantization step_quantization(const Graph& graph, const Node& step, const Tensor& result) {
    if (result.quantization.empty()) return {};
    const QuantizationRule& rule = definition_of(step.op).quantization;
    switch (rule.output) {
        case QuantizationRule::Output::fixed:
            return {.scales = {rule.fixed_scale}, .zero_points = {rule.fixed_zero_point}};
        case QuantizationRule::Output::same_as_input:
            return graph.tensor(step.inputs[0]).quantization;
        case QuantizationRule::Output::calibrated:
        case QuantizationRule::Output::shared: break;
    }
    // Its range is not known here, so it gets that of the whole operator's result.
    return result.quantization;
}

// Appends a tensor for the output of a step that is not the last one.
int add_step_output(Graph& graph, const Node& step, const Tensor& result, std::size_t number) {
    const NodeTensorList tensors(graph, step);
    const auto inferred = definition_of(step.op).infer(tensors.view().inputs, step.attributes);
    assert(inferred.ok() && inferred->size() == 1);
    Tensor tensor;
    tensor.name = result.name + "/" + definition_of(step.op).name + std::to_string(number);
    tensor.dtype = inferred->front().dtype;
    tensor.shape = inferred->front().shape;
    tensor.quantization = step_quantization(graph, step, result);
    graph.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph.tensors.size()) - 1;
}

// Without what training alone needs; the graph as it is where there is nothing of the kind.
Graph simplified(const Graph& graph) {
    const bool needed = std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
        return node.op == OpKind::batch_norm || definition_of(node.op).only_in_training;
    });
    if (!needed) return graph;
    return fold_batch_norms(without_training_operators(graph));
}

}  // namespace

std::vector<Node> expanded_nodes(Graph& graph, const Node& node, const Expansion& expansion) {
    assert(node.outputs.size() == 1);
    const Tensor result = graph.tensor(node.outputs[0]);
    const std::vector<ExpansionStep>& steps = expansion.steps;
    const int first_constant = static_cast<int>(graph.tensors.size());
    for (const Tensor& constant : expansion.constants) {
        graph.tensors.push_back(constant);
        graph.tensors.back().name = result.name + "/" + constant.name;
    }
    std::vector<Node> nodes;
    const auto operand = [&](int input) {
        if (input < 0) return nodes[static_cast<std::size_t>(-1 - input)].outputs[0];
        if (input >= kExpansionConstant) return first_constant + input - kExpansionConstant;
        return node.inputs[static_cast<std::size_t>(input)];
    };
    for (std::size_t k = 0; k < steps.size(); ++k) {
        assert(definition_of(steps[k].op).expansion == nullptr);
        Node step{.op = steps[k].op,
                  .attributes = steps[k].attributes,
                  .inputs = {},
                  .outputs = {},
                  .origin = node.origin};
        for (const int input : steps[k].inputs) step.inputs.push_back(operand(input));
        const bool last = k + 1 == steps.size();
        step.outputs = {last ? node.outputs[0] : add_step_output(graph, step, result, k)};
        nodes.push_back(std::move(step));
    }
    return nodes;
}

Graph expand(const Graph& whole) {
    const Graph graph = simplified(whole);
    Graph expanded = graph;
    expanded.nodes.clear();
    for (const Node& node : graph.nodes) {
        const OpDefinition& definition = definition_of(node.op);
        if (definition.expansion == nullptr) {
            expanded.nodes.push_back(node);
        } else {
            const NodeTensorList tensors(graph, node);
            std::vector<Node> nodes = expanded_nodes(
                expanded, node, definition.expansion(tensors.view(), node.attributes));
            std::move(nodes.begin(), nodes.end(), std::back_inserter(expanded.nodes));
        }
    }
    const bool changed = expanded.nodes.size() != whole.nodes.size() ||
                         expanded.tensors.size() != whole.tensors.size();
    return changed ? without_unused_tensors(expanded) : expanded;
}

}  // namespace whittle
