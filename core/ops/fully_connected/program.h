#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_PROGRAM_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_PROGRAM_H_

/* Fully connected in a program image. Variant 0: float32, operands input, weights, bias, output.
 * Variants 1: int8, 2: int16 with int64 bias, 3: int16 with int32 bias; operands input, weights,
 * bias, multipliers, shifts, output. */

#include "core/ops/fully_connected/kernel.h"
#include "core/runtime/dsp_check.h"
#include "core/runtime/instruction_set.h"
#include "core/runtime/window_check.h"
#if WHITTLE_HAS_ARM_DSP
#include "core/ops/fully_connected/kernel_arm_dsp.h"

/* Operands input, weights, bias, requantization, output. */
static inline int whittle_fully_connected_check_arm_dsp(const void* params,
                                                        uint32_t params_bytes,
                                                        const WhittleOperandInfo* operands,
                                                        uint32_t operand_count) {
    const WhittleFullyConnectedArmDsp* p = (const WhittleFullyConnectedArmDsp*)params;
    uint32_t filled_outputs, filled_inputs;
    if (operand_count != 5 || params_bytes != sizeof *p || p->inputs < 1 || p->outputs < 1 ||
        (p->channel_stride != 0 && p->channel_stride != 1) || p->inputs > 0x7FFFFFF0 ||
        p->outputs > 0x7FFFFFF0) {
        return 0;
    }
    filled_outputs = ((uint32_t)p->outputs + 3u) / 4u * 4u;
    filled_inputs = ((uint32_t)p->inputs + 3u) / 4u * 4u;
    if (!whittle_dsp_requantization_fits(&operands[3], p->channel_stride == 1 ? p->outputs : 1)) {
        return 0;
    }
    return whittle_operand_holds(&operands[0], whittle_checked_product(p->rows, p->inputs), 1) &&
           whittle_operand_holds(
               &operands[1],
               whittle_checked_product((int32_t)filled_outputs, (int32_t)filled_inputs), 1) &&
           whittle_operand_holds(&operands[2], filled_outputs, 4) &&
           whittle_operand_holds(&operands[4], whittle_checked_product(p->rows, p->outputs), 1);
}
#endif
#include "core/ops/fully_connected/lanes.h"
#include "core/runtime/lanes_check.h"

static inline int whittle_fully_connected_check_integer(int32_t outputs,
                                                        int32_t channel_stride,
                                                        int32_t highest_shift,
                                                        const WhittleOperandInfo* operands) {
    const int32_t channels = channel_stride == 1 ? outputs : 1;
    const int32_t* multipliers = (const int32_t*)operands[3].constant;
    int32_t i;
    if (channel_stride != 0 && channel_stride != 1) return 0;
    if (!whittle_multipliers_fit(channels, &operands[3], &operands[4], -31, highest_shift))
        return 0;
    if (highest_shift == 30) return 1;
    if (multipliers == NULL) return 0;
    for (i = 0; i < channels; ++i) {
        if (multipliers[i] < 0) return 0;
    }
    return 1;
}

#if WHITTLE_HAS_HELIUM
#include "core/ops/fully_connected/kernel_helium.h"

/* Operands input, weights, tables, output. */
static inline int whittle_fully_connected_check_helium(const void* params,
                                                       uint32_t params_bytes,
                                                       const WhittleOperandInfo* operands,
                                                       uint32_t operand_count) {
    const WhittleFullyConnectedHelium* p = (const WhittleFullyConnectedHelium*)params;
    if (operand_count != 4 || params_bytes != sizeof *p || p->inputs < 1 || p->outputs < 1 ||
        p->inputs > 0x7FFFFFF || p->outputs > 0x7FFFFFF ||
        !whittle_helium_tables_fit(&operands[2], p->outputs)) {
        return 0;
    }
    return whittle_operand_holds(&operands[0], whittle_checked_product(p->rows, p->inputs), 1) &&
           whittle_operand_holds(
               &operands[1],
               whittle_checked_product((p->outputs + 3) / 4 * 4, (p->inputs + 15) / 16 * 16), 1) &&
           whittle_operand_holds(&operands[3], whittle_checked_product(p->rows, p->outputs), 1);
}
#endif
#if WHITTLE_HAS_PLAIN
#include "core/ops/fully_connected/program_plain.h"
#endif
/* Operands input, weights, blocks, scratch, output. */
static inline int whittle_fully_connected_check_lanes(uint32_t variant,
                                                      const void* params,
                                                      uint32_t params_bytes,
                                                      const WhittleOperandInfo* operands,
                                                      uint32_t operand_count) {
    const WhittleFullyConnectedInt8* p = (const WhittleFullyConnectedInt8*)params;
    const WhittleLanes* lanes = whittle_lanes_of(variant);
    return (variant & 255u) == 1 && operand_count == 5 &&
           params_bytes == sizeof(WhittleFullyConnectedInt8) && p->weights_zero_point == 0 &&
           p->rows >= 0 && p->rows < 0x7FFFFFF0 && p->inputs >= 0 && p->outputs >= 0 &&
           whittle_operand_holds(&operands[0], whittle_checked_product(p->rows, p->inputs), 1) &&
           whittle_operand_holds(&operands[4], whittle_checked_product(p->rows, p->outputs), 1) &&
           whittle_lanes_weights_fit(lanes, 1, (uint32_t)p->inputs,
                                     p->rows == 1 ? (uint32_t)lanes->step_elements : 4, p->outputs,
                                     operands) &&
           whittle_lanes_scratch_fits(
               whittle_fully_connected_lanes_scratch_bytes(p, whittle_lanes_element_bytes(lanes)),
               &operands[3]);
}

static inline int whittle_fully_connected_check(uint32_t variant,
                                                const void* params,
                                                uint32_t params_bytes,
                                                const WhittleOperandInfo* operands,
                                                uint32_t operand_count) {
    /* All parameter structs begin with rows, inputs, outputs. */
    const int32_t* sizes = (const int32_t*)params;
    const uint32_t element = variant == 0 ? 4 : variant == 1 ? 1 : 2;
    uint32_t in, weights, out;
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        return whittle_fully_connected_check_arm_dsp(params, params_bytes, operands, operand_count);
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_FULLY_CONNECTED_PLAIN) {
        return whittle_fully_connected_check_plain(params, params_bytes, operands, operand_count);
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        return whittle_fully_connected_check_helium(params, params_bytes, operands, operand_count);
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        return whittle_fully_connected_check_lanes(variant, params, params_bytes, operands,
                                                   operand_count);
    }
    if (variant > 3 || operand_count != (variant == 0 ? 4u : 6u)) return 0;
    if (params_bytes != (variant == 0   ? sizeof(WhittleFullyConnectedFloat32)
                         : variant == 1 ? sizeof(WhittleFullyConnectedInt8)
                                        : sizeof(WhittleFullyConnectedInt16))) {
        return 0;
    }
    in = whittle_checked_product(sizes[0], sizes[1]);
    weights = whittle_checked_product(sizes[2], sizes[1]);
    out = whittle_checked_product(sizes[0], sizes[2]);
    if (!whittle_operand_holds(&operands[0], in, element) ||
        !whittle_operand_holds(&operands[1], weights, variant == 0 ? 4 : 1) ||
        !whittle_operand_holds(&operands[2], whittle_checked_product(sizes[2], 1),
                               variant == 2 ? 8 : 4) ||
        !whittle_operand_holds(&operands[operand_count - 1], out, element)) {
        return 0;
    }
    if (variant == 0) return 1;
    if (variant == 1) {
        return whittle_fully_connected_check_integer(
            sizes[2], ((const WhittleFullyConnectedInt8*)params)->channel_stride, 30, operands);
    }
    return whittle_fully_connected_check_integer(
        sizes[2], ((const WhittleFullyConnectedInt16*)params)->channel_stride,
        variant == 2 ? 7 : 30, operands);
}

static inline void whittle_fully_connected_run(uint32_t variant,
                                               const void* params,
                                               void* const* operands) {
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        whittle_fully_connected_int8_arm_dsp(
            (const WhittleFullyConnectedArmDsp*)params, (const int8_t*)operands[0],
            (const int32_t*)operands[1], (const int32_t*)operands[2], (const int32_t*)operands[3],
            (int8_t*)operands[4]);
        return;
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_FULLY_CONNECTED_PLAIN) {
        whittle_fully_connected_run_plain(params, operands);
        return;
    }
#endif
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        whittle_fully_connected_int8_helium((const WhittleFullyConnectedHelium*)params,
                                            (const int8_t*)operands[0], (const int8_t*)operands[1],
                                            (const int32_t*)operands[2], (int8_t*)operands[3]);
        return;
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        whittle_fully_connected_int8_lanes(
            whittle_lanes_of(variant), (const WhittleFullyConnectedInt8*)params,
            (const int8_t*)operands[0], operands[1], (const WhittleLanesBlock*)operands[2],
            (uint8_t*)operands[3], (int8_t*)operands[4]);
    } else if (variant == 0) {
        whittle_fully_connected_float32((const WhittleFullyConnectedFloat32*)params,
                                        (const float*)operands[0], (const float*)operands[1],
                                        (const float*)operands[2], (float*)operands[3]);
    } else if (variant == 2) {
        whittle_fully_connected_int16((const WhittleFullyConnectedInt16*)params,
                                      (const int16_t*)operands[0], (const int8_t*)operands[1],
                                      (const int32_t*)operands[2], (const int32_t*)operands[3],
                                      (const int8_t*)operands[4], (int16_t*)operands[5]);
    } else if (variant == 3) {
        whittle_fully_connected_int16_bias32(
            (const WhittleFullyConnectedInt16*)params, (const int16_t*)operands[0],
            (const int8_t*)operands[1], (const int32_t*)operands[2], (const int32_t*)operands[3],
            (const int8_t*)operands[4], (int16_t*)operands[5]);
    } else {
        whittle_fully_connected_int8((const WhittleFullyConnectedInt8*)params,
                                     (const int8_t*)operands[0], (const int8_t*)operands[1],
                                     (const int32_t*)operands[2], (const int32_t*)operands[3],
                                     (const int8_t*)operands[4], (int8_t*)operands[5]);
    }
}

#endif
