#include "lessons/ui/logic/field.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace whittle::ui {

namespace {

// Samples of a function at the places of a field over [-2, 2] x [-1, 3].
template <class Function>
struct Samples {
    Samples(std::size_t columns, std::size_t rows, Function function)
        : values(columns * rows),
          field{.values = values, .columns = columns, .rows = rows, .x = {-2, 2}, .y = {-1, 3}} {
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t column = 0; column < columns; ++column) {
                const Point place = field.place(column, row);
                values[row * columns + column] = static_cast<float>(function(place.x, place.y));
            }
        }
    }

    std::vector<float> values;
    Field field;
};

}  // namespace

TEST_CASE("between its samples a field is bilinear, and at its corners exact") {
    const Samples plane(5, 9, [](double x, double y) { return 3 * x - 2 * y + 1; });
    for (double u = 0; u <= 1; u += 0.1) {
        for (double v = 0; v <= 1; v += 0.1) {
            const double x = -2 + 4 * u;
            const double y = -1 + 4 * v;
            // float32 with values up to 13.
            CHECK(static_cast<double>(plane.field.sample(u, v)) ==
                  doctest::Approx(3 * x - 2 * y + 1).epsilon(1e-5));
        }
    }
    CHECK(plane.field.sample(-1.0, -1.0) == plane.field.at(0, 0));
    CHECK(plane.field.sample(2.0, 2.0) == plane.field.at(4, 8));
}

TEST_CASE(
    "a centred field's samples stand in the middle of cells, but the outer ones at the border") {
    const float values[] = {0, 1, 2, 3};
    const Field field{
        .values = values, .columns = 2, .rows = 2, .x = {0, 2}, .y = {0, 2}, .centred = true};
    CHECK(field.valid());
    CHECK(field.sample(0.25, 0.25) == 0.0f);
    CHECK(field.sample(0.75, 0.75) == 3.0f);
    CHECK(field.sample(0.5, 0.5) == 1.5f);
    CHECK(field.place(0, 0).x == 0.0);
    CHECK(field.place(1, 1).y == 2.0);
}

TEST_CASE("a field resampled has its samples at the centres of pixels, the top row first") {
    Samples wave(4, 7, [](double x, double y) { return std::sin(3 * x) * std::cos(2 * y) + x; });
    for (const bool centred : {false, true}) {
        wave.field.centred = centred;
        for (const std::size_t width : {1, 2, 3, 4, 5, 50}) {
            for (const std::size_t height : {1, 6, 7, 8}) {
                const std::vector<float> pixels = resampled(wave.field, width, height);
                REQUIRE(pixels.size() == width * height);
                for (std::size_t i = 0; i < pixels.size(); ++i) {
                    const double u =
                        (static_cast<double>(i % width) + 0.5) / static_cast<double>(width);
                    const double v =
                        1.0 - (static_cast<double>(i / width) + 0.5) / static_cast<double>(height);
                    CHECK(pixels[i] == wave.field.sample(u, v));
                }
            }
        }
    }
    CHECK(resampled(wave.field, 0, 5).empty());
}

TEST_CASE("contours of a cone are circles without gaps") {
    const Samples cone(81, 81, [](double x, double y) { return std::hypot(x, y - 1); });
    for (const double radius : {0.3, 1.0, 1.7}) {
        CAPTURE(radius);
        const std::vector<Segment> segments = contour(cone.field, radius);
        double length = 0;
        for (const Segment& segment : segments) {
            for (const Point& end : {segment.from, segment.to}) {
                // A cell is 0.05 wide: the cone bends by at most 0.05² / (8 r) in it.
                CHECK(std::hypot(end.x, end.y - 1) == doctest::Approx(radius).epsilon(0.01));
            }
            length += distance(segment.from, segment.to);
        }
        CHECK(length == doctest::Approx(2 * std::acos(-1.0) * radius).epsilon(0.01));
    }
    CHECK(contour(cone.field, 10.0).empty());
    CHECK(contour(cone.field, -1.0).empty());
}

TEST_CASE("a saddle's contour does not cross itself") {
    const float values[] = {1, -1, -1, 1};
    const Field field{.values = values, .columns = 2, .rows = 2, .x = {0, 1}, .y = {0, 1}};
    for (const double level : {-0.5, 0.0, 0.5}) {
        CAPTURE(level);
        const std::vector<Segment> segments = contour(field, level);
        REQUIRE(segments.size() == 2);
        // The corners above the level are both on one side of both lines, or each cut off alone.
        const auto side = [](const Segment& s, double x, double y) {
            return (s.to.x - s.from.x) * (y - s.from.y) - (s.to.y - s.from.y) * (x - s.from.x) > 0;
        };
        const Point middle{(segments[1].from.x + segments[1].to.x) / 2,
                           (segments[1].from.y + segments[1].to.y) / 2};
        const bool other = side(segments[0], middle.x, middle.y);
        CHECK(side(segments[0], segments[1].from.x, segments[1].from.y) == other);
        CHECK(side(segments[0], segments[1].to.x, segments[1].to.y) == other);
    }
}

TEST_CASE("cells that are not finite have no contour, nor has a field that is none") {
    Samples plane(4, 4, [](double x, double) { return x; });
    CHECK(contour(plane.field, 0.1).size() == 3);
    plane.values[5] = std::numeric_limits<float>::quiet_NaN();
    CHECK(contour(plane.field, 0.1).size() == 1);
    CHECK(contour(Field{}, 0.0).empty());
    CHECK(!Field{.values = plane.values, .columns = 1, .rows = 16, .x = {}, .y = {}}.valid());
    CHECK(!Field{.values = plane.values, .columns = 5, .rows = 4, .x = {}, .y = {}}.valid());
}

TEST_CASE("contour levels lie inside the heights, closer together at the bottom") {
    const float values[] = {2, 7, 18};
    const std::vector<double> levels = contour_levels(values, 3);
    REQUIRE(levels.size() == 3);
    CHECK(levels == std::vector<double>{3.0, 6.0, 11.0});  // 2 + 16 (i / 4)²
}

TEST_CASE("what the pointer is on: the nearest within reach, of equals the later") {
    const Point points[] = {{0, 0}, {10, 0}, {10, 0}};
    CHECK(nearest(points, {1, 0}, 3) == 0);
    CHECK(nearest(points, {9, 0}, 3) == 2);
    CHECK(nearest(points, {5, 0}, 3) == -1);
    CHECK(nearest({}, {5, 0}, 3) == -1);
    CHECK(distance_to_segment({0, 5}, {{-1, 0}, {1, 0}}) == 5.0);
    CHECK(distance_to_segment({4, 4}, {{-1, 0}, {1, 0}}) == 5.0);
    CHECK(distance_to_segment({3, 4}, {{0, 0}, {0, 0}}) == 5.0);
}

}  // namespace whittle::ui
