#pragma once

#include "core/ops/activation.h"
#include "core/ops/window.h"

namespace whittle {

// Also of depthwise_conv2d, which alone has a depth multiplier: output channels for each input
// channel. It follows from the shapes; the .tflite options repeat it, or say 0. Also of
// transpose_conv.
struct Conv2dAttributes {
    Activation activation = Activation::none;
    WindowSteps steps{};
    std::int32_t depth_multiplier = 0;
    bool narrow_sums = false;  // see core/ops/bias_type.h; not of depthwise_conv2d
};

}  // namespace whittle
