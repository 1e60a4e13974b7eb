// The hot float loops at every level of instructions and with any number of threads.

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/base/random.h"
#include "core/graph/builder.h"
#include "core/ops/conv2d/kernel.h"
#include "core/ops/pool.h"
#include "core/ops/window.h"
#include "core/train/executor.h"
#include "tests/support/settings.h"

namespace whittle {
namespace {

// A convolution with ReLU, maximum pooling, and a dense layer.
struct Net {
    Graph graph;
    int convolution;
};

Net make_net(const Shape& image, std::int32_t filters, const WindowSteps& steps) {
    Random random(5);
    GraphBuilder builder;
    const int x = builder.input("x", image);
    const int convolved =
        builder.conv2d(x, filters, 3, 2, Conv2dAttributes{Activation::relu, steps, 0}, random);
    const PoolAttributes pool{Activation::none, 2, 3, {Padding::same, 2, 2}};
    const int pooled = builder.apply(OpKind::max_pool2d, {convolved}, Attributes::of(pool));
    return {std::move(builder).finish({pooled}), convolved};
}

void fill(std::span<float> values, std::uint64_t seed) {
    Random random(seed);
    for (float& value : values) value = random.normal();
}

// All values and gradients of one step, one after another.
std::vector<float> step(Net& net, std::int32_t batch) {
    Result<Executor> executor = Executor::make(net.graph, batch);
    REQUIRE(executor.ok());
    fill(executor->values(net.graph.inputs[0]), 6);
    executor->forward();
    executor->clear_gradients();
    fill(executor->gradient(net.graph.outputs[0]), 7);
    executor->backward(net.graph.outputs[0]);
    std::vector<float> all;
    for (std::size_t t = 0; t < net.graph.tensors.size(); ++t) {
        const auto values = executor->values(static_cast<int>(t));
        const auto gradient = executor->gradient(static_cast<int>(t));
        all.insert(all.end(), values.begin(), values.end());
        all.insert(all.end(), gradient.begin(), gradient.end());
    }
    return all;
}

struct Case {
    Shape image;
    std::int32_t filters;
    WindowSteps steps;
    std::int32_t batch;
};

// Filters for whole vectors of every width, and for what is left beside them; batches that threads
// share evenly and unevenly.
std::vector<Case> cases() {
    return {{{9, 12, 3}, 1, {Padding::valid}, 1},
            {{12, 19, 1}, 8, {Padding::valid}, 9},
            {{7, 11, 8}, 16, {Padding::valid}, 8},
            {{6, 5, 2}, 33, {Padding::same}, 11},
            {{9, 8, 5}, 7, {Padding::same, 2, 3}, 3},
            {{10, 11, 3}, 20, {Padding::same, 1, 1, 2, 2}, 4},
            {{11, 9, 2}, 4, {Padding::valid, 2, 1, 1, 3}, 2}};
}

TEST_CASE("convolution and pooling have the same bits with all instructions and threads") {
    for (const Case& c : cases()) {
        Net net = make_net(c.image, c.filters, c.steps);
        std::vector<float> expected;
        for (const SimdLevel level : simd_levels()) {
            const test::WithSimd with_simd(level);
            for (const int threads : {1, 2, 4}) {
                CAPTURE(c.filters);
                CAPTURE(simd_name(level));
                CAPTURE(threads);
                const test::WithThreads with_threads(threads);
                const std::vector<float> found = step(net, c.batch);
                if (expected.empty()) expected = found;
                CHECK(found == expected);
            }
        }
    }
}

TEST_CASE("training's convolution has the bits of the kernel that boards run") {
    for (const Case& c : cases()) {
        Net net = make_net(c.image, c.filters, c.steps);
        const Node& node = net.graph.nodes[0];
        fill(net.graph.tensor(node.inputs[2]).as<float>(), 8);
        Result<Executor> executor = Executor::make(net.graph, c.batch);
        REQUIRE(executor.ok());
        fill(executor->values(node.inputs[0]), 6);
        const auto window = make_window(executor->shape(node.inputs[0]), 3, 2, c.filters, c.steps);
        REQUIRE(window.ok());
        const WhittleConv2dFloat32 params{*window, c.image[2], 0.0f, 3.4e38f};
        std::vector<float> expected(executor->values(net.convolution).size());
        whittle_conv2d_float32(&params, executor->values(node.inputs[0]).data(),
                               executor->values(node.inputs[1]).data(),
                               executor->values(node.inputs[2]).data(), expected.data());
        for (const SimdLevel level : simd_levels()) {
            CAPTURE(c.filters);
            CAPTURE(simd_name(level));
            const test::WithSimd with(level);
            executor->forward();
            CHECK(std::equal(expected.begin(), expected.end(),
                             executor->values(net.convolution).begin()));
        }
    }
}

}  // namespace
}  // namespace whittle
