#pragma once

#include <array>
#include <cstdint>

namespace whittle {

// For dimension i: elements from begin[i] to before end[i], every strides[i]-th one; negative
// places count from the end, negative strides go backwards. Inputs 1 to 3 hold the same numbers;
// dimensions from `specified` on are taken whole. Bit i of a mask stands for dimension i.
struct StridedSliceAttributes {
    std::array<std::int32_t, 6> begin{};
    std::array<std::int32_t, 6> end{};
    std::array<std::int16_t, 6> strides{};
    std::uint8_t specified = 0;
    std::uint8_t begin_mask = 0;   // from the first element on, whatever begin says
    std::uint8_t end_mask = 0;     // to the last one, whatever end says
    std::uint8_t shrink_mask = 0;  // only the element at begin; the dimension vanishes
};

}  // namespace whittle
