#include "lessons/ui/logic/layout.h"

#include <doctest/doctest.h>

namespace whittle::ui {

TEST_CASE("neurons stay in their box and never touch") {
    for (const std::vector<std::size_t>& layers :
         {std::vector<std::size_t>{1, 1}, {2, 8, 8, 8, 8, 8, 8, 3}, {7, 1, 8}, {9}}) {
        for (const double width : {60.0, 300.0, 1200.0}) {
            for (const double height : {80.0, 500.0}) {
                CAPTURE(layers.size());
                CAPTURE(width);
                CAPTURE(height);
                const NetworkLayout layout = network_layout(layers, {10, 20}, width, height, 48);
                REQUIRE(layout.centres.size() == layers.size());
                const double half = layout.size / 2;
                const double slack = 1e-9;
                CHECK(layout.size > 0);
                CHECK(layout.size <= 48);
                for (std::size_t l = 0; l < layers.size(); ++l) {
                    REQUIRE(layout.centres[l].size() == layers[l]);
                    for (std::size_t n = 0; n < layers[l]; ++n) {
                        const Point centre = layout.centres[l][n];
                        CHECK(centre.x - half >= 10 - slack);
                        CHECK(centre.x + half <= 10 + width + slack);
                        CHECK(centre.y - half >= 20 - slack);
                        CHECK(centre.y + half <= 20 + height + slack);
                        if (n > 0) CHECK(centre.y - layout.centres[l][n - 1].y > layout.size);
                        if (l > 0) CHECK(centre.x - layout.centres[l - 1][0].x > layout.size);
                    }
                }
            }
        }
    }
    CHECK(network_layout({}, {0, 0}, 100, 100, 40).centres.empty());
}

TEST_CASE("the pointer finds each neuron and each edge") {
    const NetworkLayout layout = network_layout({2, 3, 1}, {0, 0}, 400, 200, 30);
    std::size_t layer = 9;
    std::size_t neuron = 9;
    CHECK(layout.neuron_at(layout.centres[1][2], layer, neuron));
    CHECK(layer == 1);
    CHECK(neuron == 2);
    CHECK(!layout.neuron_at({-50, -50}, layer, neuron));
    for (std::size_t l = 0; l < 2; ++l) {
        for (std::size_t from = 0; from < layout.centres[l].size(); ++from) {
            for (std::size_t to = 0; to < layout.centres[l + 1].size(); ++to) {
                // A quarter of the way along, where no other edge passes.
                const Segment line = layout.line({l, from, to});
                const Point place{line.from.x + 0.23 * (line.to.x - line.from.x),
                                  line.from.y + 0.23 * (line.to.y - line.from.y)};
                NetworkLayout::Edge edge;
                REQUIRE(layout.edge_at(place, 3, edge));
                CHECK(edge.layer == l);
                CHECK(edge.from == from);
                CHECK(edge.to == to);
            }
        }
    }
    NetworkLayout::Edge edge;
    CHECK(!layout.edge_at({200, 900}, 3, edge));
}

}  // namespace whittle::ui
