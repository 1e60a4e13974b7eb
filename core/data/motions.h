#pragma once

#include <cstdint>

#include "core/data/dataset.h"

namespace whittle {

// What an accelerometer on the body feels: three axes in g (forward, sideways, up), 50 samples a
// second, for 2.56 s. Four activities:
//   "walking"  1.6 to 2.2 soft steps a second, swaying to each side in turn
//   "running"  2.4 to 3.2 steps a second, each a hard blow after a moment of flight
//   "biking"   a gentle turn of the pedals, leaning forward, shaken by the road
//   "golfing"  standing still, and somewhere one swing: slowly back, fast through
// Each time another body: its pace, its strength, how crookedly it wears the sensor. Values lie
// within the sensor's range of +-8 g. Features are [128, 3] float32; sample i is of activity i mod
// 4. A sample depends on the seed and its index alone.
inline constexpr std::int32_t kMotionRate = 50;     // Hz
inline constexpr std::int32_t kMotionLength = 128;  // samples of each axis
Dataset make_motions(std::size_t samples, std::uint64_t seed);

}  // namespace whittle
