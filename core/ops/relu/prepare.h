#pragma once

#include "core/ops/activation.h"
#include "core/ops/operator.h"

namespace whittle {

// ReLU's kernel for float32 or int8, with the clamp of `activation` (relu or relu6).
Result<PreparedOp> prepare_relu(NodeTensors tensors, Activation activation);

// Forward and backward of the same.
void forward_relu(const ForwardContext& context, Activation activation);
void backward_relu(const BackwardContext& context, Activation activation);

}  // namespace whittle
