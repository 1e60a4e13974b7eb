#ifndef WHITTLE_CORE_OPS_CONV2D_PROGRAM_LANES_H_
#define WHITTLE_CORE_OPS_CONV2D_PROGRAM_LANES_H_

/* Convolution in lanes (core/ops/int8_lanes.h) in a program image. */

#include "core/ops/conv2d/lanes.h"
#include "core/runtime/lanes_check.h"

/* Whether a window without groups has its operands: input, weights, blocks, scratch, output. */
static inline int whittle_conv2d_lanes_fit(const WhittleLanes* lanes,
                                           const WhittleWindow* w,
                                           int32_t input_zero_point,
                                           const WhittleOperandInfo* operands) {
    const int close = whittle_conv2d_lanes_is_close(w);
    const int32_t run[2] = {close ? w->kernel_width : 1, w->input_channels};
    const uint32_t runs = whittle_checked_product(w->kernel_height, close ? 1 : w->kernel_width);
    return w->input_channels >= 1 && w->output_channels >= 1 &&
           whittle_window_fits(w, &operands[0], &operands[4], 1) &&
           whittle_zero_point_in_range(input_zero_point) &&
           whittle_lanes_weights_fit(lanes, runs, whittle_checked_volume(run, 2), 4,
                                     w->output_channels, operands) &&
           whittle_lanes_scratch_fits(
               whittle_conv2d_lanes_scratch_bytes(w, whittle_lanes_element_bytes(lanes)),
               &operands[3]);
}

/* Operands input, weights, blocks, scratch, output. */
static inline int whittle_conv2d_check_lanes(uint32_t variant,
                                             const void* params,
                                             uint32_t params_bytes,
                                             const WhittleOperandInfo* operands,
                                             uint32_t operand_count) {
    const WhittleConv2dInteger* p = (const WhittleConv2dInteger*)params;
    return (variant & 255u) == 1 && operand_count == 5 &&
           params_bytes == sizeof(WhittleConv2dInteger) &&
           p->group_channels == p->window.input_channels &&
           whittle_conv2d_lanes_fit(whittle_lanes_of(variant), &p->window, p->input_zero_point,
                                    operands);
}

static inline void whittle_conv2d_run_lanes(uint32_t variant,
                                            const WhittleConv2dInteger* p,
                                            void* const* operands) {
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    whittle_conv2d_int8_lanes(whittle_lanes_of(variant), &p->window, p->input_zero_point, &to,
                              (const int8_t*)operands[0], operands[1],
                              (const WhittleLanesBlock*)operands[2], (uint8_t*)operands[3],
                              (int8_t*)operands[4]);
}

#endif
