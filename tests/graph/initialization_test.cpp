#include "core/graph/initialization.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/graph/builder.h"

namespace whittle {
namespace {

constexpr Initialization kAll[] = {Initialization::glorot_uniform, Initialization::glorot_normal,
                                   Initialization::he_uniform, Initialization::he_normal};

struct Moments {
    double mean = 0.0;
    double variance = 0.0;
    double largest = 0.0;
};

Moments moments_of(const std::vector<float>& values) {
    Moments moments;
    for (const float value : values) {
        moments.mean += value / static_cast<double>(values.size());
        moments.variance += double{value} * value / static_cast<double>(values.size());
        moments.largest = std::fmax(moments.largest, std::fabs(value));
    }
    return moments;
}

TEST_CASE("first weights have the mean and variance of their paper") {
    for (const Initialization initialization : kAll) {
        const bool glorot = initialization == Initialization::glorot_uniform ||
                            initialization == Initialization::glorot_normal;
        const bool uniform = initialization == Initialization::glorot_uniform ||
                             initialization == Initialization::he_uniform;
        CAPTURE(initialization_name(initialization));
        Random random(5);
        const std::size_t count = 20000;
        const Moments moments = moments_of(initial_weights(initialization, count, 30, 50, random));
        const double variance = glorot ? 2.0 / 80.0 : 2.0 / 30.0;
        // Four standard deviations of the mean and, at most (normal), of the variance.
        CHECK(std::fabs(moments.mean) < 4.0 * std::sqrt(variance / count));
        CHECK(moments.variance == doctest::Approx(variance).epsilon(4.0 * std::sqrt(2.0 / count)));
        // A uniform distribution ends at sqrt(3) deviations; a normal one reaches well beyond.
        const double reach = moments.largest / std::sqrt(variance);
        CHECK((reach <= std::sqrt(3.0) * (1.0 + 1e-6)) == uniform);
    }
}

TEST_CASE("one seed gives the same weights; initializations have names") {
    for (const Initialization initialization : kAll) {
        Random first(9), second(9);
        CHECK(initial_weights(initialization, 7, 3, 4, first) ==
              initial_weights(initialization, 7, 3, 4, second));
        CHECK(initialization_named(initialization_name(initialization)) == initialization);
    }
    CHECK_FALSE(initialization_named("zeros").has_value());
    Random random(1);
    CHECK(initial_weights(Initialization::he_normal, 0, 1, 1, random).empty());
}

TEST_CASE("the builder takes the fans of one filter: of all channels, or of its own") {
    Random random(6);
    GraphBuilder builder("convolutions", Initialization::he_uniform);
    int x = builder.input("x", {8, 8, 4});
    x = builder.conv2d(x, 16, 3, 3, {}, random);
    x = builder.depthwise_conv2d(x, 1, 3, 3, {}, random);
    const Graph graph = std::move(builder).finish({x});
    const auto largest = [&graph](std::size_t node) {
        const auto weights = graph.tensor(graph.nodes[node].inputs[1]).as<float>();
        return moments_of({weights.begin(), weights.end()}).largest;
    };
    CHECK(largest(0) == doctest::Approx(std::sqrt(6.0 / 36.0)).epsilon(0.05));
    CHECK(largest(1) == doctest::Approx(std::sqrt(6.0 / 9.0)).epsilon(0.05));
}

}  // namespace
}  // namespace whittle
