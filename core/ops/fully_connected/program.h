#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_PROGRAM_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_PROGRAM_H_

/* Fully connected in a program image. Variant 0: float32, operands input, weights, bias, output.
 * Variant 1: int8, 2: int16; operands input, weights, bias, multipliers, shifts, output. */

#include "core/ops/fully_connected/kernel.h"
#include "core/runtime/window_check.h"

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

static inline int whittle_fully_connected_check(uint32_t variant,
                                                const void* params,
                                                uint32_t params_bytes,
                                                const WhittleOperandInfo* operands,
                                                uint32_t operand_count) {
    /* Both parameter structs begin with rows, inputs, outputs. */
    const int32_t* sizes = (const int32_t*)params;
    const uint32_t element = variant == 0 ? 4 : variant;
    uint32_t in, weights, out;
    if (variant > 2 || operand_count != (variant == 0 ? 4u : 6u)) return 0;
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
    if (variant == 2) {
        return whittle_fully_connected_check_integer(
            sizes[2], ((const WhittleFullyConnectedInt16*)params)->channel_stride, 7, operands);
    }
    return whittle_fully_connected_check_integer(
        sizes[2], ((const WhittleFullyConnectedInt8*)params)->channel_stride, 30, operands);
}

static inline void whittle_fully_connected_run(uint32_t variant,
                                               const void* params,
                                               void* const* operands) {
    if (variant == 0) {
        whittle_fully_connected_float32((const WhittleFullyConnectedFloat32*)params,
                                        (const float*)operands[0], (const float*)operands[1],
                                        (const float*)operands[2], (float*)operands[3]);
    } else if (variant == 2) {
        whittle_fully_connected_int16((const WhittleFullyConnectedInt16*)params,
                                      (const int16_t*)operands[0], (const int8_t*)operands[1],
                                      (const int32_t*)operands[2], (const int32_t*)operands[3],
                                      (const int8_t*)operands[4], (int16_t*)operands[5]);
    } else {
        whittle_fully_connected_int8((const WhittleFullyConnectedInt8*)params,
                                     (const int8_t*)operands[0], (const int8_t*)operands[1],
                                     (const int32_t*)operands[2], (const int32_t*)operands[3],
                                     (const int8_t*)operands[4], (int8_t*)operands[5]);
    }
}

#endif
