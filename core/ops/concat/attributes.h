#pragma once

#include <cstdint>

namespace whittle {

struct ConcatAttributes {
    std::int32_t axis = -1;  // of the dimension along which the inputs are joined; < 0: from behind
};

}  // namespace whittle
