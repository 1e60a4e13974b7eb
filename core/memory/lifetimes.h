#pragma once

#include <vector>

#include "core/graph/graph.h"
#include "core/memory/plan.h"

namespace whittle {

// The activation tensors of a graph as buffers. Step i is node i.
struct TensorLifetimes {
    std::vector<int> tensors;  // indices into Graph::tensors, as many as buffers
    std::vector<Buffer> buffers;
};

// Where the graph's inputs and outputs live. In the arena: inputs from the start of the run,
// outputs to its end. With the caller: they are no buffers of the arena at all.
enum class InputsOutputs { in_arena, with_caller };
TensorLifetimes lifetimes_of(const Graph& graph, InputsOutputs placement);

}  // namespace whittle
