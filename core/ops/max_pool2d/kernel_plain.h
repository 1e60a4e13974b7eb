#ifndef WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_PLAIN_H_
#define WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_PLAIN_H_

/* int8 maximum pooling for cores without SIMD. */

#include "core/base/tap_rows.h"
#include "core/ops/max_pool2d/kernel.h"

/* The largest of `value` and of one channel over the taps inside, the first of which stands at
 * `tap`. */
static inline int32_t whittle_max_pool2d_plain_one(const int8_t* tap,
                                                   int32_t channels,
                                                   const WhittleTapRows* inside,
                                                   int32_t value) {
    int32_t rows;
    for (rows = inside->rows; rows > 0; --rows, tap += inside->gap) {
        const int8_t* const end = tap + inside->row;
        do {
            if (*tap > value) value = *tap;
            tap += channels;
        } while (tap != end);
    }
    return value;
}

/* As whittle_max_pool2d_int8, dilations of 1; in its order of reading and writing. */
static inline void whittle_max_pool2d_int8_plain(const WhittleMaxPool2dInteger* p,
                                                 const int8_t* input,
                                                 int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const WhittleTapRows inside = whittle_tap_rows(w, oy, ox);
                for (c = 0; c < w->input_channels; ++c) {
                    const int32_t value = whittle_max_pool2d_plain_one(
                        input + inside.first + c, w->input_channels, &inside, p->minimum);
                    *output++ = (int8_t)(value < p->maximum ? value : p->maximum);
                }
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    }
}

#endif
