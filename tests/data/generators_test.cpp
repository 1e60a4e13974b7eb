#include "core/data/generators.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/base/exact_math.h"
#include "tests/support/dataset_hash.h"

using namespace whittle;

namespace {

const std::vector<float>& xs(const Dataset& data) {
    return std::get<std::vector<float>>(data.features);
}

TEST_CASE("generators: without noise the targets are the function, in its range") {
    const Dataset line = make_line(1000, {3.0f, 0.5f, -2.0f, 2.0f, 0.0f}, 1);
    const Dataset sine = make_sine(1000, 0.0f, 1);
    const Dataset cosine = make_cosine(1000, 0.0f, 1);
    for (std::size_t i = 0; i < 1000; ++i) {
        REQUIRE(line.targets[i] == 3.0f * xs(line)[i] + 0.5f);
        REQUIRE((xs(line)[i] >= -2.0f && xs(line)[i] <= 2.0f));
        REQUIRE(sine.targets[i] == whittle_sinf(xs(sine)[i]));
        REQUIRE((xs(sine)[i] >= 0.0f && xs(sine)[i] <= 6.2831855f));
        REQUIRE(cosine.targets[i] == whittle_cosf(xs(cosine)[i]));
    }
    CHECK(sine.size() == 1000);
    CHECK(sine.feature_shape == Shape{1});
    CHECK(sine.target_shape == Shape{1});
    CHECK(!sine.is_classification());
    CHECK(make_sine(0, 0.1f, 1).size() == 0);
    CHECK(make_sine(1, 0.1f, 1).size() == 1);
}

TEST_CASE("generators: a polynomial by its coefficients") {
    const std::vector<float> cubic = {1.0f, -2.0f, 0.0f, 0.5f};
    const Dataset data = make_polynomial(500, cubic, -2.0f, 3.0f, 0.0f, 1);
    for (std::size_t i = 0; i < data.size(); ++i) {
        const double x = xs(data)[i];
        REQUIRE((x >= -2.0 && x <= 3.0));
        // Three roundings of at most 14.
        REQUIRE(std::abs(data.targets[i] - (1.0 - 2.0 * x + 0.5 * x * x * x)) < 5e-6);
    }
    for (const float y : make_polynomial(10, {}, 0.0f, 1.0f, 0.0f, 1).targets) CHECK(y == 0.0f);
    const std::vector<float> constant = {2.5f};
    CHECK(make_polynomial(1, constant, 0.0f, 1.0f, 0.0f, 1).targets[0] == 2.5f);
    CHECK(make_polynomial(0, constant, 0.0f, 1.0f, 0.0f, 1).size() == 0);
    CHECK(xs(make_polynomial(9, cubic, 0.0f, 1.0f, 0.5f, 1)) ==
          xs(make_polynomial(9, cubic, 0.0f, 1.0f, 0.0f, 1)));
}

TEST_CASE("generators: the noise has its standard deviation and does not move x") {
    const std::size_t samples = 20000;
    const Dataset clean = make_sine(samples, 0.0f, 4);
    const Dataset noisy = make_sine(samples, 0.1f, 4);
    CHECK(xs(clean) == xs(noisy));
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < samples; ++i) {
        const double noise = noisy.targets[i] - clean.targets[i];
        sum += noise;
        squares += noise * noise;
    }
    // 6 standard deviations of the mean and of the root mean square.
    const double root = std::sqrt(double(samples));
    CHECK(std::abs(sum / double(samples)) < 6 * 0.1 / root);
    CHECK(std::abs(std::sqrt(squares / double(samples)) - 0.1) < 6 * 0.1 / (1.414 * root));
}

TEST_CASE("generators: seeds give different data, and the same again") {
    CHECK(test::hash_of(make_sine(100, 0.1f, 1)) == test::hash_of(make_sine(100, 0.1f, 1)));
    CHECK(test::hash_of(make_sine(100, 0.1f, 1)) != test::hash_of(make_sine(100, 0.1f, 2)));
}

// The literals are what x86-64 computes; every other target must reach the same bits.
TEST_CASE("generators: the same bits on every target") {
    CHECK(test::hash_of(make_line(1000, {}, 1)) == "4261412b7f82cd3f");
    CHECK(test::hash_of(make_sine(1000, 0.1f, 1)) == "f01837a54cc43371");
    CHECK(test::hash_of(make_cosine(1000, 0.1f, 1)) == "1eb64347d2e623be");
    const std::vector<float> cubic = {1.0f, -2.0f, 0.0f, 0.5f};
    CHECK(test::hash_of(make_polynomial(1000, cubic, -2.0f, 3.0f, 0.1f, 1)) == "67933ca4dce48e7c");
}

}  // namespace
