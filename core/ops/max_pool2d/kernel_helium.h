#ifndef WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_HELIUM_H_

/* int8 maximum pooling for Helium, 16 channels at once. Elsewhere the same in plain C, so that it
 * can be tested anywhere. */

#include <string.h>

#include "core/ops/max_pool2d/kernel.h"

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* The largest of all taps inside for each of at most 16 channels of `count`, the first of them at
 * `tap`. */
static inline void whittle_max_pool2d_helium_lanes(const WhittleMaxPool2dInteger* p,
                                                   const int8_t* tap,
                                                   WhittleWindowInside inside,
                                                   int32_t count,
                                                   int8_t* output) {
    const int32_t step = p->window.input_channels;
    const ptrdiff_t next_row = (ptrdiff_t)(p->window.input_width - inside.width) * step;
    const mve_pred16_t lanes = vctp8q((uint32_t)count);
    int8x16_t largest = vdupq_n_s8((int8_t)p->minimum);
    int32_t x;
    for (; inside.height > 0; --inside.height, tap += next_row) {
        for (x = inside.width; x > 0; --x, tap += step) {
            largest = vmaxq_s8(largest, vldrbq_z_s8(tap, lanes));
        }
    }
    vstrbq_p_s8(output, vminq_s8(largest, vdupq_n_s8((int8_t)p->maximum)), lanes);
}

#else

static inline void whittle_max_pool2d_helium_lanes(const WhittleMaxPool2dInteger* p,
                                                   const int8_t* tap,
                                                   WhittleWindowInside inside,
                                                   int32_t count,
                                                   int8_t* output) {
    int8_t outputs[16];
    int32_t k, y, x;
    if (count > 16) count = 16;
    for (k = 0; k < count; ++k) {
        int32_t largest = p->minimum;
        for (y = 0; y < inside.height; ++y) {
            for (x = 0; x < inside.width; ++x) {
                const ptrdiff_t at = (ptrdiff_t)y * p->window.input_width + x;
                const int32_t value = tap[at * p->window.input_channels + k];
                if (value > largest) largest = value;
            }
        }
        outputs[k] = (int8_t)(largest < p->maximum ? largest : p->maximum);
    }
    memcpy(output, outputs, (size_t)count);
}

#endif

/* As whittle_max_pool2d_int8, dilations of 1, minimum and maximum within int8; in its order of
 * reading and writing, in steps of 16 channels. */
static inline void whittle_max_pool2d_int8_helium(const WhittleMaxPool2dInteger* p,
                                                  const int8_t* input,
                                                  int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    int32_t n, oy, ox, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox, output += channels) {
                const WhittleWindowInside inside = whittle_window_inside(w, oy, ox);
                const int8_t* tap =
                    input + ((ptrdiff_t)inside.y * w->input_width + inside.x) * channels;
                for (c = 0; c < channels; c += 16) {
                    whittle_max_pool2d_helium_lanes(p, tap + c, inside, channels - c, output + c);
                }
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * channels;
    }
}

#endif
