#pragma once

#include "core/ops/binary.h"

namespace whittle {

// What add, sub and mul share: output = activation(a op b), inputs broadcast.

struct ArithmeticKernels {
    const char* float32_kernel;
    const char* int8_kernel;
    const char* int16_kernel;
    const char* float32_params;  // the walk, minimum, maximum
    const char* int8_params;     // the walk, three zero points, the scaling, minimum, maximum
    const char* int16_params;    // the same
};

// An integer kernel's multipliers and shifts, for scales > 0 of a, b and the output.
using ArithmeticScaling = Result<std::vector<PreparedParam>> (*)(float a_scale,
                                                                 float b_scale,
                                                                 float output_scale,
                                                                 DType dtype);

// Sums and differences bring both inputs to the scale 2 * max(a_scale, b_scale), with a headroom of
// 20 bits (int8) or 15 bits (int16), as TFLite does.
Result<std::vector<PreparedParam>> common_scaling(float a_scale,
                                                  float b_scale,
                                                  float output_scale,
                                                  DType dtype);

// Fails where quantization is missing or per channel, a multiplier is out of range, or an int16
// tensor has a zero point.
Result<PreparedOp> prepare_arithmetic(NodeTensors tensors,
                                      Activation activation,
                                      const ArithmeticKernels& kernels,
                                      ArithmeticScaling scaling);

}  // namespace whittle
