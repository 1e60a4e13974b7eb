#pragma once

#include <array>
#include <cstdint>

namespace whittle {

// The box: elements begin[i] … begin[i] + size[i] - 1 of dimension i; a size of -1 takes the rest.
// The second and third inputs hold the same numbers.
struct SliceAttributes {
    std::array<std::int32_t, 6> begin{};
    std::array<std::int32_t, 6> size{};
};

}  // namespace whittle
