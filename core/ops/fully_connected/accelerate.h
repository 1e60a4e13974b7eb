#pragma once

#include "core/ops/operator.h"

namespace whittle {

void accelerate_fully_connected(NodeTensors tensors,
                                const Attributes& attributes,
                                InstructionSet set,
                                PreparedOp& op);

}  // namespace whittle
