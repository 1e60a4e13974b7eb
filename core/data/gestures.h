#pragma once

#include <cstdint>

#include "core/data/dataset.h"

namespace whittle {

// What a small radar sees of a hand in front of it, as spectrograms: how strongly (brightness) what
// moves at which speed (column) reflects, moment after moment (row). Speeds go from away (left) to
// towards the radar (right), the middle columns are what stands still. Five classes:
//   "nothing"     noise, and at times something that sways slowly in the room
//   "up-down"     the hand comes nearer and goes away again, smoothly
//   "swipe"       the hand passes by: quickly nearer, then at once away, near for a moment only
//   "tick"        a check mark in the air: a short move towards the radar, a long one away from it
//   "double tap"  two quick taps towards the radar and back
// Features are [32 moments, 32 speeds, 1] bytes of scale 1/255, on a logarithmic scale of strength;
// sample i is of class i mod 5. A sample depends on the seed and its index alone.
inline constexpr std::int32_t kGestureMoments = 32;
inline constexpr std::int32_t kGestureSpeeds = 32;
Dataset make_gestures(std::size_t samples, std::uint64_t seed);

}  // namespace whittle
