#include "core/ops/softmax_scaling.h"

#include <algorithm>
#include <cmath>

namespace whittle {

Result<SoftmaxScaling> softmax_scaling(double factor) {
    const double q5 = std::min(factor * static_cast<double>(1 << 26), 2147483647.0);
    if (!(q5 > 1.0)) {
        return Error{.place = "input 0",
                     .expected = "beta times scale above 2^-26",
                     .found = std::to_string(factor)};
    }
    int shift = 0;
    const double fraction = std::frexp(q5, &shift);
    auto multiplier = static_cast<std::int64_t>(std::round(fraction * 2147483648.0));
    if (multiplier == std::int64_t{1} << 31) {
        multiplier /= 2;
        ++shift;
    }
    const double radius = std::floor(std::ldexp(31.0 * static_cast<double>(1 << 26), -shift));
    const std::int32_t minimum = radius > 255.0 ? -256 : -static_cast<std::int32_t>(radius);
    return SoftmaxScaling{static_cast<std::int32_t>(multiplier), shift, minimum};
}

}  // namespace whittle
