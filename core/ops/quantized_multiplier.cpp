#include "core/ops/quantized_multiplier.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace whittle {

Result<QuantizedMultiplier> quantize_multiplier(double factor) {
    if (!(factor >= 0.0 && factor < 1073741824.0)) {
        return Error{.expected = "scales whose ratio lies between 0 and 2^30",
                     .found = "a ratio of " + std::to_string(factor),
                     .hint = "the quantization scales of this operator do not belong together"};
    }
    if (factor == 0.0) return QuantizedMultiplier{};
    int shift = 0;
    const double fraction = std::frexp(factor, &shift);
    auto multiplier = static_cast<std::int64_t>(std::round(fraction * 2147483648.0));
    if (multiplier == std::int64_t{1} << 31) {
        multiplier /= 2;
        ++shift;
    }
    if (shift < -31) return QuantizedMultiplier{};
    return QuantizedMultiplier{static_cast<std::int32_t>(multiplier), shift};
}

std::int32_t quantize_to(
    float value, float scale, std::int32_t zero_point, std::int32_t minimum, std::int32_t maximum) {
    const float steps = value / scale;
    if (!(steps > -200000.0f)) return std::isnan(steps) ? zero_point : minimum;
    if (steps > 200000.0f) return maximum;
    return std::clamp(zero_point + static_cast<std::int32_t>(std::round(steps)), minimum, maximum);
}

std::int32_t quantize_to_int8(float value, float scale, std::int32_t zero_point) {
    return quantize_to(value, scale, zero_point, -128, 127);
}

}  // namespace whittle
