#ifndef WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_ARM_DSP_H_
#define WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_ARM_DSP_H_

/* int8 maximum pooling for Arm's DSP extension, four channels at once in the bytes of a word. */

#include "core/base/arm_dsp.h"
#include "core/base/tap_rows.h"
#include "core/ops/max_pool2d/kernel.h"

/* The largest of `value` and of four channels over the taps inside, the first of which stands at
 * `tap`; each of four bytes. */
static inline uint32_t whittle_max_pool2d_arm_dsp_four(const int8_t* tap,
                                                       int32_t channels,
                                                       const WhittleTapRows* inside,
                                                       uint32_t value) {
    int32_t rows;
    for (rows = inside->rows; rows > 0; --rows, tap += inside->gap) {
        const int8_t* const end = tap + inside->row;
        do {
            value = whittle_dsp_largest(value, whittle_dsp_load(tap));
            tap += channels;
        } while (tap != end);
    }
    return value;
}

/* As whittle_max_pool2d_int8, C a multiple of four, dilations of 1; in its order of reading and
 * writing, in steps of four channels. */
static inline void whittle_max_pool2d_int8_arm_dsp(const WhittleMaxPool2dInteger* p,
                                                   const int8_t* input,
                                                   int8_t* output) {
    const WhittleWindow* w = &p->window;
    const uint32_t minimum = ((uint32_t)p->minimum & 255u) * 0x01010101u;
    const uint32_t maximum = ((uint32_t)p->maximum & 255u) * 0x01010101u;
    int32_t n, oy, ox, c;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const WhittleTapRows inside = whittle_tap_rows(w, oy, ox);
                for (c = 0; c < w->input_channels; c += 4, output += 4) {
                    const uint32_t value = whittle_max_pool2d_arm_dsp_four(
                        input + inside.first + c, w->input_channels, &inside, minimum);
                    whittle_dsp_store(output, whittle_dsp_least(value, maximum));
                }
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    }
}

#endif
