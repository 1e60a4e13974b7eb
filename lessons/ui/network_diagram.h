#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lessons/ui/logic/layout.h"
#include "lessons/ui/view.h"

namespace whittle::ui {

// A layered net: a small map in every neuron, edges coloured and sized by their weights.
struct NetworkDiagram {
    std::vector<std::size_t> layers;                  // neurons of each, from the features on
    std::vector<std::vector<std::string>> names;      // under the neurons, or beside; may be empty
    std::function<double(const NetworkLayout::Edge&)> weight;
    // The picture with all maps (Pictures), and the part of it that is a neuron's.
    std::string maps;
    std::function<Box(std::size_t layer, std::size_t neuron)> part;  // u, v from 0 to 1
    std::string first_title = "features";
    std::string last_title = "output";
};

struct NetworkPointer {
    bool on_neuron = false;
    std::size_t layer = 0;
    std::size_t neuron = 0;
    bool clicked_edge = false;
    NetworkLayout::Edge edge;
};
// Draws it and says what the pointer is on.
NetworkPointer draw_network(const ViewContext& context, Box box, const NetworkDiagram& diagram);

}  // namespace whittle::ui
