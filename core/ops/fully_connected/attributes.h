#pragma once

#include "core/ops/activation.h"

namespace whittle {

struct FullyConnectedAttributes {
    Activation activation = Activation::none;
    // false: the input is seen as [N, I] and the output is [N, O]; true: all dimensions but the
    // last stay as they are.
    bool keep_dimensions = false;
    bool narrow_sums = false;  // see core/ops/bias_type.h
};

}  // namespace whittle
