#ifndef WHITTLE_CORE_OPS_CONV2D_PROGRAM_H_
#define WHITTLE_CORE_OPS_CONV2D_PROGRAM_H_

/* Convolution in a program image. Variant 0: float32, operands input, weights, bias, output.
 * Variants 1: int8, 2: int16 with int64 bias, 3: int16 with int32 bias; operands input, weights,
 * bias, multipliers, shifts, output. For Arm's DSP extension: below. */

#include "core/ops/conv2d/kernel.h"
#include "core/runtime/instruction_set.h"
#if WHITTLE_HAS_ARM_DSP
#include "core/ops/conv2d/kernel_arm_dsp.h"
#endif
#if WHITTLE_HAS_HELIUM
#include "core/ops/conv2d/kernel_helium.h"
#endif
#if WHITTLE_HAS_PLAIN
#include "core/ops/conv2d/kernel_plain.h"
#endif
#include "core/ops/conv2d/lanes.h"
#include "core/runtime/lanes_check.h"
#include "core/runtime/window_check.h"

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

/* Whether an operand has three words for each channel that whittle_dsp_requantize takes. */
static inline int whittle_conv2d_requantization_fits(const WhittleOperandInfo* operand,
                                                     int32_t channels) {
    const int32_t* words = (const int32_t*)operand->constant;
    int32_t i;
    if (words == NULL || !whittle_operand_holds(operand, whittle_checked_product(channels, 3), 4)) {
        return 0;
    }
    for (i = 0; i < channels; ++i) {
        if (words[3 * i + 2] < 0 || words[3 * i + 2] > 31) return 0;
    }
    return 1;
}

/* Whether an operand is tables for `channels` channels, as core/base/helium.h says. */
static inline int whittle_conv2d_tables_fit(const WhittleOperandInfo* operand, int32_t channels) {
    const int32_t* words = (const int32_t*)operand->constant;
    int32_t i;
    if (words == NULL || channels < 0 || channels > 0x7FFFFFF ||
        !whittle_operand_holds(operand, ((uint32_t)channels + 3u) / 4u * 16u, 4)) {
        return 0;
    }
    for (i = 0; i < channels; ++i) {
        const int32_t shift = words[i / 4 * 16 + 12 + i % 4];
        if (shift > 0 || shift < -31) return 0;
    }
    return 1;
}

#if WHITTLE_HAS_HELIUM
/* Operands input, weights, tables, scratch, output. */
static inline int whittle_conv2d_check_helium(const void* params,
                                              uint32_t params_bytes,
                                              const WhittleOperandInfo* operands,
                                              uint32_t operand_count) {
    const WhittleConv2dHelium* p = (const WhittleConv2dHelium*)params;
    const WhittleWindow* w = &p->window;
    int32_t weights[4];
    uint32_t depth;
    if (operand_count != 5 || params_bytes != sizeof *p) return 0;
    weights[0] = w->input_channels;
    weights[1] = w->kernel_height;
    weights[2] = w->kernel_width;
    depth = whittle_checked_volume(weights, 3);
    if (p->group_channels != w->input_channels || w->input_channels < 1 || w->output_channels < 1 ||
        w->output_channels > 0x7FFFFFF || depth > 0x7FFFFFF ||
        !whittle_window_fits(w, &operands[0], &operands[4], 1)) {
        return 0;
    }
    weights[0] = (w->output_channels + 3) / 4;
    weights[1] = (int32_t)((depth + 15u) / 16u);
    weights[2] = 64;
    return whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 3), 1) &&
           whittle_conv2d_tables_fit(&operands[2], w->output_channels) &&
           whittle_is_scratch(&operands[3], depth);
}
#endif

#if WHITTLE_HAS_ARM_DSP
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
           whittle_conv2d_requantization_fits(&operands[3], w->output_channels) &&
           whittle_is_scratch(&operands[4], (uint32_t)whittle_conv2d_arm_dsp_scratch_bytes(w));
}
#endif

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

#if WHITTLE_HAS_PLAIN
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
        if (to[i].multiplier < 0 || to[i].right < 1 || to[i].right > 22) return 0;
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
#endif

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
           whittle_lanes_window_fits(whittle_lanes_of(variant), &p->window, p->input_zero_point,
                                     operands);
}

static inline void whittle_conv2d_run_lanes(uint32_t variant,
                                            const WhittleConv2dInteger* p,
                                            void* const* operands) {
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    whittle_conv2d_int8_lanes(whittle_lanes_of(variant), &p->window, p->input_zero_point, &to,
                              (const int8_t*)operands[0], (const int8_t*)operands[1],
                              (const WhittleLanesBlock*)operands[2], (uint8_t*)operands[3],
                              (int8_t*)operands[4]);
}

static inline int whittle_conv2d_check(uint32_t variant,
                                       const void* params,
                                       uint32_t params_bytes,
                                       const WhittleOperandInfo* operands,
                                       uint32_t operand_count) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    int32_t weights[4];
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        return whittle_conv2d_check_arm_dsp(params, params_bytes, operands, operand_count);
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
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
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        whittle_conv2d_int8_arm_dsp((const WhittleConv2dArmDsp*)params, (const int8_t*)operands[0],
                                    weights, (const int32_t*)operands[2],
                                    (const int32_t*)operands[3], (int8_t*)operands[4],
                                    (int8_t*)operands[5]);
        return;
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        whittle_conv2d_int8_helium((const WhittleConv2dHelium*)params, (const int8_t*)operands[0],
                                   weights, (const int32_t*)operands[2], (int8_t*)operands[3],
                                   (int8_t*)operands[4]);
        return;
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_CONV2D_PLAIN) {
        whittle_conv2d_int8_plain(p, (const int8_t*)operands[0], weights,
                                  (const int32_t*)operands[2], (int8_t*)operands[3],
                                  (int8_t*)operands[4]);
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
