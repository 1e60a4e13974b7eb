#pragma once

#include <vector>

#include "core/graph/graph.h"
#include "core/ops/prepared.h"

namespace whittle {

// Takes out paddings of height and width that only a convolution reads: its window reaches as far
// outside the image instead, and the padded image is never written. The same bits: what lies
// outside contributes nothing, as zeros do. `ops`: the graph's nodes, prepared. The convolution's
// node then reads the image itself, so that attributes and shapes of the two no longer go together;
// what runs is `ops`.
void fuse_paddings(Graph& graph, std::vector<PreparedOp>& ops);

// The nodes of convolutions whose output only a maximum pooling reads.
std::vector<int> poolable_convolutions(const Graph& graph);

// Lets the convolutions at these nodes do the pooling behind them: the tensor between the two is
// never whole, only some of its rows stand in scratch (core/base/pooled_rows.h). The convolution
// keeps its kernel. Its node then has the pooling's output.
void fuse_poolings(const std::vector<int>& convolutions,
                   Graph& graph,
                   std::vector<PreparedOp>& ops);

}  // namespace whittle
