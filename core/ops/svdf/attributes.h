#pragma once

#include <cstdint>

#include "core/ops/activation.h"

namespace whittle {

struct SvdfAttributes {
    std::int32_t rank = 1;  // filters of one unit
    Activation activation = Activation::none;
};

}  // namespace whittle
