#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/graph/graph.h"
#include "core/memory/plan.h"

namespace whittle {

// The output of a node may lie over an input of it, as far below as the clearance says (Overlap of
// plan.h): a property of the kernel. Each pair of tensors of a node at most once.
struct TensorOverlap {
    int node = 0;
    int output = 0;  // indices into Graph::tensors
    int input = 0;
    std::int64_t clearance_bytes = 0;
};

// The activation tensors of a graph as buffers. Step i is node i.
struct TensorLifetimes {
    std::vector<int> tensors;  // indices into Graph::tensors, as many as buffers
    std::vector<Buffer> buffers;
    std::vector<Overlap> overlaps;  // between buffers
};

// Where the graph's inputs and outputs live. In the arena: inputs from the start of the run,
// outputs to its end. With the caller: they are no buffers of the arena at all.
enum class InputsOutputs { in_arena, with_caller };
// Of `overlaps` those remain where the node is the last to read the input, and the input neither an
// output of the graph nor variable.
TensorLifetimes lifetimes_of(const Graph& graph,
                             InputsOutputs placement,
                             std::span<const TensorOverlap> overlaps = {});

}  // namespace whittle
