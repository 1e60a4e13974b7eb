#pragma once

#include <string>
#include <vector>

#include "core/graph/graph.h"

namespace whittle::test {

// One operator on small tensors, to be run with its output over an input.
struct OverlapCase {
    std::string label;
    Graph graph;
    int input = 0;  // which of the node's inputs the output lies over
    // Whether the output gets wrong once it comes an element closer than the clearance.
    bool tight = true;
};

// All operators that have an overlap.h, in all their types.
std::vector<OverlapCase> overlap_cases();

}  // namespace whittle::test
