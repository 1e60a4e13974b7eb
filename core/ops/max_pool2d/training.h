#pragma once

#include "core/ops/operator.h"

namespace whittle {

// OpDefinition's functions for training; the bits of forward are those of kernel.h. The images of a
// batch are shared out among the threads.
void max_pool2d_forward(const ForwardContext& context);
void max_pool2d_backward(const BackwardContext& context);

}  // namespace whittle
