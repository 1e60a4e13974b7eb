#ifndef WHITTLE_CORE_OPS_CONV2D_PROGRAM_H_
#define WHITTLE_CORE_OPS_CONV2D_PROGRAM_H_

/* Convolution in a program image. Variant 0: float32, operands input, weights, bias, output.
 * Variants 1: int8, 2: int16 with int64 bias, 3: int16 with int32 bias; operands input, weights,
 * bias, multipliers, shifts, output. For instruction sets: program_<set>.h. */

#include "core/ops/conv2d/kernel.h"
#include "core/ops/conv2d/program_lanes.h"
#include "core/runtime/instruction_set.h"
#include "core/runtime/window_check.h"
#if WHITTLE_HAS_ARM_DSP
#include "core/ops/conv2d/program_arm_dsp.h"
#endif
#if WHITTLE_HAS_HELIUM
#include "core/ops/conv2d/program_helium.h"
#endif
#if WHITTLE_HAS_PLAIN
#include "core/ops/conv2d/program_plain.h"
#endif

/* Multipliers are never negative: whittle_requantize_int64 relies on it. */
static inline int whittle_conv2d_multipliers_positive(const WhittleOperandInfo* operand,
                                                      int32_t channels) {
    const int32_t* multipliers = (const int32_t*)operand->constant;
    int32_t i;
    if (multipliers == NULL) return 0;
    for (i = 0; i < channels; ++i) {
        if (multipliers[i] < 0) return 0;
    }
    return 1;
}

/* What the integer variants of conv2d and depthwise_conv2d share. */
static inline int whittle_conv2d_check_integer(uint32_t variant,
                                               int32_t channels,
                                               int32_t input_zero_point,
                                               const WhittleOperandInfo* operands) {
    const uint32_t bias_bytes = variant == 2 ? 8 : 4;
    if (!whittle_operand_holds(&operands[2], (uint32_t)channels, bias_bytes) ||
        !whittle_multipliers_fit(channels, &operands[3], &operands[4], -31,
                                 variant == 2 ? 7 : 30)) {
        return 0;
    }
    if (variant == 1) return whittle_zero_point_in_range(input_zero_point);
    return variant == 3 || whittle_conv2d_multipliers_positive(&operands[3], channels);
}

static inline int whittle_conv2d_check(uint32_t variant,
                                       const void* params,
                                       uint32_t params_bytes,
                                       const WhittleOperandInfo* operands,
                                       uint32_t operand_count) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    int32_t weights[4];
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_CONV2D_ARM_DSP) {
        return whittle_conv2d_check_arm_dsp(params, params_bytes, operands, operand_count);
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_CONV2D_HELIUM) {
        return whittle_conv2d_check_helium(params, params_bytes, operands, operand_count);
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_CONV2D_PLAIN) {
        return whittle_conv2d_check_plain(params, params_bytes, operands, operand_count);
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        return whittle_conv2d_check_lanes(variant, params, params_bytes, operands, operand_count);
    }
    if (variant > 3 || operand_count != (variant == 0 ? 4u : 6u)) return 0;
    if (params_bytes !=
        (variant == 0 ? sizeof(WhittleConv2dFloat32) : sizeof(WhittleConv2dInteger))) {
        return 0;
    }
    /* group_channels follows the window in both parameter structs. */
    weights[0] = w->output_channels;
    weights[1] = w->kernel_height;
    weights[2] = w->kernel_width;
    weights[3] = *(const int32_t*)(w + 1);
    if (weights[3] < 1 || w->input_channels < 1 || w->input_channels % weights[3] != 0 ||
        w->output_channels < 1 || w->output_channels % (w->input_channels / weights[3]) != 0 ||
        !whittle_window_fits(w, &operands[0], &operands[operand_count - 1],
                             variant == 0   ? 4
                             : variant == 1 ? 1
                                            : 2) ||
        !whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 4),
                               variant == 0 ? 4 : 1)) {
        return 0;
    }
    if (variant == 0) return whittle_operand_holds(&operands[2], (uint32_t)w->output_channels, 4);
    return whittle_conv2d_check_integer(variant, w->output_channels,
                                        ((const WhittleConv2dInteger*)params)->input_zero_point,
                                        operands);
}

static inline void whittle_conv2d_run(uint32_t variant, const void* params, void* const* operands) {
    const WhittleConv2dInteger* p = (const WhittleConv2dInteger*)params;
    const int8_t* weights = (const int8_t*)operands[1];
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_CONV2D_ARM_DSP) {
        whittle_conv2d_run_arm_dsp(params, operands);
        return;
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_CONV2D_HELIUM) {
        whittle_conv2d_run_helium(params, operands);
        return;
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_CONV2D_PLAIN) {
        whittle_conv2d_run_plain(params, operands);
        return;
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        whittle_conv2d_run_lanes(variant, p, operands);
    } else if (variant == 0) {
        whittle_conv2d_float32((const WhittleConv2dFloat32*)params, (const float*)operands[0],
                               (const float*)operands[1], (const float*)operands[2],
                               (float*)operands[3]);
    } else if (variant == 1) {
        whittle_conv2d_int8(p, (const int8_t*)operands[0], weights, (const int32_t*)operands[2],
                            (const int32_t*)operands[3], (const int8_t*)operands[4],
                            (int8_t*)operands[5]);
    } else if (variant == 2) {
        whittle_conv2d_int16(p, (const int16_t*)operands[0], weights, (const int32_t*)operands[2],
                             (const int32_t*)operands[3], (const int8_t*)operands[4],
                             (int16_t*)operands[5]);
    } else {
        whittle_conv2d_int16_bias32(p, (const int16_t*)operands[0], weights,
                                    (const int32_t*)operands[2], (const int32_t*)operands[3],
                                    (const int8_t*)operands[4], (int16_t*)operands[5]);
    }
}

#endif
