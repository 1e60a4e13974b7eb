#include "lessons/ui/logic/arena_layout.h"

#include <algorithm>
#include <cmath>

namespace whittle::ui {

namespace {

constexpr double kFullTurn = 6.283185307179586;

}  // namespace

ArenaBox common_part(const ArenaBox& a, const ArenaBox& b) {
    ArenaBox part;
    part.first_step = std::max(a.first_step, b.first_step);
    part.last_step = std::min(a.last_step, b.last_step);
    part.offset = std::max(a.offset, b.offset);
    part.bytes = std::min(a.offset + a.bytes, b.offset + b.bytes) - part.offset;
    part.shown = a.shown && b.shown && part.first_step <= part.last_step && part.bytes > 0;
    return part;
}

double ArenaLayout::x_of_step(int step) const { return origin.x + width * step / steps; }

double ArenaLayout::y_of_bytes(std::int64_t bytes) const {
    return origin.y + height * (1.0 - static_cast<double>(bytes) / static_cast<double>(full_bytes));
}

std::int64_t ArenaLayout::bytes_of(double points) const {
    if (!(height > 0.0)) return 0;
    return std::llround(points / height * static_cast<double>(full_bytes));
}

ArenaLayout::Rectangle ArenaLayout::rectangle(const ArenaBox& box, double thinnest) const {
    const double bottom = y_of_bytes(box.offset);
    const double top = std::min(y_of_bytes(box.offset + box.bytes), bottom - thinnest);
    return {{x_of_step(box.first_step), top}, {x_of_step(box.last_step + 1), bottom}};
}

int ArenaLayout::box_at(Point place, std::span<const ArenaBox> boxes, double thinnest) const {
    int found = -1;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        if (!boxes[i].shown) continue;
        const Rectangle r = rectangle(boxes[i], thinnest);
        if (place.x < r.low.x || place.x >= r.high.x || place.y < r.low.y || place.y >= r.high.y) {
            continue;
        }
        if (found < 0 || boxes[i].bytes < boxes[static_cast<std::size_t>(found)].bytes) {
            found = static_cast<int>(i);
        }
    }
    return found;
}

std::int64_t round_scale(std::int64_t bytes) {
    constexpr std::int64_t kQuarters[] = {4, 5, 6, 8, 10, 12, 16, 20, 24, 32};
    for (std::int64_t unit = 4; unit < std::int64_t{1} << 56; unit *= 8) {
        for (const std::int64_t quarters : kQuarters) {
            if (quarters * unit >= bytes) return quarters * unit;
        }
    }
    return bytes;
}

std::vector<Point> ring_layout(
    std::size_t count, Point origin, double width, double height, double margin) {
    const double radius_x = std::max(0.0, width / 2 - margin);
    const double radius_y = std::max(0.0, height / 2 - margin);
    std::vector<Point> points;
    for (std::size_t i = 0; i < count; ++i) {
        const double turn = kFullTurn * static_cast<double>(i) / static_cast<double>(count);
        points.push_back({origin.x + width / 2 + radius_x * std::sin(turn),
                          origin.y + height / 2 - radius_y * std::cos(turn)});
    }
    return points;
}

int node_at(Point place, std::span<const Point> nodes, double reach) {
    int found = -1;
    double nearest = reach;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const double distance = std::hypot(place.x - nodes[i].x, place.y - nodes[i].y);
        if (distance > nearest) continue;
        nearest = distance;
        found = static_cast<int>(i);
    }
    return found;
}

}  // namespace whittle::ui
