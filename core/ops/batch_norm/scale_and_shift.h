#pragma once

#include <span>
#include <vector>

#include "core/base/tensor.h"
#include "core/ops/batch_norm/attributes.h"

namespace whittle {

// Batch normalisation outside training: y = x * scale + shift for each channel.
struct ScaleAndShift {
    std::vector<float> scale;
    std::vector<float> shift;
};

// From the constants gamma, beta, running mean and running variance, each [C].
ScaleAndShift scale_and_shift(std::span<const Tensor* const> inputs,
                              const BatchNormAttributes& attributes);

}  // namespace whittle
