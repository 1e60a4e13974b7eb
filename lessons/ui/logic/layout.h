#pragma once

#include <cstddef>
#include <vector>

#include "lessons/ui/logic/field.h"

namespace whittle::ui {

// Where the neurons of a layered net stand: layers from left to right, each centred.
struct NetworkLayout {
    std::vector<std::vector<Point>> centres;  // [layer][neuron]
    double size = 0.0;                        // of a neuron's square

    struct Edge {
        std::size_t layer = 0;  // it leads from this layer to the next
        std::size_t from = 0;
        std::size_t to = 0;
    };
    Segment line(const Edge& edge) const;
    // What the pointer is on: a neuron, else the nearest edge within `reach`, else nothing.
    bool neuron_at(Point pointer, std::size_t& layer, std::size_t& neuron) const;
    bool edge_at(Point pointer, double reach, Edge& edge) const;
};

// In a box with the upper left corner at `origin`. Neurons are at most `largest` wide and never
// touch each other.
NetworkLayout network_layout(const std::vector<std::size_t>& layers, Point origin, double width,
                             double height, double largest);

}  // namespace whittle::ui
