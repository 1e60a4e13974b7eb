#pragma once

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

// Operators of .tflite files that deal with shapes alone. Converters write them where a model
// leaves its batch open; here every shape is known when the file is read.

// EXPAND_DIMS and SQUEEZE: read as a reshape to the shape of their output.
bool becomes_reshape(tflite::BuiltinOperator code);
// `node` has the file's inputs and outputs.
Status make_reshape(Node& node, const Graph& graph);

// SHAPE and PACK: read only where their output is a constant, which they become.
bool becomes_constant(tflite::BuiltinOperator code);
// These, and a STRIDED_SLICE of int32 constants.
bool is_shape_arithmetic(const Graph& graph, const Node& node);
// Gives the node's output its value; the node is needed no longer.
Status make_constant(const tflite::Operator& from, const Node& node, Graph& graph);

}  // namespace whittle
