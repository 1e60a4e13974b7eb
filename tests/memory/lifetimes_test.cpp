#include "core/memory/lifetimes.h"

#include <doctest/doctest.h>

#include "core/base/random.h"
#include "core/graph/builder.h"

namespace whittle {

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

TEST_CASE("Scratch lives at its own step, behind the tensors") {
    Random random(1);
    GraphBuilder builder;
    const int input = builder.input("x", {1});
    const int first = builder.fully_connected(input, 16, Activation::relu, random);
    const int second = builder.fully_connected(first, 16, Activation::relu, random);
    const int output = builder.fully_connected(second, 1, Activation::none, random);
    const Graph graph = std::move(builder).finish({output});

    const std::int64_t scratch[] = {0, 40, 8};
    const TensorLifetimes lifetimes = lifetimes_of(graph, InputsOutputs::in_arena, {}, scratch);
    REQUIRE(lifetimes.tensors.size() == 4);
    REQUIRE(lifetimes.buffers.size() == 6);
    CHECK(lifetimes.scratches == std::vector<int>{1, 2});
    CHECK(lifetimes.scratch_buffer(1) == 4);
    CHECK(lifetimes.scratch_buffer(2) == 5);
    CHECK(lifetimes.buffers[4].bytes == 40);
    CHECK(lifetimes.buffers[4].first_step == 1);
    CHECK(lifetimes.buffers[4].last_step == 1);
    CHECK(lifetimes.buffers[5].bytes == 8);
    CHECK(lifetimes.buffers[5].first_step == 2);
    CHECK(buffer_name(graph, lifetimes, 0) == "x");
    CHECK(buffer_name(graph, lifetimes, 5) == "scratch of step 2");
}

}  // namespace whittle
