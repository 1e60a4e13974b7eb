// Speed of the arena planners.

#include <benchmark/benchmark.h>

#include <string>

#include "core/base/platform/files.h"
#include "core/memory/exact.h"
#include "core/memory/plan_csv.h"
#include "tests/memory/random_buffers.h"
#include "tests/support/shared_data.h"

namespace whittle {
namespace {

// All greedy planners on so many buffers, of which about a hundred are alive at once.
void plan_greedily(benchmark::State& state) {
    const auto count = static_cast<std::uint32_t>(state.range(0));
    Random random(1);
    const auto buffers = test::random_buffers(random, count, 4000, static_cast<int>(count), 200);
    const PlannerInfo& info = all_planners()[static_cast<std::size_t>(state.range(1))];
    for (auto _ : state) {
        benchmark::DoNotOptimize(plan_with(info.planner, buffers, 16).arena_bytes);
    }
    state.SetLabel(info.name);
}
BENCHMARK(plan_greedily)
    ->ArgsProduct({{1000, 10000, 50000}, {1, 2, 3, 4}})
    ->Unit(benchmark::kMillisecond);

// The hard cases A to K, down to their capacity.
void plan_hard_case(benchmark::State& state) {
    const char name = static_cast<char>('A' + state.range(0));
    const auto path = test::shared_data(std::string("planner/") + name + ".1048576.csv");
    const auto bytes = path ? read_file(*path) : Result<std::vector<std::uint8_t>>(Error{});
    if (!bytes.ok()) {
        state.SkipWithError("the case is not there");
        return;
    }
    const auto table =
        read_buffer_table({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!table.ok()) {
        state.SkipWithError(table.error().message().c_str());
        return;
    }
    ExactOptions options;
    options.capacity_bytes = 1'048'576;
    for (auto _ : state) {
        const ExactPlan exact = plan_exactly(table->buffers, 1, options);
        state.counters["bytes"] = static_cast<double>(exact.plan.arena_bytes);
        state.counters["nodes"] = static_cast<double>(exact.nodes);
    }
    state.SetLabel(std::string(1, name));
}
BENCHMARK(plan_hard_case)->DenseRange(0, 10)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace whittle
