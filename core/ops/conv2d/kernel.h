#ifndef WHITTLE_CORE_OPS_CONV2D_KERNEL_H_
#define WHITTLE_CORE_OPS_CONV2D_KERNEL_H_

/* Convolution over images: output[n, oy, ox, o] = activation(bias[o] + sum over the taps (ky, kx)
 * that lie inside the image and over c of input[n, y, x, first + c] * weights[o, ky, kx, c]).
 * Output channels belong to groups; those of group g see the channels from first = g *
 * group_channels on. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"
#include "core/base/window.h"

typedef struct {
    WhittleWindow window;
    int32_t group_channels; /* C / groups >= 1: channels that one output sees */
    float minimum;          /* the fused activation clamps to minimum ... maximum */
    float maximum;
} WhittleConv2dFloat32;

/* The first input channel of output channel o. */
static inline int32_t whittle_conv2d_first_channel(const WhittleWindow* w,
                                                   int32_t group_channels,
                                                   int32_t o) {
    const int32_t groups = w->input_channels / group_channels;
    return o / (w->output_channels / groups) * group_channels;
}

/* input [N, H, W, C], weights [O, KH, KW, group_channels], bias [O], output [N, OH, OW, O]; the
 * output may lie over the input as overlap.h says. The sum runs over ky, kx, c upwards from 0.0f
 * and the bias is added last, as TFLite does. */
static inline void whittle_conv2d_float32(const WhittleConv2dFloat32* p,
                                          const float* input,
                                          const float* weights,
                                          const float* bias,
                                          float* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, o, ky, kx, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const float* k = weights;
                for (o = 0; o < w->output_channels; ++o) {
                    const int32_t first = whittle_conv2d_first_channel(w, p->group_channels, o);
                    float sum = 0.0f;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx, k += p->group_channels) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            for (c = 0; c < p->group_channels; ++c) {
                                sum += input[tap + first + c] * k[c];
                            }
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
    int32_t group_channels; /* C / groups >= 1 */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t minimum; /* clamp of the quantized output */
    int32_t maximum;
} WhittleConv2dInteger;

/* input, weights and output as above, int8 with a weight zero point of 0; bias int32 [O];
 * multipliers and shifts [O]: real factor = multiplier * 2^(shift - 31). Sums are modulo 2^32. */
static inline void whittle_conv2d_int8(const WhittleConv2dInteger* p,
                                       const int8_t* input,
                                       const int8_t* weights,
                                       const int32_t* bias,
                                       const int32_t* multipliers,
                                       const int8_t* shifts,
                                       int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, o, ky, kx, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const int8_t* k = weights;
                for (o = 0; o < w->output_channels; ++o) {
                    const int32_t first = whittle_conv2d_first_channel(w, p->group_channels, o);
                    uint32_t sum = (uint32_t)bias[o];
                    int32_t value;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx, k += p->group_channels) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            for (c = 0; c < p->group_channels; ++c) {
                                const int32_t x = input[tap + first + c] - p->input_zero_point;
                                sum += (uint32_t)(x * k[c]);
                            }
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
static inline void whittle_conv2d_int16(const WhittleConv2dInteger* p,
                                        const int16_t* input,
                                        const int8_t* weights,
                                        const int32_t* bias_halves,
                                        const int32_t* multipliers,
                                        const int8_t* shifts,
                                        int16_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, o, ky, kx, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const int8_t* k = weights;
                for (o = 0; o < w->output_channels; ++o) {
                    const int32_t first = whittle_conv2d_first_channel(w, p->group_channels, o);
                    int64_t sum = 0;
                    int32_t value;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx, k += p->group_channels) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            for (c = 0; c < p->group_channels; ++c) {
                                sum += input[tap + first + c] * k[c];
                            }
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
static inline void whittle_conv2d_int16_bias32(const WhittleConv2dInteger* p,
                                               const int16_t* input,
                                               const int8_t* weights,
                                               const int32_t* bias,
                                               const int32_t* multipliers,
                                               const int8_t* shifts,
                                               int16_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, o, ky, kx, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const int8_t* k = weights;
                for (o = 0; o < w->output_channels; ++o) {
                    const int32_t first = whittle_conv2d_first_channel(w, p->group_channels, o);
                    uint32_t sum = (uint32_t)bias[o];
                    int32_t value;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx, k += p->group_channels) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            for (c = 0; c < p->group_channels; ++c) {
                                sum += (uint32_t)(input[tap + first + c] * k[c]);
                            }
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
