#include "native/tools/cost/least_squares.h"

#include <doctest/doctest.h>

namespace whittle {

TEST_CASE("factors are found again from exact samples") {
    std::vector<FitSample> samples;
    for (const double x : {1.0, 2.0, 5.0, 9.0}) {
        for (const double y : {0.0, 3.0, 4.0}) {
            samples.push_back({{1.0, x, y}, 7.0 + 2.5 * x + 11.0 * y, 1.0 / (1.0 + x)});
        }
    }
    const std::vector<double> factors = fit_factors(samples);
    REQUIRE(factors.size() == 3);
    CHECK(factors[0] == doctest::Approx(7.0));
    CHECK(factors[1] == doctest::Approx(2.5));
    CHECK(factors[2] == doctest::Approx(11.0));
}

TEST_CASE("a term that repeats another gets nothing, and none is below 0") {
    std::vector<FitSample> samples;
    for (const double x : {1.0, 2.0, 5.0}) {
        samples.push_back({{x, 2.0 * x, x * x}, 3.0 * x - 0.1 * x * x, 1.0});
    }
    const std::vector<double> factors = fit_factors(samples);
    CHECK(factors[0] > 2.0);
    CHECK(factors[1] == 0.0);
    CHECK(factors[2] == 0.0);
    CHECK(fit_factors({}).empty());
}

}  // namespace whittle
