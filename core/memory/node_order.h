#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/graph/graph.h"
#include "core/memory/lifetimes.h"

namespace whittle {

// An order in which a graph's nodes can run.
struct NodeOrder {
    std::vector<int> nodes;       // indices into Graph::nodes
    std::int64_t peak_bytes = 0;  // what is alive at the fullest step, less what can overlap there
    bool exact = true;            // whether no order has a lower peak
};

// The order with the lowest peak; the graph's own where no other is lower. All orders are searched,
// sets of nodes that are done one after another, up to a limit on how many sets of one size are
// kept; beyond it the most promising ones (beam search). Nodes that share a variable tensor keep
// their order. Deterministic.
NodeOrder lowest_order(const Graph& graph,
                       InputsOutputs placement,
                       std::span<const TensorOverlap> overlaps);

}  // namespace whittle
