#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/window.h"

namespace whittle {

// A convolution as a product of matrices: the input values that each output looks at, gathered in
// rows. One image at a time, all channels in one group.

// Whether the patches are the image itself: one tap, every pixel, nothing around it.
inline bool is_pointwise(const WhittleWindow& w) {
    return w.kernel_height == 1 && w.kernel_width == 1 && w.stride_height == 1 &&
           w.stride_width == 1 && w.pad_top == 0 && w.pad_left == 0 &&
           w.output_height == w.input_height && w.output_width == w.input_width;
}

// image [H, W, C] to patches [OH * OW, KH * KW * C]; 0 for taps outside the image.
void copy_patches(const WhittleWindow& window, const float* image, float* patches);

// Adds each value of the patches to the value of the image that it was copied from.
void add_patches(const WhittleWindow& window, const float* patches, float* image);

// Calls visit(n, oy, ox) for every output pixel in order.
template <class Visit>
void for_each_pixel(const WhittleWindow& w, Visit visit) {
    for (std::int32_t n = 0; n < w.batches; ++n) {
        for (std::int32_t oy = 0; oy < w.output_height; ++oy) {
            for (std::int32_t ox = 0; ox < w.output_width; ++ox) visit(n, oy, ox);
        }
    }
}

}  // namespace whittle
