#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/graph/graph.h"

namespace whittle {

// A buffer that must not share bytes with any other alive at the same time.
struct Buffer {
    std::int64_t bytes = 0;
    int first_step = 0;  // alive during steps first_step … last_step, both included
    int last_step = 0;
};

// Offsets of the buffers in one arena.
struct ArenaPlan {
    std::vector<std::int64_t> offsets;  // one for each buffer
    std::int64_t arena_bytes = 0;
    std::int64_t lower_bound_bytes = 0;  // the largest sum alive at one step: no plan can be smaller
};

// Greedy by size: the largest buffer first, each at the lowest offset where it overlaps no buffer
// placed before that is alive at the same time. Deterministic: ties go to the earlier buffer.
ArenaPlan plan_greedy_by_size(const std::vector<Buffer>& buffers, std::int64_t alignment);

// The activation tensors of a graph as buffers. Step i is node i.
struct TensorLifetimes {
    std::vector<int> tensors;  // indices into Graph::tensors, as many as buffers
    std::vector<Buffer> buffers;
};

// Where the graph's inputs and outputs live. In the arena: inputs from the start of the run, outputs
// to its end. With the caller: they are no buffers of the arena at all.
enum class InputsOutputs { in_arena, with_caller };
TensorLifetimes lifetimes_of(const Graph& graph, InputsOutputs placement);

}  // namespace whittle
