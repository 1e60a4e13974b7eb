#include "lessons/ui/logic/field.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace whittle::ui {

namespace {

struct Corner {
    Point place;
    double height;  // above the level
};

// Between a sample and the next one; `part` of the next.
struct Between {
    std::size_t index;
    float part;
};

Between between(double unit, std::size_t count, bool centred) {
    const auto last = static_cast<double>(count - 1);
    const double at_unit = centred ? unit * static_cast<double>(count) - 0.5 : unit * last;
    const double place = std::clamp(at_unit, 0.0, last);
    const auto index = std::min(static_cast<std::size_t>(place), count - 2);
    return {index, static_cast<float>(place - static_cast<double>(index))};
}

float mixed_at(const Field& field, const Between& across, const Between& up) {
    const float* low_row = &field.values[up.index * field.columns + across.index];
    const float* high_row = low_row + field.columns;
    const float low = low_row[0] * (1 - across.part) + low_row[1] * across.part;
    const float high = high_row[0] * (1 - across.part) + high_row[1] * across.part;
    return low * (1 - up.part) + high * up.part;
}

Point crossing(const Corner& a, const Corner& b) {
    const double t = a.height / (a.height - b.height);
    return {a.place.x + t * (b.place.x - a.place.x), a.place.y + t * (b.place.y - a.place.y)};
}

// Corners anticlockwise. Each edge between a corner above and one that is not has a crossing; with
// four, the middle decides which belong together.
void cell_contour(const std::array<Corner, 4>& corners, std::vector<Segment>& segments) {
    std::array<Point, 4> crossings;
    std::size_t count = 0;
    double sum = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Corner& a = corners[i];
        const Corner& b = corners[(i + 1) % 4];
        sum += a.height;
        if ((a.height > 0.0) != (b.height > 0.0)) crossings[count++] = crossing(a, b);
    }
    if (count == 2) segments.push_back({crossings[0], crossings[1]});
    if (count != 4) return;
    const bool first_joins_next = (sum > 0.0) != (corners[1].height > 0.0);
    const std::size_t shift = first_joins_next ? 0 : 1;
    segments.push_back({crossings[shift], crossings[shift + 1]});
    segments.push_back({crossings[shift + 2], crossings[(shift + 3) % 4]});
}

}  // namespace

Point Field::place(std::size_t column, std::size_t row) const {
    const auto unit = [&](std::size_t index, std::size_t count) {
        const auto i = static_cast<double>(index);
        // The outer cells reach to the border.
        if (index == 0) return 0.0;
        if (index == count - 1) return 1.0;
        return centred ? (i + 0.5) / static_cast<double>(count)
                       : i / static_cast<double>(count - 1);
    };
    return {x.low + x.span() * unit(column, columns), y.low + y.span() * unit(row, rows)};
}

float Field::sample(double u, double v) const {
    const Between across = between(u, columns, centred);
    const Between up = between(v, rows, centred);
    return mixed_at(*this, across, up);
}

std::vector<float> resampled(const Field& field, std::size_t width, std::size_t height) {
    const auto centre = [](std::size_t index, std::size_t count) {
        return (static_cast<double>(index) + 0.5) / static_cast<double>(count);
    };
    std::vector<Between> across;
    for (std::size_t column = 0; column < width; ++column) {
        across.push_back(between(centre(column, width), field.columns, field.centred));
    }
    std::vector<float> values;
    values.reserve(width * height);
    for (std::size_t row = 0; row < height; ++row) {
        const Between up = between(1 - centre(row, height), field.rows, field.centred);
        for (const Between& column : across) values.push_back(mixed_at(field, column, up));
    }
    return values;
}

std::vector<Segment> contour(const Field& field, double level) {
    std::vector<Segment> segments;
    if (!field.valid()) return segments;
    const auto corner = [&](std::size_t column, std::size_t row) {
        return Corner{field.place(column, row),
                      static_cast<double>(field.at(column, row)) - level};
    };
    for (std::size_t row = 0; row + 1 < field.rows; ++row) {
        for (std::size_t column = 0; column + 1 < field.columns; ++column) {
            const std::array<Corner, 4> corners = {corner(column, row), corner(column + 1, row),
                                                   corner(column + 1, row + 1),
                                                   corner(column, row + 1)};
            const bool finite = std::all_of(corners.begin(), corners.end(), [](const Corner& c) {
                return std::isfinite(c.height);
            });
            if (finite) cell_contour(corners, segments);
        }
    }
    return segments;
}

std::vector<double> contour_levels(std::span<const float> values, int count) {
    const Range range = range_of(values);
    std::vector<double> levels;
    for (int i = 1; i <= count; ++i) {
        const double root = static_cast<double>(i) / (count + 1);
        levels.push_back(range.low + root * root * range.span());
    }
    return levels;
}

double distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

double distance_to_segment(Point point, Segment segment) {
    const double dx = segment.to.x - segment.from.x;
    const double dy = segment.to.y - segment.from.y;
    const double length = dx * dx + dy * dy;
    if (length == 0.0) return distance(point, segment.from);
    const double t = std::clamp(
        ((point.x - segment.from.x) * dx + (point.y - segment.from.y) * dy) / length, 0.0, 1.0);
    return distance(point, {segment.from.x + t * dx, segment.from.y + t * dy});
}

std::ptrdiff_t nearest(std::span<const Point> points, Point to, double reach) {
    std::ptrdiff_t best = -1;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double away = distance(points[i], to);
        if (away > reach) continue;
        reach = away;
        best = static_cast<std::ptrdiff_t>(i);
    }
    return best;
}

}  // namespace whittle::ui
