#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/base/tensor.h"
#include "core/ops/operator.h"

namespace whittle {

inline constexpr int kNoTensor = -1;

// An operator of a .tflite file, as messages name it.
struct FileOperator {
    int number;  // among the file's operators
    tflite::BuiltinOperator code;
    std::int32_t version;
};

// One operator applied. Inputs and outputs are indices into Graph::tensors; an optional input that
// is left out is kNoTensor.
struct Node {
    OpKind op;
    Attributes attributes;
    std::vector<int> inputs;
    std::vector<int> outputs;
    // The operator of the file that this node was read from, or is a part of.
    std::optional<FileOperator> origin = {};
};

// What is trained, transformed and exported. Nodes stand in execution order: a tensor is made
// before it is read. validate() says whether that holds.
struct Graph {
    std::string name = "main";
    std::vector<Tensor> tensors;
    std::vector<Node> nodes;
    std::vector<int> inputs;
    std::vector<int> outputs;

    Tensor& tensor(int index) { return tensors[static_cast<std::size_t>(index)]; }
    const Tensor& tensor(int index) const { return tensors[static_cast<std::size_t>(index)]; }
};

// The tensors of one node as operators take them. Lives as long as graph and node do not change.
class NodeTensorList {
public:
    NodeTensorList(const Graph& graph, const Node& node);
    NodeTensors view() const { return {inputs_, outputs_}; }

private:
    std::vector<const Tensor*> inputs_;
    std::vector<const Tensor*> outputs_;
};

// Every rule that the rest of the core relies on: indices in range, each activation made once and
// before it is read, constants with as many bytes as their shape says, quantizations that fit,
// shapes and dtypes as the operators infer them; inputs are activations, at least one output, each
// listed once (it may be an input or a constant). Places are "tensor 5", or operators as
// node_place() and refusal_at() (checks.h) name them.
Status validate(const Graph& graph);

// The same graph for `batch` samples at once: the first dimension of every graph input becomes
// `batch` and all other shapes follow. Fails where an operator fixes its batch (a reshape to a
// constant first dimension).
Result<Graph> with_batch(const Graph& graph, std::int32_t batch);

// What is exported and deployed: without operators that only training needs, batch normalisation
// folded into the layers before it, and operators that have no kernel of their own (SiLU) written
// as those that have one. All operators of the result have a builtin code of the .tflite format.
Graph expand(const Graph& graph);

// The nodes that stand for `node` of the graph; appends their constants and what lies between them
// to the graph's tensors. The node has one output.
std::vector<Node> expanded_nodes(Graph& graph, const Node& node, const Expansion& expansion);

// The float32 constants that training changes, in the order of the tensors: trainable ones and
// running averages.
std::vector<int> training_state(const Graph& graph);

// Parameters: elements of all constants that nodes read. MACs: of one run.
struct Cost {
    std::int64_t parameters = 0;
    std::int64_t parameter_bytes = 0;
    std::int64_t macs = 0;
};
Cost cost_of(const Graph& graph);
Cost cost_of(const Graph& graph, const Node& node);

}  // namespace whittle
