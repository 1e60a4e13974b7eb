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

}  // namespace whittle
