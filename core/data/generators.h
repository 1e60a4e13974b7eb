#pragma once

#include <cstdint>
#include <span>

#include "core/data/dataset.h"

namespace whittle {

// y = slope * x + intercept + noise over x in [low, high], normal noise of standard deviation
// `noise`. x is drawn uniformly.
struct LineData {
    float slope = 2.0f;
    float intercept = -1.0f;
    float low = -1.0f;
    float high = 4.0f;
    float noise = 0.0f;
};
Dataset make_line(std::size_t samples, const LineData& options, std::uint64_t seed);

// y = sin x (or cos x) + noise over x in [0, 2 pi], x drawn uniformly.
Dataset make_sine(std::size_t samples, float noise, std::uint64_t seed);
Dataset make_cosine(std::size_t samples, float noise, std::uint64_t seed);

// y = c0 + c1 x + c2 x^2 + ... + noise over x in [low, high], x drawn uniformly; `coefficients`
// holds c0, c1, ... and may be empty: y = 0.
Dataset make_polynomial(std::size_t samples,
                        std::span<const float> coefficients,
                        float low,
                        float high,
                        float noise,
                        std::uint64_t seed);

}  // namespace whittle
