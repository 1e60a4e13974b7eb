#ifndef WHITTLE_CORE_OPS_CONV2D_PROGRAM_ARM_DSP_H_
#define WHITTLE_CORE_OPS_CONV2D_PROGRAM_ARM_DSP_H_

/* Convolution for Arm's DSP extension in a program image. */

#include "core/ops/conv2d/kernel_arm_dsp.h"
#include "core/runtime/dsp_check.h"
#include "core/runtime/instruction_set.h"

#define WHITTLE_CONV2D_ARM_DSP WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)

/* Operands input, weights, bias, requantization, scratch, output. */
static inline int whittle_conv2d_check_arm_dsp(const void* params,
                                               uint32_t params_bytes,
                                               const WhittleOperandInfo* operands,
                                               uint32_t operand_count) {
    const WhittleConv2dArmDsp* p = (const WhittleConv2dArmDsp*)params;
    const WhittleWindow* w = &p->window;
    int32_t weights[4];
    uint32_t depth;
    if (operand_count != 6 || params_bytes != sizeof *p) return 0;
    weights[0] = w->input_channels;
    weights[1] = w->kernel_height;
    weights[2] = w->kernel_width;
    weights[3] = 16; /* room for the scratch of a depth that is filled up */
    depth = whittle_checked_volume(weights, 4);
    if (p->group_channels != w->input_channels || w->input_channels < 1 || w->output_channels < 1 ||
        !whittle_window_fits(w, &operands[0], &operands[5], 1) || depth >= 0x7FFFFF00u) {
        return 0;
    }
    return whittle_operand_holds(
               &operands[1],
               whittle_checked_product(w->output_channels, whittle_conv2d_arm_dsp_depth(w)), 1) &&
           whittle_operand_holds(&operands[2], (uint32_t)w->output_channels, 4) &&
           whittle_dsp_requantization_fits(&operands[3], w->output_channels) &&
           whittle_is_scratch(&operands[4], (uint32_t)whittle_conv2d_arm_dsp_scratch_bytes(w));
}

static inline void whittle_conv2d_run_arm_dsp(const void* params, void* const* operands) {
    whittle_conv2d_int8_arm_dsp((const WhittleConv2dArmDsp*)params, (const int8_t*)operands[0],
                                (const int8_t*)operands[1], (const int32_t*)operands[2],
                                (const int32_t*)operands[3], (int8_t*)operands[4],
                                (int8_t*)operands[5]);
}

#endif
