#pragma once

#include "core/ops/activation.h"
#include "core/ops/operator.h"

namespace whittle {

// ReLU's kernel for float32, int8 or int16, with the clamp of `activation` (relu or relu6).
Result<PreparedOp> prepare_relu(NodeTensors tensors, Activation activation);
// That for int8 or int16, with the clamp of any activation.
Result<PreparedOp> prepare_integer_relu(NodeTensors tensors, Activation activation);

// Forward of the first.
void forward_relu(const ForwardContext& context, Activation activation);
// Backward of any activation that is an operator of its own.
void backward_relu(const BackwardContext& context, Activation activation);

}  // namespace whittle
