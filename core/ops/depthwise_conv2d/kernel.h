#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_H_

/* Depthwise convolution: every input channel c has M filters of its own, which make the output
 * channels o = c * M ... c * M + M - 1: output[n, oy, ox, o] = activation(bias[o] + sum over the
 * taps (ky, kx) that lie inside the image of input[n, y, x, o / M] * weights[ky, kx, o]). Reference
 * kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"
#include "core/base/window.h"

typedef struct {
    WhittleWindow window;
    int32_t multiplier; /* M = O / C >= 1 */
    float minimum;      /* the fused activation clamps to minimum ... maximum */
    float maximum;
} WhittleDepthwiseConv2dFloat32;

/* input [N, H, W, C], weights [KH, KW, O], bias [O], output [N, OH, OW, O]; it may lie over
 * the input as overlap.h says. The sum runs over ky, kx upwards from 0.0f and the bias is added
 * last, as TFLite does. */
static inline void whittle_depthwise_conv2d_float32(const WhittleDepthwiseConv2dFloat32* p,
                                                    const float* input,
                                                    const float* weights,
                                                    const float* bias,
                                                    float* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->output_channels;
    int32_t n, oy, ox, o, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (o = 0; o < channels; ++o) {
                    float sum = 0.0f;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            sum += input[tap + o / p->multiplier] *
                                   weights[(ky * w->kernel_width + kx) * channels + o];
                        }
                    }
                    sum += bias[o];
                    if (sum < p->minimum) sum = p->minimum;
                    if (sum > p->maximum) sum = p->maximum;
                    *output++ = sum;
                }
            }
        }
    }
}

/* Of int8 and of int16 activations. */
typedef struct {
    WhittleWindow window;
    int32_t multiplier; /* M = O / C >= 1 */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t minimum; /* clamp of the quantized output */
    int32_t maximum;
} WhittleDepthwiseConv2dInteger;

/* input, weights and output as above, int8 with a weight zero point of 0; bias int32 [O];
 * multipliers and shifts [O]: real factor = multiplier * 2^(shift - 31). Sums are modulo 2^32. */
static inline void whittle_depthwise_conv2d_int8(const WhittleDepthwiseConv2dInteger* p,
                                                 const int8_t* input,
                                                 const int8_t* weights,
                                                 const int32_t* bias,
                                                 const int32_t* multipliers,
                                                 const int8_t* shifts,
                                                 int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->output_channels;
    int32_t n, oy, ox, o, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (o = 0; o < channels; ++o) {
                    uint32_t sum = (uint32_t)bias[o];
                    int32_t value;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            sum +=
                                (uint32_t)((input[tap + o / p->multiplier] - p->input_zero_point) *
                                           weights[(ky * w->kernel_width + kx) * channels + o]);
                        }
                    }
                    value = whittle_requantize((int32_t)sum, multipliers[o], shifts[o]);
                    value = whittle_wrapping_add(value, p->output_zero_point);
                    *output++ = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
                }
            }
        }
    }
}

/* int16 activations without zero points, int8 weights, int64 bias [O] in halves: exact sums, and
 * TFLite's requantization of 64-bit sums. */
static inline void whittle_depthwise_conv2d_int16(const WhittleDepthwiseConv2dInteger* p,
                                                  const int16_t* input,
                                                  const int8_t* weights,
                                                  const int32_t* bias_halves,
                                                  const int32_t* multipliers,
                                                  const int8_t* shifts,
                                                  int16_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->output_channels;
    int32_t n, oy, ox, o, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (o = 0; o < channels; ++o) {
                    int64_t sum = 0;
                    int32_t value;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            sum += input[tap + o / p->multiplier] *
                                   weights[(ky * w->kernel_width + kx) * channels + o];
                        }
                    }
                    sum = whittle_wrapping_add64(sum, whittle_int64_at(bias_halves, o));
                    value = whittle_requantize_int64(sum, multipliers[o], shifts[o]);
                    *output++ = (int16_t)whittle_clamp(value, p->minimum, p->maximum);
                }
            }
        }
    }
}

/* The same with an int32 bias, for files that have one: sums modulo 2^32, and the requantization of
 * int8 kernels. */
static inline void whittle_depthwise_conv2d_int16_bias32(const WhittleDepthwiseConv2dInteger* p,
                                                         const int16_t* input,
                                                         const int8_t* weights,
                                                         const int32_t* bias,
                                                         const int32_t* multipliers,
                                                         const int8_t* shifts,
                                                         int16_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->output_channels;
    int32_t n, oy, ox, o, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (o = 0; o < channels; ++o) {
                    uint32_t sum = (uint32_t)bias[o];
                    int32_t value;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            sum += (uint32_t)(input[tap + o / p->multiplier] *
                                              weights[(ky * w->kernel_width + kx) * channels + o]);
                        }
                    }
                    value = whittle_requantize((int32_t)sum, multipliers[o], shifts[o]);
                    *output++ = (int16_t)whittle_clamp(value, p->minimum, p->maximum);
                }
            }
        }
    }
}

#endif
