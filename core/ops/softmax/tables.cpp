#include "core/ops/softmax/tables.h"

#include <algorithm>
#include <cmath>

#include "core/ops/softmax/kernel.h"

namespace whittle {

namespace {

float exponential(float x) { return whittle_expf(x); }
float reciprocal(float x) { return 1.0f / (1.0f + x); }

constexpr int kSteps = WHITTLE_SOFTMAX_TABLE_VALUES - 1;
constexpr float kUnits = 32768.0f;

std::int16_t saturated(float value) {
    return static_cast<std::int16_t>(std::clamp(value, -32768.0f, 32767.0f));
}

std::vector<std::int16_t> table_of(float (*function)(float), float lowest, float highest) {
    const float step = (highest - lowest) / static_cast<float>(kSteps);
    std::vector<std::int16_t> table;
    for (int i = 0; i < kSteps; ++i) {
        const float from = lowest + static_cast<float>(i) * step;
        const float to = lowest + static_cast<float>(i + 1) * step;
        const float here = std::round(function(from) * kUnits);
        const float interpolated = std::round((function(to) * kUnits + here) / 2.0f);
        const float middle = std::round(function(from + step / 2.0f) * kUnits);
        table.push_back(saturated(here - std::round((interpolated - middle) / 2.0f)));
    }
    table.push_back(saturated(std::round(function(highest) * kUnits)));
    return table;
}

}  // namespace

SoftmaxTables softmax_tables() {
    return {table_of(exponential, -10.0f, 0.0f), table_of(reciprocal, 0.0f, 1.0f)};
}

}  // namespace whittle
