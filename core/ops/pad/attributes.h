#pragma once

#include <array>
#include <cstdint>

namespace whittle {

// Elements added before and after each dimension. The second input, [rank, 2], holds the same
// numbers.
struct PadAttributes {
    std::array<std::int32_t, 5> before{};
    std::array<std::int32_t, 5> after{};
};

}  // namespace whittle
