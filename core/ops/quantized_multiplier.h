#pragma once

#include <cstdint>

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

// zero_point + round(value / scale), halves away from zero, saturated to minimum … maximum (of
// int8, where not given). NaN becomes zero_point.
std::int32_t quantize_to(
    float value, float scale, std::int32_t zero_point, std::int32_t minimum, std::int32_t maximum);
std::int32_t quantize_to_int8(float value, float scale, std::int32_t zero_point);

}  // namespace whittle
