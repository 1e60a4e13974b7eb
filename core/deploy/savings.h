#pragma once

#include <vector>

#include "core/graph/graph.h"
#include "core/memory/lifetimes.h"
#include "core/ops/prepared.h"

namespace whittle {

// What may bring an arena below the sum of all tensors alive at a step. None changes a bit of the
// outputs.
struct Savings {
    bool in_place = true;  // an output begins where an input of its operator begins
    bool overlap = true;   // an output begins below an input, and runs into it as that is used up
    bool reorder = true;   // operators run in the order that keeps least alive
    // A convolution does the padding before it, and takes turns with the operator behind it
    // (fuse.h).
    bool fuse = true;

    static Savings none() { return {false, false, false, false}; }
};

// What the kernels allow of it: for each node the inputs over which its output may lie, and how
// far. `ops`: the graph's nodes, prepared.
std::vector<TensorOverlap> kernel_overlaps(const Graph& graph,
                                           const std::vector<PreparedOp>& ops,
                                           const Savings& savings);

// The scratch of each operator's kernel.
std::vector<std::int64_t> scratch_sizes(const std::vector<PreparedOp>& ops);

// Lets operators take turns (fuse.h): pairs that take a twentieth off the arena each, and a tenth
// together. Less would not be worth the time and code.
void fuse_pairs_for_memory(Graph& graph,
                           std::vector<PreparedOp>& ops,
                           InputsOutputs placement,
                           const Savings& savings);

// Puts nodes and ops into the order that keeps least alive, if that makes the plan smaller.
void reorder_for_memory(Graph& graph,
                        std::vector<PreparedOp>& ops,
                        InputsOutputs placement,
                        const Savings& savings);

}  // namespace whittle
