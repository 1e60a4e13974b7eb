#include "core/graph/builder.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/sample_graphs.h"

namespace whittle {

TEST_CASE("the builder makes valid graphs") {
    for (const Graph& graph : {test::sine_graph(), test::mixed_graph()}) {
        const Status status = validate(graph);
        CHECK_MESSAGE(status.ok(), status.error().message());
    }
}

TEST_CASE("dense layers start with Glorot's uniform distribution and biases of zero") {
    Random random(7);
    GraphBuilder builder;
    const int input = builder.input("x", {30});
    const int output = builder.fully_connected(input, 20, Activation::none, random);
    const Graph graph = std::move(builder).finish({output});
    CHECK(graph.tensor(output).shape == Shape{1, 20});
    const Tensor& weights = graph.tensor(graph.nodes[0].inputs[1]);
    const Tensor& bias = graph.tensor(graph.nodes[0].inputs[2]);
    CHECK(weights.shape == Shape{20, 30});
    CHECK(bias.shape == Shape{20});
    CHECK(weights.trainable);
    CHECK(bias.trainable);

    const double limit = std::sqrt(6.0 / 50.0);
    double sum = 0.0;
    double squares = 0.0;
    for (const float weight : weights.as<float>()) {
        CHECK(std::fabs(weight) <= limit * (1.0 + 1e-6));  // the limit is rounded to float
        sum += weight;
        squares += double{weight} * weight;
    }
    // Mean of 600 values of standard deviation limit / sqrt(3): within 4 of its deviations.
    CHECK(std::fabs(sum / 600.0) < 4.0 * limit / std::sqrt(3.0 * 600.0));
    // Their mean square is limit^2 / 3 with a relative deviation of sqrt(0.8 / 600): 4 of them.
    CHECK(squares / 600.0 == doctest::Approx(limit * limit / 3.0).epsilon(4.0 * 0.037));
    for (const float value : bias.as<float>()) CHECK(value == 0.0f);
}

TEST_CASE("one seed makes one network") {
    CHECK(test::difference(test::sine_graph(), test::sine_graph()) == "");
}

}  // namespace whittle
