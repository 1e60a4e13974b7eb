#pragma once

#include <string>
#include <vector>

#include "lessons/ui/view.h"

namespace whittle::ui {

// An undirected graph on a ring: nodes as large as what they stand for.
struct ConflictGraph {
    struct Node {
        std::string name;
        std::string tip;  // under the pointer
        Colour colour = 0;
        double share = 1.0;  // of the largest node's area
        bool filled = true;
    };
    std::vector<Node> nodes;
    std::vector<std::vector<int>> neighbours;  // of each node
    int chosen = -1;                           // its edges stand out
};

// Returns the node that was clicked, or -1.
int draw_conflict_graph(const ViewContext& context, Box box, const ConflictGraph& graph);

}  // namespace whittle::ui
