#pragma once

#include <cstdint>

#include "core/base/status.h"

namespace whittle {

// What the int8 kernels of softmax and log-softmax compute exp(factor * (input - largest)) with.
struct SoftmaxScaling {
    std::int32_t multiplier;          // factor in units of 2^-26 (Q5) = multiplier * 2^(shift - 31)
    std::int32_t shift;               // 0 … 31
    std::int32_t minimum_difference;  // <= 0: exp is 0 for inputs further below the largest
};

// As TFLite's PreprocessSoftmaxScaling and CalculateInputRadius define them. Fails for a factor of
// 2^-26 or less.
Result<SoftmaxScaling> softmax_scaling(double factor);

}  // namespace whittle
