#ifndef WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_H_
#define WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_H_

/* Average pooling: output[n, oy, ox, c] = activation(mean of input[n, y, x, c] over the taps of the
 * window that lie inside the image). Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"
#include "core/base/window.h"

typedef struct {
    WhittleWindow window; /* O == C */
    float minimum;        /* the fused activation clamps to minimum ... maximum */
    float maximum;
} WhittleAveragePool2dFloat32;

/* input [N, H, W, C], output [N, OH, OW, C]; it may lie over the input as
 * overlap.h says. The sum runs over ky, kx upwards from
 * 0.0f and is divided by the number of taps. A window wholly outside the image gives 0. */
static inline void whittle_average_pool2d_float32(const WhittleAveragePool2dFloat32* p,
                                                  const float* input,
                                                  float* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (c = 0; c < w->input_channels; ++c) {
                    float value = 0.0f;
                    int32_t count = 0;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            value += input[tap + c];
                            ++count;
                        }
                    }
                    if (count > 0) value /= (float)count;
                    if (value < p->minimum) value = p->minimum;
                    if (value > p->maximum) value = p->maximum;
                    *output++ = value;
                }
            }
        }
    }
}

/* Of int8 and of int16. Input and output have the same scale and zero point. */
typedef struct {
    WhittleWindow window;
    int32_t minimum;
    int32_t maximum;
} WhittleAveragePool2dInteger;

/* sum / count, rounded to nearest, halves away from zero; 0 when count is 0. */
static inline int32_t whittle_average_of(int32_t sum, int32_t count) {
    if (count == 0) return 0;
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

static inline void whittle_average_pool2d_int8(const WhittleAveragePool2dInteger* p,
                                               const int8_t* input,
                                               int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (c = 0; c < w->input_channels; ++c) {
                    int32_t sum = 0, count = 0;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            sum += input[tap + c];
                            ++count;
                        }
                    }
                    *output++ = (int8_t)whittle_clamp(whittle_average_of(sum, count), p->minimum,
                                                      p->maximum);
                }
            }
        }
    }
}

static inline void whittle_average_pool2d_int16(const WhittleAveragePool2dInteger* p,
                                                const int16_t* input,
                                                int16_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (c = 0; c < w->input_channels; ++c) {
                    int32_t sum = 0, count = 0;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            sum += input[tap + c];
                            ++count;
                        }
                    }
                    *output++ = (int16_t)whittle_clamp(whittle_average_of(sum, count), p->minimum,
                                                       p->maximum);
                }
            }
        }
    }
}

#endif
