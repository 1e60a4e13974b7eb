#pragma once

#include <span>
#include <vector>

namespace whittle {

// A point of a drawing: x to the right, y down.
struct PlanePoint {
    float x = 0.0f;
    float y = 0.0f;
};

// Appends a smooth curve through `knots` (at least one) to `curve`: a Catmull-Rom spline of `steps`
// points from each knot to the next, and the last knot. Two knots are a straight line.
void append_curve(std::span<const PlanePoint> knots, int steps, std::vector<PlanePoint>& curve);

// A round pen: where a pixel's middle is nearer to the line than radius - softness / 2 it becomes
// 1, further than radius + softness / 2 it stays as it was, between them it fades evenly. In
// pixels; softness > 0.
struct Pen {
    float radius = 1.0f;
    float softness = 1.0f;
};

// A grey picture of [H, W] values in 0 … 1, row after row; pixel (0, 0) has its middle at (0, 0).
class Picture {
public:
    Picture(int height, int width);

    void clear();
    // A line from a to b with the pen; ends are round. Lines that cross do not add up: the larger
    // value stays. What lies outside the picture is left out. Coordinates within +-1e6.
    void draw_line(PlanePoint a, PlanePoint b, const Pen& pen);
    // The mean place of all pixels, weighted by their values; the middle of an empty picture.
    PlanePoint centre_of_mass() const;
    // Moves all by whole pixels, to the right and down; what comes in is 0, what leaves is lost.
    void shift(int right, int down);

    int height() const { return height_; }
    int width() const { return width_; }
    std::span<const float> values() const { return values_; }

private:
    int height_;
    int width_;
    std::vector<float> values_;
    std::vector<float> moved_;  // shift()'s other copy
};

}  // namespace whittle
