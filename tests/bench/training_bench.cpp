// Training speed on the standard tasks.

#include <benchmark/benchmark.h>

#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "core/data/generators.h"
#include "core/data/readers.h"
#include "core/graph/builder.h"
#include "core/train/recipe.h"
#include "core/train/trainer.h"
#include "tests/support/shared_data.h"

namespace whittle {
namespace {

TrainOptions options_of(const char* recipe) {
    TrainOptions options = recipe_named(recipe)->options;
    options.patience = 0;
    options.batch_size = 32;
    return options;
}

// Trains a fresh net for some epochs; making net and trainer is part of the time, as it is for the
// user.
void train(benchmark::State& state, const Recipe& recipe, const Dataset& data, int epochs) {
    TrainOptions options = options_of(recipe.name.c_str());
    options.epochs = epochs;
    for (auto _ : state) {
        Graph graph = recipe.model(1);
        auto trainer = Trainer::make(graph, data, nullptr, options);
        if (!trainer.ok()) {
            state.SkipWithError(trainer.error().message().c_str());
            return;
        }
        const Result<EpochReport> report = (*trainer)->run({});
        if (!report.ok()) {
            state.SkipWithError(report.error().message().c_str());
            return;
        }
        state.counters["loss"] = static_cast<double>(report->train_loss);
    }
    const auto samples = static_cast<std::int64_t>(data.size()) * epochs;
    state.SetItemsProcessed(state.iterations() * samples);
}

// 1-16-16-1, 1,000 samples, batch 32, 100 epochs.
void train_sine(benchmark::State& state) {
    train(state, *recipe_named("sine"), make_sine(1000, 0.1f, 1), 100);
}
BENCHMARK(train_sine)->Unit(benchmark::kMillisecond);

const Dataset* mnist() {
    static const std::optional<Dataset> data = []() -> std::optional<Dataset> {
        const auto folder = test::shared_data("data/mnist");
        if (!folder) return std::nullopt;
        Result<TrainTestData> read = read_mnist(*folder);
        if (!read.ok()) return std::nullopt;
        return std::move(read->train);
    }();
    return data ? &*data : nullptr;
}

// 784-20-10 on the first images of MNIST, batch 32, one epoch.
void train_digits(benchmark::State& state) {
    const Dataset* all = mnist();
    if (all == nullptr) {
        state.SkipWithError("MNIST is not there");
        return;
    }
    std::vector<std::uint32_t> first(static_cast<std::size_t>(state.range(0)));
    std::iota(first.begin(), first.end(), 0u);
    train(state, *recipe_named("digits"), all->subset(first), 1);
}
BENCHMARK(train_digits)->Arg(10000)->Arg(60000)->Unit(benchmark::kMillisecond);

// One step of a tiny net: what the loop costs besides the arithmetic.
void train_step_of_one_neuron(benchmark::State& state) {
    const Dataset data = make_line(1000, {}, 1);
    Graph graph = recipe_named("line")->model(1);
    TrainOptions options = options_of("line");
    options.batch_size = 1;
    auto trainer = Trainer::make(graph, data, nullptr, options);
    if (!trainer.ok()) {
        state.SkipWithError(trainer.error().message().c_str());
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize((*trainer)->step().ok());
}
BENCHMARK(train_step_of_one_neuron)->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace whittle
