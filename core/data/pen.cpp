#include "core/data/pen.h"

#include <algorithm>
#include <cassert>

#include "core/base/exact_math.h"

namespace whittle {
namespace {

// Catmull and Rom's cubic between the middle two of four values, at t in [0, 1).
float between(float before, float from, float to, float after, float t) {
    const float slope_from = 0.5f * (to - before);
    const float slope_to = 0.5f * (after - from);
    const float rise = to - from;
    const float cubic = slope_from + slope_to - 2.0f * rise;
    const float square = 3.0f * rise - 2.0f * slope_from - slope_to;
    return ((cubic * t + square) * t + slope_from) * t + from;
}

float squared_distance(PlanePoint p, PlanePoint a, PlanePoint along, float squared_length) {
    const float x = p.x - a.x;
    const float y = p.y - a.y;
    const float projected = x * along.x + y * along.y;
    const float t =
        squared_length > 0.0f ? std::clamp(projected / squared_length, 0.0f, 1.0f) : 0.0f;
    const float off_x = x - t * along.x;
    const float off_y = y - t * along.y;
    return off_x * off_x + off_y * off_y;
}

// The first pixel at or after `place`, and the one after the last at or before it, in 0 … size.
int first_pixel(float place, int size) {
    return static_cast<int>(std::clamp(place, 0.0f, static_cast<float>(size)));
}
int end_pixel(float place, int size) {
    return static_cast<int>(std::clamp(place + 1.0f, 0.0f, static_cast<float>(size)));
}

}  // namespace

void append_curve(std::span<const PlanePoint> knots, int steps, std::vector<PlanePoint>& curve) {
    assert(!knots.empty() && steps > 0);
    for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
        const PlanePoint before = knots[i == 0 ? 0 : i - 1];
        const PlanePoint from = knots[i];
        const PlanePoint to = knots[i + 1];
        const PlanePoint after = knots[std::min(i + 2, knots.size() - 1)];
        for (int step = 0; step < steps; ++step) {
            const float t = static_cast<float>(step) / static_cast<float>(steps);
            curve.push_back({between(before.x, from.x, to.x, after.x, t),
                             between(before.y, from.y, to.y, after.y, t)});
        }
    }
    curve.push_back(knots.back());
}

Picture::Picture(int height, int width)
    : height_(height),
      width_(width),
      values_(static_cast<std::size_t>(height) * static_cast<std::size_t>(width)),
      moved_(values_.size()) {}

void Picture::clear() { std::fill(values_.begin(), values_.end(), 0.0f); }

void Picture::draw_line(PlanePoint a, PlanePoint b, const Pen& pen) {
    const float reach = pen.radius + 0.5f * pen.softness;
    const PlanePoint along{b.x - a.x, b.y - a.y};
    const float squared_length = along.x * along.x + along.y * along.y;
    const int top = first_pixel(std::min(a.y, b.y) - reach, height_);
    const int bottom = end_pixel(std::max(a.y, b.y) + reach, height_);
    const int left = first_pixel(std::min(a.x, b.x) - reach, width_);
    const int right = end_pixel(std::max(a.x, b.x) + reach, width_);
    for (int row = top; row < bottom; ++row) {
        float* pixels = values_.data() + static_cast<std::ptrdiff_t>(row) * width_;
        for (int column = left; column < right; ++column) {
            const PlanePoint middle{static_cast<float>(column), static_cast<float>(row)};
            const float square = squared_distance(middle, a, along, squared_length);
            if (square >= reach * reach) continue;
            const float ink = std::min((reach - whittle_sqrtf(square)) / pen.softness, 1.0f);
            pixels[column] = std::max(pixels[column], ink);
        }
    }
}

PlanePoint Picture::centre_of_mass() const {
    float mass = 0.0f;
    PlanePoint sum;
    const float* pixel = values_.data();
    for (int row = 0; row < height_; ++row) {
        for (int column = 0; column < width_; ++column, ++pixel) {
            mass += *pixel;
            sum.x += *pixel * static_cast<float>(column);
            sum.y += *pixel * static_cast<float>(row);
        }
    }
    if (mass == 0.0f) {
        return {0.5f * static_cast<float>(width_ - 1), 0.5f * static_cast<float>(height_ - 1)};
    }
    return {sum.x / mass, sum.y / mass};
}

void Picture::shift(int right, int down) {
    std::fill(moved_.begin(), moved_.end(), 0.0f);
    for (int row = std::max(down, 0); row < std::min(height_, height_ + down); ++row) {
        for (int column = std::max(right, 0); column < std::min(width_, width_ + right); ++column) {
            const int from = (row - down) * width_ + column - right;
            moved_[static_cast<std::size_t>(row * width_ + column)] =
                values_[static_cast<std::size_t>(from)];
        }
    }
    values_.swap(moved_);
}

}  // namespace whittle
