#pragma once

#include <cstddef>
#include <span>

namespace whittle {

// Sum over all rows of Loss::normalized_temperature_cross_entropy, and the gradient of its mean if
// `gradient` is not empty. predictions, gradient: [N, columns], N even;
// scratch: contrastive_scratch_doubles(N, columns). N^2 columns operations, in a fixed order.
double contrastive_loss(std::span<const float> predictions,
                        std::size_t columns,
                        float temperature,
                        std::span<float> gradient,
                        std::span<double> scratch);
std::size_t contrastive_scratch_doubles(std::size_t rows, std::size_t columns);

}  // namespace whittle
