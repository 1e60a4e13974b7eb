#pragma once

#include <array>
#include <vector>

namespace whittle {

// Factors >= 0, one for each term, with the smallest sum of squares of
// (sum of factor * term - target) * weight over all samples. Terms that the samples do not tell
// apart share out nothing: the first of them keeps the factor. Deterministic.
struct FitSample {
    std::vector<double> terms;
    double target = 0.0;
    double weight = 1.0;
};
std::vector<double> fit_factors(const std::vector<FitSample>& samples);

}  // namespace whittle
