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

// A convolution, and the only node that reads its output: a convolution or a pooling.
struct Pair {
    int first = 0;  // nodes
    int second = 0;
};

// The pairs that can take turns, so many that no node is in two of them: those with most bytes
// between them first. `ops`: the graph's nodes, prepared.
std::vector<Pair> pairable_operators(const Graph& graph, const std::vector<PreparedOp>& ops);

// Makes one operator of each of these pairs: the tensor between the two is never whole, only some
// of its rows stand in scratch (core/base/kept_rows.h). The kernels stay. The node of the first
// then has the inputs and constants of both, and the second's output.
void fuse_pairs(const std::vector<Pair>& pairs, Graph& graph, std::vector<PreparedOp>& ops);

}  // namespace whittle
