#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/base/tensor.h"
#include "core/graph/graph.h"

namespace whittle {

// The values that a tensor takes. Always holds 0, which must have an exact quantized value.
struct ValueRange {
    float low = 0.0f;
    float high = 0.0f;

    // Widens the range to hold `values`. Fails on values that are not finite.
    [[nodiscard]] bool include(std::span<const float> values);
};

// The range of every float32 activation of `graph` (by index; constants stay at 0) over
// `representative`: whole samples of the graph's only input, one after another.
Result<std::vector<ValueRange>> observe_ranges(Graph& graph, std::span<const float> representative);

// int8 over the whole range: scale = (high - low) / 255, and the zero point nearest to where low
// becomes -128, so that 0 is exact and the ends lie at most half a step outside. A range too small
// for a scale in float32 gets scale 1 and zero point 0.
Quantization asymmetric_int8(const ValueRange& range);

// The integer nearest to value, halves away from zero, in low … high; NaN becomes 0.
std::int32_t round_to(double value, std::int32_t low, std::int32_t high);

}  // namespace whittle
