#pragma once

#include <cstdint>
#include <optional>

#include "core/base/status.h"

namespace whittle {

// A positive real factor as 31-bit integer and power of two: factor = multiplier * 2^(shift - 31).
struct QuantizedMultiplier {
    std::int32_t multiplier = 0;  // 0, or 2^30 … 2^31 - 1
    std::int32_t shift = 0;       // -31 … 30
};

// TFLite's QuantizeMultiplier: the nearest such number; factors below 2^-32 become 0. Fails for
// factors that are not finite, negative, or 2^30 and more.
Result<QuantizedMultiplier> quantize_multiplier(double factor);

// What whittle_requantize and the output's zero point make of all sums from `lowest` to `highest`,
// if that is one int8: the outputs of channels whose weights training has left next to nothing of.
std::optional<std::int32_t> constant_output(std::int64_t lowest,
                                            std::int64_t highest,
                                            std::int32_t multiplier,
                                            std::int32_t shift,
                                            std::int32_t zero_point);

// zero_point + round(value / scale), halves away from zero, saturated to minimum … maximum (of
// int8, where not given). NaN becomes zero_point.
std::int32_t quantize_to(
    float value, float scale, std::int32_t zero_point, std::int32_t minimum, std::int32_t maximum);
std::int32_t quantize_to_int8(float value, float scale, std::int32_t zero_point);

}  // namespace whittle
