#ifndef WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_ARM_DSP_H_
#define WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_ARM_DSP_H_

/* int8 average pooling for Arm's DSP extension, four channels at once, whose sums of up to 256 taps
 * fit 16 bits. */

#include "core/base/arm_dsp.h"
#include "core/base/tap_rows.h"
#include "core/ops/average_pool2d/kernel.h"

/* Four channels of one output, the first tap of which stands at `tap`. */
static inline void whittle_average_pool2d_arm_dsp_four(const WhittleAveragePool2dInteger* p,
                                                       const int8_t* tap,
                                                       const WhittleTapRows* inside,
                                                       int8_t* output) {
    const int32_t channels = p->window.input_channels;
    const int8_t* const end = output + 4;
    uint32_t even = 0, odd = 0;
    int32_t rows;
    for (rows = inside->rows; rows > 0; --rows, tap += inside->gap) {
        const int8_t* const row_end = tap + inside->row;
        do {
            const uint32_t word = whittle_dsp_load(tap);
            even = whittle_dsp_add_even(even, word);
            odd = whittle_dsp_add_odd(odd, word);
            tap += channels;
        } while (tap != row_end);
    }
    while (output != end) {
        const uint32_t next = even >> 16;
        const int32_t mean = whittle_average_of((int16_t)(uint16_t)even, inside->taps);
        *output++ = (int8_t)whittle_clamp(mean, p->minimum, p->maximum);
        even = odd;
        odd = next;
    }
}

/* As whittle_average_pool2d_int8, C a multiple of four, at most 256 taps, dilations of 1; in its
 * order of reading and writing, in steps of four channels. */
static inline void whittle_average_pool2d_int8_arm_dsp(const WhittleAveragePool2dInteger* p,
                                                       const int8_t* input,
                                                       int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const WhittleTapRows inside = whittle_tap_rows(w, oy, ox);
                for (c = 0; c < w->input_channels; c += 4, output += 4) {
                    whittle_average_pool2d_arm_dsp_four(p, input + inside.first + c, &inside,
                                                        output);
                }
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    }
}

#endif
