#pragma once

#include "core/ops/operator.h"

namespace whittle {

// What layer_norm and batch_norm share.

// The number of values in the last dimension, C, and how often it occurs.
struct NormalizationSizes {
    std::int32_t rows;
    std::int32_t channels;
};
NormalizationSizes normalization_sizes(const Shape& shape);

// Input 0 is float32 [..., C] with C >= 1, and all others are float32 [C].
Result<std::vector<TensorSpec>> infer_normalization(std::span<const Tensor* const> inputs);

}  // namespace whittle
