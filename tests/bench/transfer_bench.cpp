// What a net that has learnt from generated digits alone makes of digits that people wrote.

#include <benchmark/benchmark.h>

#include <span>

#include "core/data/digits.h"
#include "core/data/readers.h"
#include "core/graph/builder.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/train/metrics.h"
#include "core/train/trainer.h"
#include "tests/support/shared_data.h"

namespace whittle {
namespace {

// [28, 28, 1]: convolution 3 x 3 x 8, pool 2, convolution 3 x 3 x 16, pool 2, dense 10.
Graph digits_net(std::uint64_t seed) {
    Random random(seed);
    GraphBuilder builder("digits");
    const Conv2dAttributes relu{Activation::relu, {}};
    const Attributes halves = Attributes::of(
        PoolAttributes{.kernel_height = 2, .kernel_width = 2, .steps = {Padding::valid, 2, 2}});
    int x = builder.input("image", {28, 28, 1});
    x = builder.apply(OpKind::max_pool2d, {builder.conv2d(x, 8, 3, 3, relu, random)}, halves);
    x = builder.apply(OpKind::max_pool2d, {builder.conv2d(x, 16, 3, 3, relu, random)}, halves);
    x = builder.apply(OpKind::reshape, {x},
                      Attributes::of(ReshapeAttributes{.rank = 2, .dimensions = {1, 400}}));
    x = builder.fully_connected(x, 10, Activation::none, random);
    x = builder.apply(OpKind::softmax, {x}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({x});
}

double accuracy(Graph& graph, const Dataset& data) {
    const Result<std::vector<float>> scores = predict(graph, data);
    if (!scores.ok()) return 0.0;
    std::size_t right = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        right += argmax(std::span(scores.value()).subspan(10 * i, 10)) == data.labels[i];
    }
    return static_cast<double>(right) / static_cast<double>(data.size());
}

// 10,000 generated digits, 5 epochs, batch 32; the seed is of digits, weights and order.
void generated_digits_to_mnist(benchmark::State& state) {
    const auto folder = test::shared_data("data/mnist");
    const auto mnist = folder ? read_mnist(*folder) : Result<TrainTestData>(Error{});
    if (!mnist.ok()) {
        state.SkipWithError("MNIST is not there");
        return;
    }
    const auto seed = static_cast<std::uint64_t>(state.range(0));
    TrainOptions options;
    options.loss = Loss::softmax_cross_entropy;
    options.optimizer.learning_rate = 0.002f;
    options.epochs = 5;
    options.seed = seed;
    for (auto _ : state) {
        const Dataset digits = make_digits(10000, seed);
        Graph graph = digits_net(seed);
        const auto trainer = Trainer::make(graph, digits, nullptr, options);
        if (!trainer.ok() || !(*trainer)->run({}).ok()) {
            state.SkipWithError("the training failed");
            return;
        }
        state.counters["mnist_test_accuracy"] = accuracy(graph, mnist->test);
    }
}
BENCHMARK(generated_digits_to_mnist)
    ->ArgName("seed")
    ->DenseRange(1, 3)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace whittle
