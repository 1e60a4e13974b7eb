#include "native/tools/cost/least_squares.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace whittle {
namespace {

// Smaller pivots than this share of a term's own square are rounding: the term depends on others.
constexpr double kDependent = 1e-9;

// Solves the normal equations for the terms in use by elimination; dependent terms get 0.
std::vector<double> solve(const std::vector<FitSample>& samples, const std::vector<bool>& used) {
    const std::size_t count = used.size();
    std::vector<std::vector<double>> rows(count, std::vector<double>(count + 1, 0.0));
    for (const FitSample& sample : samples) {
        const double weight = sample.weight * sample.weight;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j < count; ++j) {
                rows[i][j] += weight * sample.terms[i] * sample.terms[j];
            }
            rows[i][count] += weight * sample.terms[i] * sample.target;
        }
    }
    std::vector<bool> solved(count, false);
    for (std::size_t pivot = 0; pivot < count; ++pivot) {
        double square = 0.0;
        for (const FitSample& sample : samples) {
            square += sample.weight * sample.weight * sample.terms[pivot] * sample.terms[pivot];
        }
        if (!used[pivot] || rows[pivot][pivot] <= kDependent * square) continue;
        solved[pivot] = true;
        for (std::size_t i = 0; i < count; ++i) {
            if (i == pivot) continue;
            const double factor = rows[i][pivot] / rows[pivot][pivot];
            for (std::size_t j = 0; j <= count; ++j) rows[i][j] -= factor * rows[pivot][j];
        }
    }
    std::vector<double> factors(count, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
        if (solved[i]) factors[i] = rows[i][count] / rows[i][i];
    }
    return factors;
}

}  // namespace

std::vector<double> fit_factors(const std::vector<FitSample>& samples) {
    if (samples.empty()) return {};
    std::vector<bool> used(samples[0].terms.size(), true);
    while (true) {
        const std::vector<double> factors = solve(samples, used);
        const auto least = std::min_element(factors.begin(), factors.end());
        if (least == factors.end() || *least >= 0.0) return factors;
        used[static_cast<std::size_t>(least - factors.begin())] = false;
    }
}

}  // namespace whittle
