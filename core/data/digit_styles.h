#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/pen.h"

namespace whittle {

// One way to write a digit: strokes of the pen, each a smooth curve through its knots, in a square
// from (0, 0) at the upper left to (1, 1). A stroke that begins where the one before it ended makes
// a corner.
struct DigitStyle {
    int share;    // how often people write so, relative to the digit's other styles
    float width;  // of the whole digit, for a height of 1
    std::vector<std::vector<PlanePoint>> strokes;
};

// The styles of digit 0 … 9, at least one.
std::span<const DigitStyle> digit_styles(std::uint32_t digit);

}  // namespace whittle
