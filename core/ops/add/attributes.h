#pragma once

#include "core/ops/activation.h"

namespace whittle {

struct AddAttributes {
    Activation activation = Activation::none;
};

}  // namespace whittle
