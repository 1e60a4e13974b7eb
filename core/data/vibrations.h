#pragma once

#include <cstdint>

#include "core/data/dataset.h"

namespace whittle {

// A second of an accelerometer on a running fan: three axes in g, 200 samples a second, the fan
// hanging a little tilted, so that the axes see their shares of gravity (about -0.01, 0.20, 0.98).
// It turns 13 to 15 times a second. Four states:
//   "normal"      the motor's hum and the blades passing by, in noise: some 10 mg
//   "imbalance"   one side is heavier: swings with every turn, the axes a quarter turn apart
//   "bearing"     a dent in the outer ring: each ball that passes rings the housing, 3.6 times a
//   turn "looseness"   a loose screw: many harmonics, also of half the speed, and knocks against a
//   stop
// Faults come in all strengths, from barely visible to plain. Features are [200, 3] float32; sample
// i is of state i mod 4. A sample depends on the seed and its index alone.
inline constexpr std::int32_t kVibrationRate = 200;    // Hz
inline constexpr std::int32_t kVibrationLength = 200;  // samples of each axis
Dataset make_vibrations(std::size_t samples, std::uint64_t seed);

}  // namespace whittle
