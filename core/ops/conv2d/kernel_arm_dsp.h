#ifndef WHITTLE_CORE_OPS_CONV2D_KERNEL_ARM_DSP_H_
#define WHITTLE_CORE_OPS_CONV2D_KERNEL_ARM_DSP_H_

/* int8 convolution in one group for Arm's DSP extension: four pixels at once. Their windows stand
 * side by side in scratch, widened to 16 bits, and every row of weights is read once for all four.
 */

#include "core/base/arm_dsp.h"
#include "core/base/window.h"

typedef struct {
    WhittleWindow window;
    int32_t group_channels; /* = C */
    int32_t input_zero_point;
    int32_t minimum; /* clamp of the quantized output */
    int32_t maximum;
} WhittleConv2dArmDsp;

/* Values of a window, with those that fill up the last eight. */
static inline int32_t whittle_conv2d_arm_dsp_depth(const WhittleWindow* w) {
    return (w->kernel_height * w->kernel_width * w->input_channels + 7) / 8 * 8;
}

/* Four columns of 16 bits, and the bytes of one window where channels are no multiple of four. */
static inline int32_t whittle_conv2d_arm_dsp_scratch_bytes(const WhittleWindow* w) {
    const int32_t depth = whittle_conv2d_arm_dsp_depth(w);
    return w->input_channels % 4 == 0 ? 8 * depth : 9 * depth;
}

/* Widens 4 * fours values to a column. Returns its end. */
static inline int32_t* whittle_conv2d_arm_dsp_widen(const int8_t* from,
                                                    int32_t fours,
                                                    int32_t* to) {
    for (; fours > 0; --fours, from += 4, to += 8) {
        const uint32_t word = whittle_dsp_load(from);
        to[0] = (int32_t)whittle_dsp_even(word);
        to[4] = (int32_t)whittle_dsp_odd(word);
    }
    return to;
}

static inline int32_t* whittle_conv2d_arm_dsp_fill(int32_t value, int32_t fours, int32_t* to) {
    const uint32_t half = (uint32_t)value & 0xFFFFu;
    for (; fours > 0; --fours, to += 8) {
        to[0] = (int32_t)(half << 16 | half);
        to[4] = to[0];
    }
    return to;
}

/* One pixel's window as a column; (y, x) is its upper left corner. Outside the image stands the
 * zero point. */
static inline void whittle_conv2d_arm_dsp_column(const WhittleConv2dArmDsp* p,
                                                 const int8_t* image,
                                                 int32_t y,
                                                 int32_t x,
                                                 int8_t* patch,
                                                 int32_t* column) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    int8_t* end = patch;
    int32_t ky, kx, c;
    for (ky = 0; ky < w->kernel_height; ++ky, y += w->dilation_height) {
        int32_t at = x;
        for (kx = 0; kx < w->kernel_width; ++kx, at += w->dilation_width) {
            const int inside =
                (uint32_t)y < (uint32_t)w->input_height && (uint32_t)at < (uint32_t)w->input_width;
            const int8_t* from =
                image + (inside ? ((ptrdiff_t)y * w->input_width + at) * channels : 0);
            if (channels % 4 != 0) {
                for (c = 0; c < channels; ++c) {
                    *end++ = inside ? from[c] : (int8_t)p->input_zero_point;
                }
            } else if (inside) {
                column = whittle_conv2d_arm_dsp_widen(from, channels / 4, column);
            } else {
                column = whittle_conv2d_arm_dsp_fill(p->input_zero_point, channels / 4, column);
            }
        }
    }
    if (channels % 4 != 0) {
        whittle_conv2d_arm_dsp_widen(patch, whittle_conv2d_arm_dsp_depth(w) / 4, column);
    }
}

/* All output channels of up to four pixels. */
static inline void whittle_conv2d_arm_dsp_pixels(const int32_t* columns,
                                                 int32_t eights,
                                                 const int8_t* weights,
                                                 const int32_t* bias,
                                                 const int32_t* requantization,
                                                 int32_t channels,
                                                 int32_t count,
                                                 int8_t* output) {
    const int32_t* const end = bias + channels;
    for (; bias < end; ++output, requantization += 3) {
        const WhittleDspRequantization how = whittle_dsp_requantization(requantization);
        int32_t sums[4];
        int8_t* to = output;
        sums[0] = sums[1] = sums[2] = sums[3] = *bias++;
        weights = whittle_dsp_columns(columns, weights, eights, sums);
        *to = (int8_t)whittle_dsp_requantize(sums[0], how);
        if (count == 1) continue;
        *(to += channels) = (int8_t)whittle_dsp_requantize(sums[1], how);
        if (count == 2) continue;
        *(to += channels) = (int8_t)whittle_dsp_requantize(sums[2], how);
        if (count == 3) continue;
        *(to += channels) = (int8_t)whittle_dsp_requantize(sums[3], how);
    }
}

/* input and output as for whittle_conv2d_int8; weights [O][depth], the last filled up with zeros;
 * bias [O] with -input_zero_point * sum(weights[o]) folded in; requantization [O][3]; scratch
 * aligned to 4 bytes. Four pixels are read before the first of them is written. */
static inline void whittle_conv2d_int8_arm_dsp(const WhittleConv2dArmDsp* p,
                                               const int8_t* input,
                                               const int8_t* weights,
                                               const int32_t* bias,
                                               const int32_t* requantization,
                                               int8_t* scratch,
                                               int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t depth = whittle_conv2d_arm_dsp_depth(w);
    const ptrdiff_t image = (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    const int32_t pixels = w->batches * w->output_height * w->output_width;
    int32_t* columns = (int32_t*)(void*)scratch;
    int32_t oy = 0, ox = 0, done, count = 0;
    for (done = 0; done < pixels; ++done) {
        whittle_conv2d_arm_dsp_column(p, input, oy * w->stride_height - w->pad_top,
                                      ox * w->stride_width - w->pad_left, scratch + 8 * depth,
                                      columns + count);
        if (++ox == w->output_width) {
            ox = 0;
            if (++oy == w->output_height) {
                oy = 0;
                input += image;
            }
        }
        if (++count < 4 && done + 1 < pixels) continue;
        whittle_conv2d_arm_dsp_pixels(columns, depth / 8, weights, bias, requantization,
                                      w->output_channels, count, output);
        output += count * w->output_channels;
        count = 0;
    }
    whittle_dsp_clamp(output - pixels * w->output_channels, pixels * w->output_channels, p->minimum,
                      p->maximum);
}

#endif
