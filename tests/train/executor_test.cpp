#include "core/train/executor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/graph/builder.h"
#include "core/ops/add/attributes.h"
#include "core/train/loss.h"
#include "tests/train/nets.h"

namespace whittle {
namespace {

// x -> dense ReLU -> dense -> tanh, plus the first layer again: a tensor with two readers.
struct TwoReaders {
    Graph graph;
    int sum;
};

TwoReaders make_two_readers(std::int32_t units) {
    Random random(3);
    GraphBuilder builder;
    const int x = builder.input("x", {3});
    const int first = builder.fully_connected(x, units, Activation::relu, random);
    const int second = builder.fully_connected(first, units, Activation::none, random);
    const int bent = builder.apply(OpKind::tanh, {second});
    const int sum = builder.apply(OpKind::add, {bent, first}, Attributes::of(AddAttributes{}));
    return {std::move(builder).finish({sum}), sum};
}

void fill(std::span<float> values, std::uint64_t seed) {
    Random random(seed);
    for (float& value : values) value = random.uniform(-1.0f, 1.0f);
}

// Half the squared output, summed in double from float values.
double objective(Executor& executor, int output) {
    executor.forward();
    double sum = 0.0;
    for (const float value : executor.values(output)) sum += 0.5 * double{value} * double{value};
    return sum;
}

TEST_CASE("an executor without gradients computes the same values") {
    TwoReaders net = make_two_readers(5);
    Result<Executor> both = Executor::make(net.graph, 3);
    Result<Executor> forward = Executor::make(net.graph, 3, Gradients::none);
    REQUIRE(both.ok());
    REQUIRE(forward.ok());
    for (Executor* executor : {&*both, &*forward}) {
        fill(executor->values(net.graph.inputs[0]), 7);
        executor->forward();
    }
    const auto expected = both->values(net.sum);
    const auto found = forward->values(net.sum);
    CHECK(std::equal(expected.begin(), expected.end(), found.begin(), found.end()));
    for (int tensor = 0; tensor < static_cast<int>(net.graph.tensors.size()); ++tensor) {
        CHECK(forward->gradient(tensor).empty());
    }
    forward->clear_gradients();
    forward->backward(net.sum);
    const auto after = forward->values(net.sum);
    CHECK(std::equal(expected.begin(), expected.end(), after.begin(), after.end()));
}

TEST_CASE("gradients of a net with branches agree with finite differences") {
    for (const std::int32_t batch : {1, 3, 8}) {
        for (const std::int32_t units : {1, 4, 5, 17}) {
            CAPTURE(batch);
            CAPTURE(units);
            TwoReaders net = make_two_readers(units);
            Result<Executor> made = Executor::make(net.graph, batch);
            REQUIRE(made.ok());
            Executor& executor = *made;
            fill(executor.values(net.graph.inputs[0]), 7);
            executor.forward();
            executor.clear_gradients();
            const auto sums = executor.values(net.sum);
            std::copy(sums.begin(), sums.end(), executor.gradient(net.sum).begin());
            executor.backward(net.sum);
            for (const std::size_t node : {0u, 1u}) {
                for (const std::size_t input : {1u, 2u}) {
                    const int tensor = net.graph.nodes[node].inputs[input];
                    const std::span<float> values = executor.values(tensor);
                    const std::vector<float> gradient(executor.gradient(tensor).begin(),
                                                      executor.gradient(tensor).end());
                    REQUIRE(gradient.size() == values.size());
                    for (std::size_t i = 0; i < values.size(); ++i) {
                        const float kept = values[i];
                        const float h = 1.0f / 1024.0f;
                        values[i] = kept + h;
                        const double above = objective(executor, net.sum);
                        const double step = double{values[i]};
                        values[i] = kept - h;
                        const double below = objective(executor, net.sum);
                        const double slope = (above - below) / (step - double{values[i]});
                        values[i] = kept;
                        // Float outputs: rounding 1e-7 * sum / h is about 2e-3; curvature h^2; a
                        // ReLU kink within h of a pre-activation would add up to h * inputs.
                        CHECK(std::fabs(slope - gradient[i]) < 1e-2 * (1.0 + std::fabs(slope)));
                    }
                }
            }
        }
    }
}

TEST_CASE("only what is trained, and what depends on it, has a gradient") {
    Random random(1);
    GraphBuilder builder;
    const int x = builder.input("x", {2});
    const int first = builder.fully_connected(x, 3, Activation::none, random);
    const int second = builder.fully_connected(first, 1, Activation::none, random);
    Graph graph = std::move(builder).finish({second});
    test::parameter_of(graph, 0, 1).trainable = false;
    test::parameter_of(graph, 0, 2).trainable = false;
    Result<Executor> executor = Executor::make(graph, 4);
    REQUIRE(executor.ok());
    CHECK(executor->gradient(x).empty());
    CHECK(executor->gradient(first).empty());
    CHECK(executor->gradient(graph.nodes[0].inputs[1]).empty());
    CHECK(executor->gradient(graph.nodes[1].inputs[1]).size() == 3);
    CHECK(executor->gradient(second).size() == 4);
    CHECK(executor->values(second).size() == 4);
    CHECK(executor->shape(first) == Shape{4, 3});
}

TEST_CASE("forward gives every row the bits it has alone, whatever the batch") {
    TwoReaders net = make_two_readers(6);
    std::vector<float> inputs(3 * 9);
    fill(inputs, 21);
    Result<Executor> one = Executor::make(net.graph, 1);
    Result<Executor> nine = Executor::make(net.graph, 9);
    REQUIRE(one.ok());
    REQUIRE(nine.ok());
    std::copy(inputs.begin(), inputs.end(), nine->values(net.graph.inputs[0]).begin());
    nine->forward();
    for (std::size_t row = 0; row < 9; ++row) {
        std::copy_n(inputs.begin() + static_cast<std::ptrdiff_t>(3 * row), 3,
                    one->values(net.graph.inputs[0]).begin());
        one->forward();
        for (std::size_t c = 0; c < 6; ++c) {
            CHECK(one->values(net.sum)[c] == nine->values(net.sum)[6 * row + c]);
        }
    }
}

TEST_CASE("forward can stop early, and sees constants that were replaced") {
    TwoReaders net = make_two_readers(4);
    Result<Executor> executor = Executor::make(net.graph, 2);
    REQUIRE(executor.ok());
    const int first = net.graph.nodes[0].outputs[0];
    fill(executor->values(net.graph.inputs[0]), 2);
    executor->forward(first);
    for (const float value : executor->values(net.sum)) CHECK(value == 0.0f);
    Tensor& bias = test::parameter_of(net.graph, 0, 2);
    const std::vector<float> fives(4, 5.0f);
    bias = make_constant(bias.name, bias.shape, fives);
    test::set_parameter(net.graph, 0, 1, std::vector<float>(12, 0.0f));
    executor->forward(first);
    for (const float value : executor->values(first)) CHECK(value == 5.0f);
}

TEST_CASE("a graph that is not float32 is refused, and says which operator") {
    GraphBuilder builder;
    const int x = builder.input("x", {2});
    const int q = builder.apply(OpKind::quantize, {x});
    Graph graph = std::move(builder).finish({q});
    const Result<Executor> executor = Executor::make(graph, 1);
    REQUIRE_FALSE(executor.ok());
    CHECK(executor.error().place.find("operator 0 (quantize)") != std::string::npos);
}

}  // namespace
}  // namespace whittle
