#pragma once

#include "core/ops/activation.h"

namespace whittle {

struct SubAttributes {
    Activation activation = Activation::none;
};

}  // namespace whittle
