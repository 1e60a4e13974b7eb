#include "core/train/bench_tasks.h"

#include <doctest/doctest.h>

#include "core/base/hash.h"
#include "core/ops/fully_connected/multiply_add.h"
#include "tests/support/settings.h"

namespace whittle {
namespace {

std::int64_t parameters_of(const Graph& graph) {
    std::int64_t count = 0;
    for (const Tensor& tensor : graph.tensors) count += tensor.trainable ? tensor.elements() : 0;
    return count;
}

TEST_CASE("the standard tasks are what they are everywhere") {
    REQUIRE(all_bench_tasks().size() == 3);
    const auto check = [](const char* name, std::size_t samples, std::int64_t parameters) {
        CAPTURE(name);
        const BenchTask* task = bench_task_named(name);
        REQUIRE(task != nullptr);
        CHECK(task->samples == samples);
        CHECK(parameters_of(task->model(1)) == parameters);
        const Dataset data = task->data(70, 1);
        CHECK(data.size() == 70);
        const auto times = time_operators(*task, data, 1, 3);
        REQUIRE(times.ok());
        for (const OperatorTime& time : *times) CHECK(time.forward_seconds >= 0.0);
    };
    check("sine", 1000, 16 + 16 + 256 + 16 + 16 + 1);
    check("mlp", 10000, 784 * 20 + 20 + 20 * 10 + 10);
    check("cnn", 2000, 8 * 9 + 8 + 16 * 72 + 16 + 400 * 10 + 10);
    CHECK(bench_task_named("vgg") == nullptr);
}

TEST_CASE("operations are counted for every multiply-accumulate, and for each gradient") {
    const BenchTask& task = *bench_task_named("cnn");
    const auto times = time_operators(task, task.data(40, 1), 1, 1);
    REQUIRE(times.ok());
    REQUIRE(times->size() == 6);  // without the softmax, which the loss takes over
    const auto& first = times->front();
    CHECK(first.name == "conv2d 1");
    CHECK(first.forward_operations == 2.0 * 32 * 26 * 26 * 8 * 9);
    CHECK(first.backward_operations == first.forward_operations);  // nobody wants the image's
    const auto& second = (*times)[2];
    CHECK(second.forward_operations == 2.0 * 32 * 11 * 11 * 16 * 72);
    CHECK(second.backward_operations == 2.0 * second.forward_operations);
    CHECK((*times)[1].forward_operations == 0.0);
}

TEST_CASE("data that do not fit the net are refused") {
    const auto run =
        run_bench_task(*bench_task_named("cnn"), bench_task_named("sine")->data(40, 1), 1);
    REQUIRE_FALSE(run.ok());
    CHECK(run.error().expected.find("784") != std::string::npos);
}

// The same constant on every target: natively, in WebAssembly, under the sanitizers.
TEST_CASE("an epoch of the net with convolutions gives the same weights with 1, 2 and 4 threads") {
    const BenchTask& task = *bench_task_named("cnn");
    const Dataset data = task.data(task.samples, 1);
    for (const int threads : {1, 2, 4}) {
        CAPTURE(threads);
        const test::WithThreads with(threads);
        const auto run = run_bench_task(task, data, 1);
        REQUIRE(run.ok());
        CHECK(to_hex(run->weights_hash) == "5be53008004fd930");
    }
}

TEST_CASE("training has the same bits with all instructions") {
    for (const BenchTask& task : all_bench_tasks()) {
        CAPTURE(task.name);
        const Dataset data = task.data(200, 3);
        std::uint64_t expected = 0;
        for (const SimdLevel level : simd_levels()) {
            CAPTURE(simd_name(level));
            const test::WithSimd with(level);
            const auto run = run_bench_task(task, data, 3);
            REQUIRE(run.ok());
            if (expected == 0) expected = run->weights_hash;
            CHECK(run->weights_hash == expected);
        }
    }
}

TEST_CASE("the peak of every level is measured") {
    for (const SimdLevel level : simd_levels()) {
        CAPTURE(simd_name(level));
        const ProductLoops& loops = product_loops(level);
        CHECK(loops.operations_of_a_round >= 24);
        CHECK(loops.spin(100) == 12.0f);  // each of the twelve values converges to 1
    }
}

}  // namespace
}  // namespace whittle
