#pragma once

#include "core/ops/operator.h"

namespace whittle {

// Preparation shared by logistic and tanh, whose kernels take the same parameters.
struct SigmoidKernels {
    const char* float32_kernel;
    const char* float32_params;
    const char* int8_kernel;
    const char* int8_params;
    const char* int16_kernel;
    const char* int16_params;
    int most_doublings;  // an int16 scale near 2^-12 * 2^k, k up to this, counts as exactly that
    float output_scale;  // that the int8 kernel is defined for
    std::int32_t output_zero_point;
};
Result<PreparedOp> prepare_sigmoid(NodeTensors tensors, const SigmoidKernels& kernels);

}  // namespace whittle
