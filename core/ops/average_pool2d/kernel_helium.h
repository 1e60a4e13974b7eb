#ifndef WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_HELIUM_H_

/* int8 average pooling for Helium, four channels at once. Elsewhere the same in plain C, so that it
 * can be tested anywhere. */

#include "core/ops/average_pool2d/kernel.h"

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* sums[k] += the sum of from[i * step + k] over `count` pixels. */
static inline void whittle_average_pool2d_helium_row(const int8_t* from,
                                                     int32_t step,
                                                     int32_t count,
                                                     int32_t* sums) {
    int32x4_t sum = vldrwq_s32(sums);
    for (; count > 0; --count, from += step) sum = vaddq_s32(sum, vldrbq_s32(from));
    vstrwq_s32(sums, sum);
}

#else

static inline void whittle_average_pool2d_helium_row(const int8_t* from,
                                                     int32_t step,
                                                     int32_t count,
                                                     int32_t* sums) {
    int32_t k;
    for (; count > 0; --count, from += step) {
        for (k = 0; k < 4; ++k) sums[k] += from[k];
    }
}

#endif

/* The window of one pixel, (y, x) its first tap inside the image, height x width those inside. */
static inline void whittle_average_pool2d_helium_pixel(const WhittleAveragePool2dInteger* p,
                                                       const int8_t* first,
                                                       int32_t height,
                                                       int32_t width,
                                                       int8_t* output) {
    const int32_t channels = p->window.input_channels;
    int32_t c, y, k;
    for (c = 0; c < channels; c += 4) {
        int32_t sums[4] = {0, 0, 0, 0};
        for (y = 0; y < height; ++y) {
            whittle_average_pool2d_helium_row(
                first + (ptrdiff_t)y * p->window.input_width * channels + c, channels, width, sums);
        }
        for (k = 0; k < 4; ++k) {
            output[c + k] = (int8_t)whittle_clamp(whittle_average_of(sums[k], height * width),
                                                  p->minimum, p->maximum);
        }
    }
}

/* As whittle_average_pool2d_int8, C a multiple of four, dilations of 1; in its order of reading and
 * writing, in steps of four channels. */
static inline void whittle_average_pool2d_int8_helium(const WhittleAveragePool2dInteger* p,
                                                      const int8_t* input,
                                                      int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            const int32_t top = oy * w->stride_height - w->pad_top;
            const int32_t y = top > 0 ? top : 0;
            const int32_t bottom = top + w->kernel_height;
            const int32_t height = (bottom < w->input_height ? bottom : w->input_height) - y;
            for (ox = 0; ox < w->output_width; ++ox, output += w->input_channels) {
                const int32_t left = ox * w->stride_width - w->pad_left;
                const int32_t x = left > 0 ? left : 0;
                const int32_t right = left + w->kernel_width;
                const int32_t width = (right < w->input_width ? right : w->input_width) - x;
                const int has_taps = height > 0 && width > 0;
                const ptrdiff_t at = has_taps ? (ptrdiff_t)y * w->input_width + x : 0;
                whittle_average_pool2d_helium_pixel(p, input + at * w->input_channels,
                                                    has_taps ? height : 0, has_taps ? width : 0,
                                                    output);
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    }
}

#endif
