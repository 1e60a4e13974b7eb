#include <algorithm>
#include <utility>

#include "core/graph/checks.h"
#include "core/graph/graph.h"

namespace whittle {

namespace {

// Goes through a graph in execution order and keeps which tensors have a value already.
class Validator {
public:
    explicit Validator(const Graph& graph) : graph_(graph), defined_(graph.tensors.size(), false) {}

    Status run() {
        for (int i = 0; i < static_cast<int>(graph_.tensors.size()); ++i) {
            if (const Status status = check_tensor(graph_, i); !status.ok()) return status;
            defined_[static_cast<std::size_t>(i)] =
                graph_.tensor(i).constant || graph_.tensor(i).variable;
        }
        if (const Status status = check_inputs(); !status.ok()) return status;
        for (int i = 0; i < static_cast<int>(graph_.nodes.size()); ++i) {
            const Status status = check_node(i);
            if (!status.ok()) return status;
        }
        return check_outputs();
    }

private:
    std::string place_of(int node) const { return node_place(graph_, node); }

    Error refused(int node, Error error) const {
        return refusal_at(place_of(node), graph_, graph_.nodes[static_cast<std::size_t>(node)],
                          std::move(error));
    }

    Status check_edge(int index, const std::string& place) const {
        if (names_tensor(graph_, index)) return {};
        return Error{
            .place = place,
            .expected = "one of the graph's " + std::to_string(graph_.tensors.size()) + " tensors",
            .found = std::to_string(index)};
    }

    Status check_inputs() {
        for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
            const std::string place = "graph input " + std::to_string(i);
            const int index = graph_.inputs[i];
            if (const Status status = check_edge(index, place); !status.ok()) return status;
            if (defined_[static_cast<std::size_t>(index)]) {
                return Error{.place = place,
                             .expected = "a tensor of its own without data",
                             .found = tensor_place(graph_, index) + (graph_.tensor(index).constant
                                                                         ? ", a constant"
                                                                         : ", an input already")};
            }
            defined_[static_cast<std::size_t>(index)] = true;
        }
        return {};
    }

    // The number of the node that makes the tensor, or -1.
    int producer_of(int tensor) const {
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            const std::vector<int>& outputs = graph_.nodes[i].outputs;
            if (std::find(outputs.begin(), outputs.end(), tensor) != outputs.end()) {
                return static_cast<int>(i);
            }
        }
        return -1;
    }

    Error not_defined(const std::string& place, int tensor) const {
        const int producer = producer_of(tensor);
        Error error{.place = place, .expected = "a tensor that has a value by then"};
        error.found = tensor_place(graph_, tensor);
        if (producer < 0) {
            error.found += ", which no operator makes and which has no data";
            error.hint = "An operator or the tensor's data is missing from the model.";
        } else {
            error.found += ", which is made only by " + place_of(producer);
            error.hint = "The operators form a cycle, or do not stand in execution order.";
        }
        return error;
    }

    Status check_output_free(int node, int index) const {
        if (!defined_[static_cast<std::size_t>(index)]) return {};
        const Tensor& tensor = graph_.tensor(index);
        const bool is_input =
            std::find(graph_.inputs.begin(), graph_.inputs.end(), index) != graph_.inputs.end();
        return Error{.place = place_of(node),
                     .expected = "an output tensor that nothing else gives a value",
                     .found = tensor_place(graph_, index) +
                              (tensor.constant   ? ", a constant"
                               : tensor.variable ? ", which keeps its value from run to run"
                               : is_input        ? ", an input of the graph"
                                                 : ", the output of an operator before")};
    }

    Status check_node(int index) {
        const Node& node = graph_.nodes[static_cast<std::size_t>(index)];
        if (const Status status = check_operands(graph_, node); !status.ok()) {
            return refused(index, status.error());
        }
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            const int input = node.inputs[i];
            if (input == kNoTensor || defined_[static_cast<std::size_t>(input)]) continue;
            return not_defined(place_of(index) + ", input " + std::to_string(i), input);
        }
        for (const int output : node.outputs) {
            if (const Status status = check_output_free(index, output); !status.ok()) return status;
            defined_[static_cast<std::size_t>(output)] = true;
        }
        return check_inference(index);
    }

    // The stored outputs are what the operator makes of its inputs.
    Status check_inference(int index) const {
        const Node& node = graph_.nodes[static_cast<std::size_t>(index)];
        const NodeTensorList tensors(graph_, node);
        const auto inferred = definition_of(node.op).infer(tensors.view().inputs, node.attributes);
        if (!inferred.ok()) return refused(index, inferred.error());
        if (inferred->size() != node.outputs.size()) {
            return refused(index, {.expected = std::to_string(inferred->size()) + " outputs",
                                   .found = std::to_string(node.outputs.size())});
        }
        for (std::size_t i = 0; i < node.outputs.size(); ++i) {
            const TensorSpec& spec = (*inferred)[i];
            const Tensor& stored = graph_.tensor(node.outputs[i]);
            if (spec.dtype == stored.dtype && spec.shape == stored.shape) continue;
            return Error{
                .place = place_of(index) + ", output " + std::to_string(i),
                .expected = std::string(dtype_name(spec.dtype)) + " " + to_string(spec.shape),
                .found = std::string(dtype_name(stored.dtype)) + " " + to_string(stored.shape) +
                         " in " + tensor_place(graph_, node.outputs[i])};
        }
        return {};
    }

    Status check_outputs() const {
        if (graph_.outputs.empty()) {
            return Error{.place = "graph outputs", .expected = "at least one", .found = "none"};
        }
        std::vector<bool> listed(graph_.tensors.size(), false);
        for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
            const std::string place = "graph output " + std::to_string(i);
            const int index = graph_.outputs[i];
            if (const Status status = check_edge(index, place); !status.ok()) return status;
            if (!defined_[static_cast<std::size_t>(index)]) return not_defined(place, index);
            // Runners copy every output: repeating a large one would ask for any amount of memory.
            if (listed[static_cast<std::size_t>(index)]) {
                return Error{.place = place,
                             .expected = "a tensor that is not an output already",
                             .found = tensor_place(graph_, index),
                             .hint = "List every output of the model once."};
            }
            listed[static_cast<std::size_t>(index)] = true;
        }
        return {};
    }

    const Graph& graph_;
    std::vector<bool> defined_;
};

}  // namespace

Status validate(const Graph& graph) { return Validator(graph).run(); }

}  // namespace whittle
