#include "core/ops/plain_scale.h"

#include <algorithm>
#include <cstdlib>

#include "core/ops/quantized_multiplier.h"

namespace whittle {

std::optional<std::array<std::int32_t, 3>> plain_scale(std::int32_t multiplier,
                                                       std::int32_t shift,
                                                       std::int64_t least_sum,
                                                       std::int64_t most_sum,
                                                       std::int32_t output_zero_point) {
    constexpr std::int64_t kSumLimit = std::int64_t{1} << 29;
    constexpr int kMostRight = 22;
    if (const auto value =
            constant_output(least_sum, most_sum, multiplier, shift, output_zero_point)) {
        return {{0, 2 * *value, 1}};
    }
    const std::int32_t right = -shift;
    if (std::max(std::abs(least_sum), std::abs(most_sum)) >= kSumLimit || right < 1 ||
        right > kMostRight || multiplier < 0) {
        return {};
    }
    return {{multiplier, (1 << (right - 1)) + output_zero_point * (1 << right), right}};
}

}  // namespace whittle
