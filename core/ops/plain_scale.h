#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace whittle {

// The words of a WhittlePlainScale (core/base/plain.h) for sums of least_sum ... most_sum: they
// become what whittle_requantize and the zero point make of them. None where that would not be
// exact: for sums too large, and shifts to the left or far to the right.
std::optional<std::array<std::int32_t, 3>> plain_scale(std::int32_t multiplier,
                                                       std::int32_t shift,
                                                       std::int64_t least_sum,
                                                       std::int64_t most_sum,
                                                       std::int32_t output_zero_point);

}  // namespace whittle
