#pragma once

#include <cstdint>

#include "core/base/window.h"

namespace whittle {

// Whether every output pixel looks at the one input pixel in its place: one tap, every pixel,
// nothing around the image.
inline bool is_pointwise(const WhittleWindow& w) {
    return w.kernel_height == 1 && w.kernel_width == 1 && w.stride_height == 1 &&
           w.stride_width == 1 && w.pad_top == 0 && w.pad_left == 0 &&
           w.output_height == w.input_height && w.output_width == w.input_width;
}

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
