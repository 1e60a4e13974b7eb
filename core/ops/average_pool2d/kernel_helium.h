#ifndef WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_HELIUM_H_

/* int8 average pooling for Helium, eight channels at once. Elsewhere the same in plain C, so that
 * it can be tested anywhere. */

#include <string.h>

#include "core/ops/average_pool2d/kernel.h"

/* The sum of as many int8 fits 16 bits. */
#define WHITTLE_AVERAGE_POOL2D_HELIUM_TAPS 255

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* whittle_average_of four sums. With the factor ceil(2^31 / count) a quotient comes out right or
 * one too large. */
static inline int32x4_t whittle_average_pool2d_helium_average(int32x4_t sums,
                                                              int32_t count,
                                                              uint32_t factor) {
    const int32x4_t sign = vshrq_n_s32(sums, 31);
    const int32x4_t from = vaddq_n_s32(vabsq_s32(sums), count / 2);
    int32x4_t quotient = vreinterpretq_s32_u32(
        vmulhq_u32(vreinterpretq_u32_s32(vshlq_n_s32(from, 1)), vdupq_n_u32(factor)));
    const int32x4_t rest = vsubq_s32(from, vmulq_n_s32(quotient, count));
    quotient = vaddq_s32(quotient, vshrq_n_s32(rest, 31));
    return vsubq_s32(veorq_s32(quotient, sign), sign);
}

/* The averages of all taps inside for at most eight channels of `channels`, the first of them at
 * `tap`; `factor` as above. */
static inline void whittle_average_pool2d_helium_lanes(const WhittleAveragePool2dInteger* p,
                                                       const int8_t* tap,
                                                       WhittleWindowInside inside,
                                                       uint32_t factor,
                                                       int32_t channels,
                                                       int8_t* output) {
    const int32_t step = p->window.input_channels;
    const ptrdiff_t next_row = (ptrdiff_t)(p->window.input_width - inside.width) * step;
    const int32_t count = inside.height * inside.width;
    const mve_pred16_t lanes = vctp16q((uint32_t)channels);
    int32x4_t even = vdupq_n_s32(0), odd = even;
    int16x8_t v;
    while (inside.height > 0) {
        int16x8_t sums = vdupq_n_s16(0);
        int32_t taps = inside.width, x;
        for (; taps <= WHITTLE_AVERAGE_POOL2D_HELIUM_TAPS && inside.height > 0;
             taps += inside.width, --inside.height, tap += next_row) {
            for (x = inside.width; x > 0; --x, tap += step) {
                sums = vaddq_s16(sums, vldrbq_z_s16(tap, lanes));
            }
        }
        even = vaddq_s32(even, vmovlbq_s16(sums));
        odd = vaddq_s32(odd, vmovltq_s16(sums));
    }
    even = whittle_average_pool2d_helium_average(even, count, factor);
    odd = whittle_average_pool2d_helium_average(odd, count, factor);
    v = vmovntq_s32(vreinterpretq_s16_s32(even), odd);
    v = vminq_s16(vmaxq_s16(v, vdupq_n_s16((int16_t)p->minimum)), vdupq_n_s16((int16_t)p->maximum));
    vstrbq_p_s16(output, v, lanes);
}

#else

static inline void whittle_average_pool2d_helium_lanes(const WhittleAveragePool2dInteger* p,
                                                       const int8_t* tap,
                                                       WhittleWindowInside inside,
                                                       uint32_t factor,
                                                       int32_t channels,
                                                       int8_t* output) {
    const int32_t count = inside.height * inside.width;
    int8_t outputs[8];
    int32_t k, y, x;
    (void)factor;
    if (channels > 8) channels = 8;
    for (k = 0; k < channels; ++k) {
        int32_t sum = 0;
        for (y = 0; y < inside.height; ++y) {
            for (x = 0; x < inside.width; ++x) {
                const ptrdiff_t at = (ptrdiff_t)y * p->window.input_width + x;
                sum += tap[at * p->window.input_channels + k];
            }
        }
        outputs[k] = (int8_t)whittle_clamp(whittle_average_of(sum, count), p->minimum, p->maximum);
    }
    memcpy(output, outputs, (size_t)channels);
}

#endif

/* As whittle_average_pool2d_int8, dilations of 1, at most WHITTLE_AVERAGE_POOL2D_HELIUM_TAPS taps
 * in a row; in its order of reading and writing, in steps of eight channels. */
static inline void whittle_average_pool2d_int8_helium(const WhittleAveragePool2dInteger* p,
                                                      const int8_t* input,
                                                      int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    int32_t n, oy, ox, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox, output += channels) {
                const WhittleWindowInside inside = whittle_window_inside(w, oy, ox);
                const uint32_t count = (uint32_t)(inside.height * inside.width);
                const uint32_t factor = count > 0 ? (0x7FFFFFFFu + count) / count : 0;
                const int8_t* tap =
                    input + ((ptrdiff_t)inside.y * w->input_width + inside.x) * channels;
                for (c = 0; c < channels; c += 8) {
                    whittle_average_pool2d_helium_lanes(p, tap + c, inside, factor, channels - c,
                                                        output + c);
                }
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * channels;
    }
}

#endif
