#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_PROGRAM_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_PROGRAM_H_

/* Depthwise convolution in a program image. Variants and operands are those of conv2d. */

#include "core/ops/conv2d/program.h"
#include "core/ops/depthwise_conv2d/kernel.h"
#if WHITTLE_HAS_ARM_DSP
#include "core/ops/depthwise_conv2d/kernel_arm_dsp.h"

/* Operands input, weights, bias, requantization, scratch, output. */
static inline int whittle_depthwise_conv2d_check_arm_dsp(const void* params,
                                                         uint32_t params_bytes,
                                                         const WhittleOperandInfo* operands,
                                                         uint32_t operand_count) {
    const WhittleDepthwiseConv2dArmDsp* p = (const WhittleDepthwiseConv2dArmDsp*)params;
    const WhittleWindow* w = &p->window;
    int32_t weights[4];
    if (operand_count != 6 || params_bytes != sizeof *p) return 0;
    weights[0] = w->output_channels;
    weights[1] = w->kernel_height;
    weights[2] = w->kernel_width;
    weights[3] = 8; /* room for the table, and for taps that are filled up */
    if (p->multiplier != 1 || w->output_channels != w->input_channels || w->input_channels < 4 ||
        w->input_channels % 4 != 0 || !whittle_window_fits(w, &operands[0], &operands[5], 1) ||
        whittle_checked_volume(weights, 4) >= 0x7FFFFF00u) {
        return 0;
    }
    weights[1] = whittle_depthwise_conv2d_arm_dsp_taps(w);
    return whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 2), 2) &&
           whittle_operand_holds(&operands[2], (uint32_t)w->output_channels, 4) &&
           whittle_dsp_requantization_fits(&operands[3], w->output_channels) &&
           whittle_is_scratch(&operands[4],
                              (uint32_t)whittle_depthwise_conv2d_arm_dsp_scratch_bytes(w));
}
#endif

#if WHITTLE_HAS_HELIUM
#include "core/ops/depthwise_conv2d/kernel_helium.h"

/* Operands input, weights, tables, scratch, output. */
static inline int whittle_depthwise_conv2d_check_helium(const void* params,
                                                        uint32_t params_bytes,
                                                        const WhittleOperandInfo* operands,
                                                        uint32_t operand_count) {
    const WhittleDepthwiseConv2dArmDsp* p = (const WhittleDepthwiseConv2dArmDsp*)params;
    const WhittleWindow* w = &p->window;
    int32_t weights[4];
    uint32_t scratch;
    if (operand_count != 5 || params_bytes != sizeof *p) return 0;
    if (p->multiplier != 1 || w->output_channels != w->input_channels || w->input_channels < 1 ||
        w->input_channels > 0x7FFFFF0 || !whittle_window_fits(w, &operands[0], &operands[4], 1)) {
        return 0;
    }
    weights[0] = w->kernel_height;
    weights[1] = w->kernel_width;
    weights[2] = (w->input_channels + 15) / 16 * 16;
    weights[3] = 8; /* room for the table */
    if (whittle_checked_volume(weights, 4) >= 0x7FFFFF00u) return 0;
    scratch = (uint32_t)w->input_channels + whittle_checked_volume(weights, 2) * 4u;
    return whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 3), 1) &&
           whittle_helium_tables_fit(&operands[2], weights[2]) &&
           whittle_is_scratch(&operands[3], scratch);
}
#endif
#if WHITTLE_HAS_PLAIN
#include "core/ops/depthwise_conv2d/kernel_plain.h"

/* Operands input, weights, channels, scratch, output. */
static inline int whittle_depthwise_conv2d_check_plain(const void* params,
                                                       uint32_t params_bytes,
                                                       const WhittleOperandInfo* operands,
                                                       uint32_t operand_count) {
    const WhittleDepthwiseConv2dInteger* p = (const WhittleDepthwiseConv2dInteger*)params;
    const WhittleWindow* w = &p->window;
    int32_t taps;
    if (params_bytes != sizeof(WhittleDepthwiseConv2dInteger) || operand_count != 5 ||
        p->multiplier != 1 || w->output_channels != w->input_channels || w->kernel_height < 1 ||
        w->kernel_width < 1 || w->kernel_height > WHITTLE_DEPTHWISE_PLAIN_TAPS ||
        w->kernel_width > WHITTLE_DEPTHWISE_PLAIN_TAPS) {
        return 0;
    }
    taps = (w->kernel_height * w->kernel_width + 2) / 3 * 3;
    return taps <= WHITTLE_DEPTHWISE_PLAIN_TAPS &&
           whittle_plain_channels_fit(&operands[2], w->output_channels) &&
           whittle_window_fits(w, &operands[0], &operands[4], 1) &&
           whittle_zero_point_in_range(p->input_zero_point) &&
           whittle_operand_holds(&operands[1], whittle_checked_product(taps, w->output_channels),
                                 1) &&
           whittle_is_scratch(&operands[3], (uint32_t)w->input_channels);
}
#endif
#include "core/ops/depthwise_conv2d/lanes.h"

/* Operands input, weights, blocks, scratch, output. */
static inline int whittle_depthwise_conv2d_check_lanes(uint32_t variant,
                                                       const void* params,
                                                       uint32_t params_bytes,
                                                       const WhittleOperandInfo* operands,
                                                       uint32_t operand_count) {
    const WhittleDepthwiseConv2dInteger* p = (const WhittleDepthwiseConv2dInteger*)params;
    const WhittleWindow* w = &p->window;
    const WhittleLanes* lanes = whittle_lanes_of(variant);
    if ((variant & 255u) != 1 || operand_count != 5 ||
        params_bytes != sizeof(WhittleDepthwiseConv2dInteger) || p->multiplier < 1) {
        return 0;
    }
    if (p->multiplier > 1) {
        return w->input_channels == 1 && p->multiplier == w->output_channels &&
               whittle_conv2d_lanes_fit(lanes, w, p->input_zero_point, operands);
    }
    return w->input_channels == w->output_channels && w->output_channels >= 1 &&
           whittle_window_fits(w, &operands[0], &operands[4], 1) &&
           whittle_zero_point_in_range(p->input_zero_point) &&
           whittle_checked_product(w->kernel_height, w->kernel_width) <= 0x0FFFFFFFu &&
           whittle_lanes_weights_fit(lanes, (uint32_t)whittle_depthwise_lanes_taps(w),
                                     (uint32_t)lanes->step_elements, 4, w->output_channels,
                                     operands) &&
           whittle_lanes_scratch_fits(whittle_depthwise_lanes_scratch_bytes(w), &operands[3]);
}

static inline void whittle_depthwise_conv2d_run_lanes(uint32_t variant,
                                                      const WhittleDepthwiseConv2dInteger* p,
                                                      void* const* operands) {
    const WhittleLanes* lanes = whittle_lanes_of(variant);
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    const int8_t* input = (const int8_t*)operands[0];
    const WhittleLanesBlock* blocks = (const WhittleLanesBlock*)operands[2];
    if (p->multiplier > 1) {
        whittle_conv2d_int8_lanes(lanes, &p->window, p->input_zero_point, &to, input, operands[1],
                                  blocks, (uint8_t*)operands[3], (int8_t*)operands[4]);
    } else {
        whittle_depthwise_conv2d_int8_lanes(lanes, p, input, (const int16_t*)operands[1], blocks,
                                            (uint8_t*)operands[3], (int8_t*)operands[4]);
    }
}

static inline int whittle_depthwise_conv2d_check(uint32_t variant,
                                                 const void* params,
                                                 uint32_t params_bytes,
                                                 const WhittleOperandInfo* operands,
                                                 uint32_t operand_count) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    int32_t weights[3];
    int32_t multiplier;
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        return whittle_depthwise_conv2d_check_arm_dsp(params, params_bytes, operands,
                                                      operand_count);
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        return whittle_depthwise_conv2d_check_helium(params, params_bytes, operands, operand_count);
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_CONV2D_PLAIN) {
        return whittle_depthwise_conv2d_check_plain(params, params_bytes, operands, operand_count);
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        return whittle_depthwise_conv2d_check_lanes(variant, params, params_bytes, operands,
                                                    operand_count);
    }
    if (variant > 3 || operand_count != (variant == 0 ? 4u : 6u)) return 0;
    if (params_bytes != (variant == 0 ? sizeof(WhittleDepthwiseConv2dFloat32)
                                      : sizeof(WhittleDepthwiseConv2dInteger))) {
        return 0;
    }
    /* multiplier follows the window in both parameter structs. */
    multiplier = *(const int32_t*)(w + 1);
    weights[0] = w->kernel_height;
    weights[1] = w->kernel_width;
    weights[2] = w->output_channels;
    if (multiplier < 1 || w->output_channels < 1 || w->output_channels % multiplier != 0 ||
        w->output_channels / multiplier != w->input_channels ||
        !whittle_window_fits(w, &operands[0], &operands[operand_count - 1],
                             variant == 0   ? 4
                             : variant == 1 ? 1
                                            : 2) ||
        !whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 3),
                               variant == 0 ? 4 : 1)) {
        return 0;
    }
    if (variant == 0) return whittle_operand_holds(&operands[2], (uint32_t)w->output_channels, 4);
    return whittle_conv2d_check_integer(
        variant, w->output_channels,
        ((const WhittleDepthwiseConv2dInteger*)params)->input_zero_point, operands);
}

static inline void whittle_depthwise_conv2d_run(uint32_t variant,
                                                const void* params,
                                                void* const* operands) {
    const WhittleDepthwiseConv2dInteger* p = (const WhittleDepthwiseConv2dInteger*)params;
    const int8_t* weights = (const int8_t*)operands[1];
    const int32_t* bias = (const int32_t*)operands[2];
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        whittle_depthwise_conv2d_int8_arm_dsp(
            (const WhittleDepthwiseConv2dArmDsp*)params, (const int8_t*)operands[0],
            (const int32_t*)operands[1], bias, (const int32_t*)operands[3], (int8_t*)operands[4],
            (int8_t*)operands[5]);
        return;
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        whittle_depthwise_conv2d_int8_helium((const WhittleDepthwiseConv2dArmDsp*)params,
                                             (const int8_t*)operands[0], weights, bias,
                                             (int8_t*)operands[3], (int8_t*)operands[4]);
        return;
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_CONV2D_PLAIN) {
        whittle_depthwise_conv2d_int8_plain(p, (const int8_t*)operands[0], weights,
                                            (const int32_t*)operands[2], (int8_t*)operands[3],
                                            (int8_t*)operands[4]);
        return;
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        whittle_depthwise_conv2d_run_lanes(variant, p, operands);
    } else if (variant == 0) {
        whittle_depthwise_conv2d_float32((const WhittleDepthwiseConv2dFloat32*)params,
                                         (const float*)operands[0], (const float*)operands[1],
                                         (const float*)operands[2], (float*)operands[3]);
    } else if (variant == 1) {
        whittle_depthwise_conv2d_int8(p, (const int8_t*)operands[0], weights, bias,
                                      (const int32_t*)operands[3], (const int8_t*)operands[4],
                                      (int8_t*)operands[5]);
    } else if (variant == 2) {
        whittle_depthwise_conv2d_int16(p, (const int16_t*)operands[0], weights, bias,
                                       (const int32_t*)operands[3], (const int8_t*)operands[4],
                                       (int16_t*)operands[5]);
    } else {
        whittle_depthwise_conv2d_int16_bias32(p, (const int16_t*)operands[0], weights, bias,
                                              (const int32_t*)operands[3],
                                              (const int8_t*)operands[4], (int16_t*)operands[5]);
    }
}

#endif
