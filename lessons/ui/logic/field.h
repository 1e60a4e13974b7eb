#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lessons/ui/logic/axis.h"

namespace whittle::ui {

struct Point {
    double x = 0.0;
    double y = 0.0;
};

// Values of a function on a regular grid: values[row * columns + column], row 0 at y.low. The outer
// samples lie on the borders of the ranges or, of a `centred` field, in the middle of the outer cells.
// It does not own the values.
struct Field {
    std::span<const float> values;
    std::size_t columns = 0;
    std::size_t rows = 0;
    Range x;
    Range y;
    bool centred = false;

    bool valid() const { return columns >= 2 && rows >= 2 && values.size() == columns * rows; }
    float at(std::size_t column, std::size_t row) const { return values[row * columns + column]; }
    Point place(std::size_t column, std::size_t row) const;
    // Between the samples by bilinear interpolation; u, v in [0, 1] from the low ends.
    float sample(double u, double v) const;
};

// sample() at the centres of width x height pixels, row after row from the top (y.high) down.
std::vector<float> resampled(const Field& field, std::size_t width, std::size_t height);

struct Segment {
    Point from;
    Point to;
};

// The line where the field has this value, by marching squares, in the units of the ranges. Cells
// with a value that is not finite have none.
std::vector<Segment> contour(const Field& field, double level);

// Levels for contours of a surface with a deep valley: evenly spaced in the square root of the height
// above the minimum, so that the bottom has as many lines as the slopes.
std::vector<double> contour_levels(std::span<const float> values, int count);

// Distances, for what the pointer is on.
double distance(Point a, Point b);
double distance_to_segment(Point point, Segment segment);
// The index of the nearest of the points within `reach`; -1 for none. The later one of equals: it
// is drawn on top.
std::ptrdiff_t nearest(std::span<const Point> points, Point to, double reach);

}  // namespace whittle::ui
