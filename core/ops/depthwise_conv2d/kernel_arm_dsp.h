#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_ARM_DSP_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_ARM_DSP_H_

/* int8 depthwise convolution with one output channel for each input channel, for Arm's DSP
 * extension: four channels at once. Where a pixel's taps begin stands in a table, those outside the
 * image in a pixel of zero points. */

#include "core/base/arm_dsp.h"
#include "core/base/window.h"

typedef struct {
    WhittleWindow window;
    int32_t multiplier; /* = 1 */
    int32_t input_zero_point;
    int32_t minimum; /* clamp of the quantized output */
    int32_t maximum;
} WhittleDepthwiseConv2dArmDsp;

/* Taps, with those that fill up the last three. */
static inline int32_t whittle_depthwise_conv2d_arm_dsp_taps(const WhittleWindow* w) {
    return (w->kernel_height * w->kernel_width + 2) / 3 * 3;
}

/* A pixel and the table. */
static inline int32_t whittle_depthwise_conv2d_arm_dsp_scratch_bytes(const WhittleWindow* w) {
    return w->input_channels +
           whittle_depthwise_conv2d_arm_dsp_taps(w) * (int32_t)sizeof(const int8_t*);
}

/* The taps inside the image of the pixel whose window has its upper left corner at (y, x). */
static inline void whittle_depthwise_conv2d_arm_dsp_table(const WhittleWindow* w,
                                                          const int8_t* image,
                                                          int32_t y,
                                                          int32_t x,
                                                          const int8_t* outside,
                                                          const int8_t** taps) {
    int32_t ky, kx;
    for (ky = 0; ky < w->kernel_height; ++ky, y += w->dilation_height) {
        const int row_inside = (uint32_t)y < (uint32_t)w->input_height;
        const int8_t* row =
            image + (row_inside ? (ptrdiff_t)y * w->input_width * w->input_channels : 0);
        int32_t at = x;
        for (kx = 0; kx < w->kernel_width; ++kx, at += w->dilation_width) {
            const int inside = row_inside && (uint32_t)at < (uint32_t)w->input_width;
            *taps++ = inside ? row + (ptrdiff_t)at * w->input_channels : outside;
        }
    }
}

/* All channels of one pixel. */
static inline void whittle_depthwise_conv2d_arm_dsp_pixel(const int8_t* const* taps,
                                                          int32_t threes,
                                                          const int32_t* weights,
                                                          const int32_t* bias,
                                                          const int32_t* requantization,
                                                          int32_t channels,
                                                          int8_t* output) {
    int32_t c;
    for (c = 0; c < channels; c += 4, weights += 6 * threes, requantization += 12) {
        int32_t sums[4];
        sums[0] = bias[c], sums[1] = bias[c + 1], sums[2] = bias[c + 2], sums[3] = bias[c + 3];
        whittle_dsp_taps(taps, c, weights, threes, sums);
        output[c] =
            (int8_t)whittle_dsp_requantize(sums[0], whittle_dsp_requantization(requantization));
        output[c + 1] =
            (int8_t)whittle_dsp_requantize(sums[1], whittle_dsp_requantization(requantization + 3));
        output[c + 2] =
            (int8_t)whittle_dsp_requantize(sums[2], whittle_dsp_requantization(requantization + 6));
        output[c + 3] =
            (int8_t)whittle_dsp_requantize(sums[3], whittle_dsp_requantization(requantization + 9));
    }
}

/* input and output as for whittle_depthwise_conv2d_int8, C a multiple of four; weights [C /
 * 4][taps] of two words, channels 0 and 2 and channels 1 and 3 in 16 bits, those of taps that fill
 * up 0; bias [C] with -input_zero_point * sum of the channel's weights folded in; requantization
 * [C][3]; scratch aligned as pointers are. The order of reading and writing is that of
 * whittle_depthwise_conv2d_int8, in steps of four channels. */
static inline void whittle_depthwise_conv2d_int8_arm_dsp(const WhittleDepthwiseConv2dArmDsp* p,
                                                         const int8_t* input,
                                                         const int32_t* weights,
                                                         const int32_t* bias,
                                                         const int32_t* requantization,
                                                         int8_t* scratch,
                                                         int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    const int32_t count = whittle_depthwise_conv2d_arm_dsp_taps(w);
    const int8_t** taps = (const int8_t**)(void*)scratch;
    int8_t* outside = scratch + (size_t)count * sizeof *taps;
    int8_t* const first = output;
    int32_t n, oy, ox, i;
    for (i = 0; i < channels; ++i) outside[i] = (int8_t)p->input_zero_point;
    for (i = 0; i < count; ++i) taps[i] = outside;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox, output += channels) {
                whittle_depthwise_conv2d_arm_dsp_table(w, input, oy * w->stride_height - w->pad_top,
                                                       ox * w->stride_width - w->pad_left, outside,
                                                       taps);
                whittle_depthwise_conv2d_arm_dsp_pixel(taps, count / 3, weights, bias,
                                                       requantization, channels, output);
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * channels;
    }
    whittle_dsp_clamp(first, (int32_t)(output - first), p->minimum, p->maximum);
}

#endif
