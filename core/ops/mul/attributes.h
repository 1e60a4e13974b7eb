#pragma once

#include "core/ops/activation.h"

namespace whittle {

struct MulAttributes {
    Activation activation = Activation::none;
};

}  // namespace whittle
