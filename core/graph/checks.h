#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace whittle {

// The single rules behind validate(), for code that must check a graph while it makes one.

// No tensor may need more bytes: offsets and sizes fit an int32 everywhere behind a valid graph,
// in .tflite files and in program images.
inline constexpr std::int64_t kMaxTensorBytes = (std::int64_t{1} << 31) - 1;

// Whether that is the number of one of the graph's tensors.
bool names_tensor(const Graph& graph, int index);

// "tensor 5 'name'"
std::string tensor_place(const Graph& graph, int tensor);
// Where the node came from a file, "operator 2 (SOFTMAX, version 1)", with number, name and version
// in that file; else "operator 2 (softmax)".
std::string node_place(const Graph& graph, int node);
std::string file_place(int number, std::string_view name, std::int32_t version);

// `error` with its place put behind `place`: "operator 2 (softmax), input 0".
Error at_place(std::string place, Error error);

// node_place(), for nodes that came from no file with the version that this use of the operator
// has in .tflite files, where those have the operator: "operator 2 (softmax, version 1)".
std::string versioned_place(const Graph& graph, int node);
// What an operator refused, with the tensor named behind the operand: "operator 3 (svdf, version
// 4), input 1 (weights): tensor 7 'w'". Where the error names no operand, the tensor is the output.
Error refusal_at(std::string place, const Graph& graph, const Node& node, Error error);

// No negative dimension, rank <= kMaxRank, elements <= kMaxElements and bytes <= kMaxTensorBytes,
// counting dimensions of 0 as 1: so no product of any of its dimensions overflows.
Status check_shape(const Shape& shape, DType dtype);

// Shape, data size and quantization of one tensor.
Status check_tensor(const Graph& graph, int tensor);

// The node has as many inputs as its operator takes, and all its indices name tensors; kNoTensor
// stands only where an input may be left out. The place is the operand alone: "input 1".
Status check_operands(const Graph& graph, const Node& node);

}  // namespace whittle
