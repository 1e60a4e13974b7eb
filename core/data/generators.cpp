#include "core/data/generators.h"

#include <string>

#include "core/base/exact_math.h"
#include "core/base/random.h"
#include "core/data/angles.h"

namespace whittle {
namespace {

// x and the noise come from streams of their own, so that one seed has the same x at every noise.
template <class Function>
Dataset make_curve(const std::string& name,
                   std::size_t samples,
                   float low,
                   float high,
                   float noise,
                   std::uint64_t seed,
                   Function function) {
    Random positions(seed, 0);
    Random disturbances(seed, 1);
    std::vector<float> features(samples);
    Dataset data;
    data.name = name;
    data.feature_shape = {1};
    data.target_shape = {1};
    data.targets.resize(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        features[i] = positions.uniform(low, high);
        data.targets[i] = function(features[i]) + noise * disturbances.normal();
    }
    data.features = std::move(features);
    return data;
}

}  // namespace

Dataset make_line(std::size_t samples, const LineData& options, std::uint64_t seed) {
    return make_curve("line", samples, options.low, options.high, options.noise, seed,
                      [&](float x) { return options.slope * x + options.intercept; });
}

Dataset make_sine(std::size_t samples, float noise, std::uint64_t seed) {
    return make_curve("sine", samples, 0.0f, kTwoPi, noise, seed, whittle_sinf);
}

Dataset make_cosine(std::size_t samples, float noise, std::uint64_t seed) {
    return make_curve("cosine", samples, 0.0f, kTwoPi, noise, seed, whittle_cosf);
}

Dataset make_polynomial(std::size_t samples,
                        std::span<const float> coefficients,
                        float low,
                        float high,
                        float noise,
                        std::uint64_t seed) {
    return make_curve("polynomial", samples, low, high, noise, seed, [&](float x) {
        float y = 0.0f;
        for (std::size_t i = coefficients.size(); i > 0; --i) y = y * x + coefficients[i - 1];
        return y;
    });
}

}  // namespace whittle
