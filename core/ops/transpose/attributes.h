#pragma once

#include <array>
#include <cstdint>

namespace whittle {

// Output dimension i is input dimension order[i]. The second input holds the same numbers.
struct TransposeAttributes {
    std::array<std::int8_t, 8> order{};
};

}  // namespace whittle
