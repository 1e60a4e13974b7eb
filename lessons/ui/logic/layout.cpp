#include "lessons/ui/logic/layout.h"

#include <algorithm>
#include <cmath>

namespace whittle::ui {

Segment NetworkLayout::line(const Edge& edge) const {
    Point from = centres[edge.layer][edge.from];
    Point to = centres[edge.layer + 1][edge.to];
    from.x += size / 2;
    to.x -= size / 2;
    return {from, to};
}

bool NetworkLayout::neuron_at(Point pointer, std::size_t& layer, std::size_t& neuron) const {
    for (std::size_t l = 0; l < centres.size(); ++l) {
        for (std::size_t n = 0; n < centres[l].size(); ++n) {
            const Point& centre = centres[l][n];
            if (std::fabs(pointer.x - centre.x) > size / 2) continue;
            if (std::fabs(pointer.y - centre.y) > size / 2) continue;
            layer = l;
            neuron = n;
            return true;
        }
    }
    return false;
}

bool NetworkLayout::edge_at(Point pointer, double reach, Edge& edge) const {
    bool found = false;
    for (std::size_t l = 0; l + 1 < centres.size(); ++l) {
        for (std::size_t from = 0; from < centres[l].size(); ++from) {
            for (std::size_t to = 0; to < centres[l + 1].size(); ++to) {
                const double away = distance_to_segment(pointer, line({l, from, to}));
                if (away > reach) continue;
                reach = away;
                edge = {l, from, to};
                found = true;
            }
        }
    }
    return found;
}

NetworkLayout network_layout(const std::vector<std::size_t>& layers, Point origin, double width,
                             double height, double largest) {
    NetworkLayout layout;
    if (layers.empty()) return layout;
    std::size_t most = 1;
    for (const std::size_t count : layers) most = std::max(most, count);
    const double row = height / static_cast<double>(most);
    const auto gaps = static_cast<double>(layers.size());
    layout.size = std::max(0.0, std::min({largest, row * 0.78, width / gaps * 0.6}));
    const double pitch =
        layers.size() > 1 ? (width - layout.size) / static_cast<double>(layers.size() - 1) : 0.0;
    for (std::size_t l = 0; l < layers.size(); ++l) {
        // Small layers are not torn apart.
        const double step =
            std::min(height / static_cast<double>(std::max<std::size_t>(1, layers[l])),
                     layout.size * 1.6);
        const double x = layers.size() > 1
                             ? origin.x + layout.size / 2 + pitch * static_cast<double>(l)
                             : origin.x + width / 2;
        std::vector<Point> column;
        for (std::size_t n = 0; n < layers[l]; ++n) {
            const double offset = static_cast<double>(n) - 0.5 * static_cast<double>(layers[l] - 1);
            column.push_back({x, origin.y + height / 2 + offset * step});
        }
        layout.centres.push_back(std::move(column));
    }
    return layout;
}

}  // namespace whittle::ui
