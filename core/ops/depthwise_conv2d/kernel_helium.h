#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_KERNEL_HELIUM_H_

/* int8 depthwise convolution with one output channel for each input channel, for Helium: eight
 * channels at once, taps from a table as in kernel_arm_dsp.h. */

#include "core/base/helium.h"
#include "core/ops/depthwise_conv2d/kernel_arm_dsp.h"

/* input and output as for whittle_depthwise_conv2d_int8, C a multiple of eight; weights [C /
 * 8][taps][8]; tables [C / 8][2] as core/base/helium.h says, of the even channels and of the odd
 * ones, with -input_zero_point * sum of the channel's weights folded into the biases; scratch
 * aligned as pointers are. The order of reading and writing is that of
 * whittle_depthwise_conv2d_int8, in steps of eight channels. */
static inline void whittle_depthwise_conv2d_int8_helium(const WhittleDepthwiseConv2dArmDsp* p,
                                                        const int8_t* input,
                                                        const int8_t* weights,
                                                        const int32_t* tables,
                                                        int8_t* scratch,
                                                        int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    const int32_t count = w->kernel_height * w->kernel_width;
    const int8_t** taps = (const int8_t**)(void*)scratch;
    int8_t* outside = scratch + (size_t)count * sizeof *taps;
    int32_t n, oy, ox, c;
    for (c = 0; c < channels; ++c) outside[c] = (int8_t)p->input_zero_point;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox, output += channels) {
                whittle_depthwise_conv2d_arm_dsp_table(w, input, oy * w->stride_height - w->pad_top,
                                                       ox * w->stride_width - w->pad_left, outside,
                                                       taps);
                for (c = 0; c < channels; c += 8) {
                    whittle_helium_taps(taps, c, weights + c * count, count,
                                        tables + c / 4 * WHITTLE_HELIUM_TABLE_WORDS, p->minimum,
                                        p->maximum, output + c);
                }
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * channels;
    }
}

#endif
