#include "core/train/schedule.h"

#include <algorithm>

#include "core/base/exact_math.h"

namespace whittle {
namespace {

constexpr double kPi = 3.14159265358979324;

double power(double base, std::int64_t exponent) {
    double result = 1.0;
    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) result *= base;
        base *= base;
    }
    return result;
}

double cosine(const SchedulePart& part, double time, int epochs) {
    const double length = epochs - static_cast<double>(part.from);
    const double passed = time - static_cast<double>(part.from);
    const double t =
        length > 0.0 ? std::clamp(passed / length, 0.0, 1.0) : (passed < 0.0 ? 0.0 : 1.0);
    const double floor = part.factor;
    return floor + (1.0 - floor) * 0.5 * (1.0 + whittle_cosf(static_cast<float>(kPi * t)));
}

}  // namespace

float rate_factor(const Schedule& schedule,
                  std::int64_t step,
                  std::int64_t steps_per_epoch,
                  int epochs) {
    const auto per_epoch = static_cast<double>(steps_per_epoch);
    const double time = static_cast<double>(step) / per_epoch;
    double product = 1.0;
    for (const SchedulePart& part : schedule) {
        switch (part.kind) {
            case SchedulePart::Kind::warm_up:
                product *= std::min(1.0, static_cast<double>(step + 1) / (part.epochs * per_epoch));
                break;
            case SchedulePart::Kind::step:
                product *= power(part.factor, static_cast<std::int64_t>(time / part.epochs));
                break;
            case SchedulePart::Kind::cosine: product *= cosine(part, time, epochs); break;
        }
    }
    return static_cast<float>(product);
}

}  // namespace whittle
