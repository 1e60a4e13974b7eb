#include "core/memory/plan.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/random.h"
#include "core/graph/builder.h"

namespace whittle {

namespace {

// No two buffers alive together may overlap; all lie inside the arena, aligned.
bool is_valid(const std::vector<Buffer>& buffers, const ArenaPlan& plan, std::int64_t alignment) {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (plan.offsets[i] < 0 || plan.offsets[i] % alignment != 0) return false;
        if (plan.offsets[i] + buffers[i].bytes > plan.arena_bytes) return false;
        for (std::size_t k = 0; k < i; ++k) {
            const bool together = buffers[i].first_step <= buffers[k].last_step &&
                                  buffers[k].first_step <= buffers[i].last_step;
            const bool overlap = plan.offsets[i] < plan.offsets[k] + buffers[k].bytes &&
                                 plan.offsets[k] < plan.offsets[i] + buffers[i].bytes;
            if (together && overlap) return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("An arena plan of nothing is empty") {
    const ArenaPlan plan = plan_greedy_by_size({}, 4);
    CHECK(plan.arena_bytes == 0);
    CHECK(plan.lower_bound_bytes == 0);
}

TEST_CASE("A chain of layers reuses the space of what is no longer read") {
    const std::vector<Buffer> chain = {{16, 0, 0}, {16, 0, 1}, {16, 1, 2}, {1, 2, 2}};
    const ArenaPlan plan = plan_greedy_by_size(chain, 4);
    CHECK(is_valid(chain, plan, 4));
    CHECK(plan.arena_bytes == 32);
    CHECK(plan.lower_bound_bytes == 32);
}

TEST_CASE("Random plans are valid, and never below the bound") {
    Random random(1);
    for (const std::uint32_t count : {1u, 2u, 3u, 50u, 200u}) {
        for (int round = 0; round < 20; ++round) {
            std::vector<Buffer> buffers(count);
            for (Buffer& buffer : buffers) {
                buffer.bytes = random.below(5) == 0 ? 0 : random.below(1000);
                buffer.first_step = static_cast<int>(random.below(50));
                buffer.last_step = buffer.first_step + static_cast<int>(random.below(10));
            }
            const std::int64_t alignment = std::int64_t{1} << random.below(5);
            const ArenaPlan plan = plan_greedy_by_size(buffers, alignment);
            CHECK(is_valid(buffers, plan, alignment));
            CHECK(plan.arena_bytes >= plan.lower_bound_bytes);
        }
    }
}

TEST_CASE("Lifetimes: inputs from the start, outputs to the end, the rest while it is needed") {
    Random random(1);
    GraphBuilder builder;
    const int input = builder.input("x", {1});
    const int first = builder.fully_connected(input, 16, Activation::relu, random);
    const int second = builder.fully_connected(first, 16, Activation::relu, random);
    const int output = builder.fully_connected(second, 1, Activation::none, random);
    const Graph graph = std::move(builder).finish({output, first});

    const TensorLifetimes arena = lifetimes_of(graph, InputsOutputs::in_arena);
    CHECK(arena.tensors == std::vector<int>{input, first, second, output});
    CHECK(arena.buffers[0].first_step == 0);
    CHECK(arena.buffers[0].last_step == 0);
    CHECK(arena.buffers[1].last_step == 2);  // an output lives to the end
    CHECK(arena.buffers[2].first_step == 1);
    CHECK(arena.buffers[2].last_step == 2);
    CHECK(arena.buffers[1].bytes == 64);

    const TensorLifetimes caller = lifetimes_of(graph, InputsOutputs::with_caller);
    CHECK(caller.tensors == std::vector<int>{second});
}

}  // namespace whittle
