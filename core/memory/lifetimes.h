#pragma once

#include <cstdint>
#include <span>
#include <string>
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

// The activation tensors of a graph, and the scratch of its kernels, as buffers. Step i is node i.
struct TensorLifetimes {
    std::vector<int> tensors;    // indices into Graph::tensors, those of the first buffers
    std::vector<int> scratches;  // nodes, those of the other buffers: scratch, alive at its step
    std::vector<Buffer> buffers;
    std::vector<Overlap> overlaps;  // between buffers

    // The buffer of a node's scratch.
    std::size_t scratch_buffer(int node) const;
};

// What a buffer is called: its tensor's name, or "scratch of step 3".
std::string buffer_name(const Graph& graph, const TensorLifetimes& lifetimes, std::size_t buffer);

// Where the graph's inputs and outputs live. In the arena: inputs from the start of the run,
// outputs to its end. With the caller: they are no buffers of the arena at all.
enum class InputsOutputs { in_arena, with_caller };
// Of `overlaps` those remain where the node is the last to read the input, and the input neither an
// output of the graph nor variable. `scratch_bytes`: of each node, or empty where none has any.
TensorLifetimes lifetimes_of(const Graph& graph,
                             InputsOutputs placement,
                             std::span<const TensorOverlap> overlaps = {},
                             std::span<const std::int64_t> scratch_bytes = {});

}  // namespace whittle
