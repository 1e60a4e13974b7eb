#ifndef WHITTLE_CORE_OPS_CONV2D_PROGRAM_PLAIN_H_
#define WHITTLE_CORE_OPS_CONV2D_PROGRAM_PLAIN_H_

/* Convolution for cores without SIMD in a program image. */

#include "core/ops/conv2d/kernel_plain.h"
#include "core/runtime/instruction_set.h"
#include "core/runtime/plain_check.h"
#include "core/runtime/window_check.h"

#define WHITTLE_CONV2D_PLAIN WHITTLE_VARIANT(WHITTLE_SET_PLAIN, 1u)

/* Whether an operand describes so many channels as whittle_plain_requantize takes them. */
static inline int whittle_plain_channels_fit(const WhittleOperandInfo* operand, int32_t channels) {
    const WhittlePlainChannel* to = (const WhittlePlainChannel*)operand->constant;
    int32_t i;
    if (to == NULL || channels < 1 ||
        !whittle_operand_holds(operand, (uint32_t)channels, sizeof(WhittlePlainChannel))) {
        return 0;
    }
    for (i = 0; i < channels; ++i) {
        if (!whittle_plain_scale_fits(&to[i].scale)) return 0;
    }
    return 1;
}

/* Operands input, weights, channels, scratch, output. */
static inline int whittle_conv2d_check_plain(const void* params,
                                             uint32_t params_bytes,
                                             const WhittleOperandInfo* operands,
                                             uint32_t operand_count) {
    const WhittleConv2dInteger* p = (const WhittleConv2dInteger*)params;
    const WhittleWindow* w = &p->window;
    int32_t sizes[3];
    uint32_t padded;
    if (params_bytes != sizeof(WhittleConv2dInteger) || operand_count != 5) return 0;
    sizes[0] = w->kernel_height;
    sizes[1] = w->kernel_width;
    sizes[2] = w->input_channels;
    padded = whittle_checked_volume(sizes, 3);
    if (w->input_channels < 1 || p->group_channels != w->input_channels || padded > 0x0FFFFFFFu) {
        return 0;
    }
    padded = (padded + 3u) & ~3u;
    return whittle_plain_channels_fit(&operands[2], w->output_channels) &&
           whittle_window_fits(w, &operands[0], &operands[4], 1) &&
           whittle_zero_point_in_range(p->input_zero_point) &&
           whittle_operand_holds(
               &operands[1],
               whittle_checked_product((int32_t)padded,
                                       w->output_channels / 2 + w->output_channels % 2),
               2) &&
           whittle_is_scratch(&operands[3], 4u * padded);
}

static inline void whittle_conv2d_run_plain(const void* params, void* const* operands) {
    whittle_conv2d_int8_plain((const WhittleConv2dInteger*)params, (const int8_t*)operands[0],
                              (const int16_t*)operands[1], (const int32_t*)operands[2],
                              (int8_t*)operands[3], (int8_t*)operands[4]);
}

#endif
