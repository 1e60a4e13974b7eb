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

}  // namespace whittle
