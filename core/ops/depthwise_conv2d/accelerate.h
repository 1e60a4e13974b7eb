#pragma once

#include "core/ops/operator.h"

namespace whittle {

void accelerate_depthwise_conv2d(NodeTensors tensors,
                                 const Attributes& attributes,
                                 InstructionSet set,
                                 PreparedOp& op);

}  // namespace whittle
