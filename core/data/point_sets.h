#pragma once

#include <cstdint>

#include "core/data/dataset.h"

namespace whittle {

// Sets of points (x1, x2) in the plane, without noise within [-6, 6] in both coordinates but for
// the tails of the normal distributions.
enum class PointSet {
    circle,           // 2 classes: a ring of radius 3.5 to 5 around a disc of radius 2.5
    quadrants,        // 2 classes, the exclusive or of the signs: x1 x2 < 0, x1 x2 > 0
    two_gaussians,    // 2 classes: normal clouds of standard deviation 1 at (-2, -2) and (2, 2)
    two_spirals,      // 2 classes: arms that wind around each other 1 3/4 times
    three_gaussians,  // 3 classes: normal clouds of standard deviation 1, 3 from the origin
    three_spirals,    // 3 classes: arms that wind around each other once
    plane,            // regression: y = (x1 + x2) / 10
    hills,            // regression: two hills of height 1, two hollows of depth 1, of width 1.5
};
inline constexpr int kPointSets = 8;

// The points' features are {x1, x2}. Classes take turns, so their sizes differ by one at most.
// `noise` is the standard deviation of a normal disturbance of both coordinates, which keep the
// class or value they had before it. One seed has the same undisturbed points at every noise.
Dataset make_points(PointSet set, std::size_t samples, float noise, std::uint64_t seed);

// Number of classes; 0 for regression.
std::size_t class_count(PointSet set);

}  // namespace whittle
