#pragma once

#include <array>
#include <cstdint>

namespace whittle {

struct ReshapeAttributes {
    std::int32_t rank = 0;
    std::array<std::int32_t, 8> dimensions{};  // one of them may be -1: what is left over
};

}  // namespace whittle
