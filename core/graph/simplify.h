#pragma once

#include "core/graph/graph.h"

namespace whittle {

// What expand() does before it looks at single operators.

// Without operators that only training needs (dropout): what read them reads their input. One that
// makes an output of the graph stays.
Graph without_training_operators(const Graph& graph);

// Batch normalisations that follow a convolution, depthwise convolution or fully connected layer
// become part of its weights and bias: the layer has no fused activation, its weights and bias are
// float32 constants, and nothing else reads its output. Others stay.
Graph fold_batch_norms(const Graph& graph);

// Without tensors that no node reads or makes and that are no input or output of the graph.
Graph without_unused_tensors(const Graph& graph);

}  // namespace whittle
