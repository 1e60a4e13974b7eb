#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lessons/ui/logic/field.h"

namespace whittle::ui {

// A tensor in an arena map: alive from one step to another, both included, at an address.
struct ArenaBox {
    int first_step = 0;
    int last_step = 0;
    std::int64_t offset = 0;
    std::int64_t bytes = 0;
    bool shown = true;
};

// The time and the bytes that two boxes have in common; `shown` if there are any, and both are
// shown.
ArenaBox common_part(const ArenaBox& a, const ArenaBox& b);

// A map of an arena: time across, addresses up. Lengths in points.
struct ArenaLayout {
    Point origin;  // upper left
    double width = 0.0;
    double height = 0.0;
    int steps = 1;                // columns
    std::int64_t full_bytes = 1;  // at the upper edge

    struct Rectangle {
        Point low;   // upper left
        Point high;  // lower right
    };

    double x_of_step(int step) const;
    double y_of_bytes(std::int64_t bytes) const;
    // How many bytes a way down on the screen is; may be negative.
    std::int64_t bytes_of(double points) const;
    // At least `thinnest` points high; it stands on its address.
    Rectangle rectangle(const ArenaBox& box, double thinnest) const;
    // The box at a place, the thinnest if there are several; -1 for none.
    int box_at(Point place, std::span<const ArenaBox> boxes, double thinnest) const;
};

// A round number of bytes that is at least as much: 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a
// power of two from 16 on, so that a map does not change its scale with every step.
std::int64_t round_scale(std::int64_t bytes);

// Points on a circle, clockwise from the top, for the nodes of a graph; in a box with the upper
// left corner at `origin`, `margin` away from its sides.
std::vector<Point> ring_layout(
    std::size_t count, Point origin, double width, double height, double margin);
// The node at most `reach` from a place, the nearest; -1 for none.
int node_at(Point place, std::span<const Point> nodes, double reach);

}  // namespace whittle::ui
