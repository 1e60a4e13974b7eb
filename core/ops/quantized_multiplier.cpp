#include "core/ops/quantized_multiplier.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/fixed_point.h"

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

std::optional<std::int32_t> constant_output(std::int64_t lowest,
                                            std::int64_t highest,
                                            std::int32_t multiplier,
                                            std::int32_t shift,
                                            std::int32_t zero_point) {
    constexpr std::int64_t kLowest = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();
    if (lowest < kLowest || highest > kHighest || multiplier < 0 || shift > 0) return {};
    const auto output = [&](std::int64_t sum) {
        const std::int32_t value =
            whittle_requantize(static_cast<std::int32_t>(sum), multiplier, shift);
        return whittle_clamp(whittle_wrapping_add(value, zero_point), -128, 127);
    };
    if (output(lowest) != output(highest)) return {};
    return output(lowest);
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
