#pragma once

#include <cstdint>

#include "core/data/dataset.h"

namespace whittle {

// Digits as if written by hand, prepared as MNIST's are: light strokes on black, fitted into 20 x
// 20 pixels, and placed in 28 x 28 so that their centre of mass lies in the middle, to half a
// pixel. Features are [28, 28, 1] bytes of scale 1/255; sample i is a digit i mod 10, the class "0"
// to "9". Each is written in one of its digit's styles, with a slant, width, tremor and pen of its
// own. A sample depends on the seed and its index alone.
Dataset make_digits(std::size_t samples, std::uint64_t seed);

}  // namespace whittle
