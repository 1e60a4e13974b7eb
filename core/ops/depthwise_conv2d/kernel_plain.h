#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_PLAIN_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_PLAIN_H_

/* int8 depthwise convolution for cores without SIMD, bit for bit as whittle_depthwise_conv2d_int8:
 * taps outside the image see a line of zero points, so that no output needs a case of its own. */

#include "core/ops/conv2d/kernel_plain.h"
#include "core/ops/depthwise_conv2d/kernel.h"

#define WHITTLE_DEPTHWISE_PLAIN_TAPS 27 /* at most, rounded up to threes */

/* The outputs of one pixel. taps: where the channels of each tap begin. */
static inline void whittle_depthwise_plain_pixel(const WhittleDepthwiseConv2dInteger* p,
                                                 const int8_t* const* taps,
                                                 const int8_t* const* end,
                                                 const int8_t* weights,
                                                 const WhittlePlainChannel* to,
                                                 int8_t* output) {
    const int32_t channels = p->window.output_channels;
    int32_t c;
    for (c = 0; c < channels; ++c, ++to) {
        const int8_t* const* tap = taps;
        uint32_t sum = (uint32_t)to->bias;
        int32_t value;
        do {
            sum += (uint32_t)(tap[0][c] * weights[0]);
            sum += (uint32_t)(tap[1][c] * weights[1]);
            sum += (uint32_t)(tap[2][c] * weights[2]);
            tap += 3;
            weights += 3;
        } while (tap != end);
        value = whittle_plain_requantize(sum, &to->scale);
        output[c] = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
    }
}

/* M = 1. T = KH * KW rounded up to threes; weights [C, T] with zeros behind; channels:
 * WhittlePlainChannel [C] with bias[c] - input zero point * sum(weights[c]); scratch C bytes. */
static inline void whittle_depthwise_conv2d_int8_plain(const WhittleDepthwiseConv2dInteger* p,
                                                       const int8_t* input,
                                                       const int8_t* weights,
                                                       const int32_t* channels,
                                                       int8_t* scratch,
                                                       int8_t* output) {
    const WhittleWindow* w = &p->window;
    const WhittlePlainChannel* to = (const WhittlePlainChannel*)channels;
    const int32_t count = (w->kernel_height * w->kernel_width + 2) / 3 * 3;
    const int8_t* taps[WHITTLE_DEPTHWISE_PLAIN_TAPS];
    int32_t n, oy, ox, ky, kx, t;
    for (t = 0; t < w->input_channels; ++t) scratch[t] = (int8_t)p->input_zero_point;
    for (t = 0; t < count; ++t) taps[t] = scratch;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox, output += w->output_channels) {
                t = 0;
                for (ky = 0; ky < w->kernel_height; ++ky) {
                    for (kx = 0; kx < w->kernel_width; ++kx) {
                        const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                        taps[t++] = tap < 0 ? scratch : input + tap;
                    }
                }
                whittle_depthwise_plain_pixel(p, taps, taps + count, weights, to, output);
            }
        }
    }
}

#endif
