#include "lessons/ui/logic/arena_layout.h"

#include <doctest/doctest.h>

#include <cmath>

namespace whittle::ui {

TEST_CASE("an arena map has time across and addresses up") {
    const ArenaLayout layout{{10, 20}, 300, 200, 3, 1000};
    CHECK(layout.x_of_step(0) == 10);
    CHECK(layout.x_of_step(3) == 310);
    CHECK(layout.y_of_bytes(0) == 220);
    CHECK(layout.y_of_bytes(1000) == 20);
    CHECK(layout.bytes_of(20) == 100);
    CHECK(layout.bytes_of(-20) == -100);
    const ArenaLayout::Rectangle r = layout.rectangle({1, 2, 100, 300}, 3);
    CHECK(r.low.x == 110);
    CHECK(r.high.x == 310);
    CHECK(r.low.y == doctest::Approx(140));
    CHECK(r.high.y == doctest::Approx(200));
    // One byte is seen too, and stands on its address.
    const ArenaLayout::Rectangle thin = layout.rectangle({0, 0, 500, 1}, 3);
    CHECK(thin.high.y == doctest::Approx(120));
    CHECK(thin.low.y == doctest::Approx(117));
}

TEST_CASE("the pointer finds tensors, the smallest first, and only those that are shown") {
    const ArenaLayout layout{{0, 0}, 300, 100, 3, 100};
    std::vector<ArenaBox> boxes = {{0, 2, 0, 60}, {1, 1, 20, 10}, {2, 2, 80, 20, false}};
    CHECK(layout.box_at({50, 95}, boxes, 3) == 0);
    CHECK(layout.box_at({150, 75}, boxes, 3) == 1);
    CHECK(layout.box_at({150, 85}, boxes, 3) == 0);
    CHECK(layout.box_at({250, 10}, boxes, 3) == -1);
    boxes[2].shown = true;
    CHECK(layout.box_at({250, 10}, boxes, 3) == 2);
    CHECK(layout.box_at({-1, 95}, boxes, 3) == -1);
    CHECK(layout.box_at({50, 30}, boxes, 3) == -1);
    CHECK(layout.box_at({50, 95}, {}, 3) == -1);
}

TEST_CASE("what two boxes have in common") {
    const ArenaBox a{0, 2, 0, 60};
    const ArenaBox part = common_part(a, {1, 5, 50, 60});
    CHECK(part.shown);
    CHECK(part.first_step == 1);
    CHECK(part.last_step == 2);
    CHECK(part.offset == 50);
    CHECK(part.bytes == 10);
    CHECK_FALSE(common_part(a, {1, 5, 60, 60}).shown);
    CHECK_FALSE(common_part(a, {3, 5, 50, 60}).shown);
    CHECK_FALSE(common_part(a, {1, 5, 50, 60, false}).shown);
    CHECK(common_part(a, {2, 2, 0, 1}).shown);
}

TEST_CASE("scales are round, large enough, and not twice too large") {
    CHECK(round_scale(0) == 16);
    CHECK(round_scale(16) == 16);
    CHECK(round_scale(17) == 20);
    CHECK(round_scale(1000) == 1024);
    CHECK(round_scale(1310720) == 1310720);
    std::int64_t before = 0;
    for (std::int64_t bytes = 17; bytes < std::int64_t{1} << 40; bytes = bytes * 9 / 8 + 1) {
        const std::int64_t scale = round_scale(bytes);
        CHECK(scale >= bytes);
        CHECK(scale < bytes + bytes / 2);
        CHECK(scale >= before);
        before = scale;
    }
}

TEST_CASE("nodes stand on a ring in their box, and the pointer finds them") {
    const std::vector<Point> nodes = ring_layout(8, {100, 50}, 200, 100, 10);
    REQUIRE(nodes.size() == 8);
    CHECK(nodes[0].x == doctest::Approx(200));
    CHECK(nodes[0].y == doctest::Approx(60));
    CHECK(nodes[2].x == doctest::Approx(290));
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        CHECK(nodes[i].x >= 110 - 1e-9);
        CHECK(nodes[i].x <= 290 + 1e-9);
        CHECK(nodes[i].y >= 60 - 1e-9);
        CHECK(nodes[i].y <= 140 + 1e-9);
        CHECK(node_at({nodes[i].x + 3, nodes[i].y}, nodes, 5) == static_cast<int>(i));
    }
    CHECK(node_at({200, 100}, nodes, 5) == -1);
    CHECK(ring_layout(0, {0, 0}, 10, 10, 1).empty());
}

}  // namespace whittle::ui
