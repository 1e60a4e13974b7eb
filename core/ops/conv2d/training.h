#pragma once

#include "core/ops/operator.h"
#include "core/ops/window.h"

namespace whittle {

// The window of a convolution with weights [O, KH, KW, C / groups] over `input` [N, H, W, C].
Result<WhittleWindow> conv2d_window(const Shape& input,
                                    const Shape& weights,
                                    const Attributes& attributes);

// OpDefinition's functions for training; the bits of forward are those of kernel.h. The images of a
// batch are shared out among the threads.
void conv2d_forward(const ForwardContext& context);
void conv2d_backward(const BackwardContext& context);
std::size_t conv2d_scratch_floats(std::span<const Shape* const> inputs,
                                  const Attributes& attributes);

}  // namespace whittle
