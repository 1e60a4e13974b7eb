#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_HELIUM_H_

/* int8 depthwise convolution with one output channel for each input channel, for Helium: 16
 * channels at once, taps from a table as in kernel_arm_dsp.h. */

#include "core/base/helium.h"
#include "core/ops/depthwise_conv2d/kernel_arm_dsp.h"

/* input and output as for whittle_depthwise_conv2d_int8, weights and tables as
 * whittle_helium_taps takes them, with -input_zero_point * sum of the channel's weights folded into
 * the biases; scratch aligned as pointers are. The order of reading and writing is that of
 * whittle_depthwise_conv2d_int8, in steps of 16 channels. */
static inline void whittle_depthwise_conv2d_int8_helium(const WhittleDepthwiseConv2dArmDsp* p,
                                                        const int8_t* input,
                                                        const int8_t* weights,
                                                        const int32_t* tables,
                                                        int8_t* scratch,
                                                        int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    const int32_t count = w->kernel_height * w->kernel_width;
    /* Windows that begin in rows 0 ... bottom and columns 0 ... right lie inside the image. */
    const int32_t bottom = w->input_height - 1 - (w->kernel_height - 1) * w->dilation_height;
    const int32_t right = w->input_width - 1 - (w->kernel_width - 1) * w->dilation_width;
    const int8_t** taps = (const int8_t**)(void*)scratch;
    int8_t* outside = scratch + (size_t)count * sizeof *taps;
    int32_t n, oy, ox, c;
    for (c = 0; c < channels; ++c) outside[c] = (int8_t)p->input_zero_point;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            const int32_t y = oy * w->stride_height - w->pad_top;
            int32_t x = -w->pad_left;
            int32_t from = -1; /* where the table's window begins, if inside the image */
            for (ox = 0; ox < w->output_width; ++ox, x += w->stride_width, output += channels) {
                if (from < 0 || x > right) {
                    whittle_depthwise_conv2d_arm_dsp_table(w, input, y, x, outside, taps);
                    from = y >= 0 && y <= bottom && x <= right ? x : -1;
                }
                whittle_helium_taps(taps, from < 0 ? 0 : (ptrdiff_t)(x - from) * channels, channels,
                                    weights, count, tables, p->minimum, p->maximum, output);
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * channels;
    }
}

#endif
