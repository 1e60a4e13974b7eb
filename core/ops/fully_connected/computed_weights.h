#pragma once

#include "core/ops/operator.h"

namespace whittle {

// int8 weights that the model computes, as in a product of two activations: TFLite's sums over
// (x - x0)(w - w0), which batch_matmul has. No steps where the weights are constants, or not int8;
// an error where the node has a bias or an activation, which a batch_matmul has not.
Result<Expansion> pieces_of_computed_weights(NodeTensors tensors, const Attributes& attributes);

}  // namespace whittle
