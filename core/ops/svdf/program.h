#ifndef WHITTLE_CORE_OPS_SVDF_PROGRAM_H_
#define WHITTLE_CORE_OPS_SVDF_PROGRAM_H_

/* SVDF in a program image. Variant 1: memory and time weights of int8, 2: of int16. Operands:
 * input, feature weights, time weights, bias, state, output. */

#include "core/ops/svdf/kernel.h"
#include "core/runtime/window_check.h"

static inline int whittle_svdf_check(uint32_t variant,
                                     const void* params,
                                     uint32_t params_bytes,
                                     const WhittleOperandInfo* operands,
                                     uint32_t operand_count) {
    const WhittleSvdf* p = (const WhittleSvdf*)params;
    if (variant < 1 || variant > 2 || operand_count != 6 || params_bytes != sizeof(WhittleSvdf)) {
        return 0;
    }
    if (p->rank < 1 || p->memory < 1 || !whittle_zero_point_in_range(p->state_zero_point) ||
        !whittle_zero_point_in_range(p->input_zero_point) ||
        !whittle_shift_in_range(p->state_shift) || !whittle_shift_in_range(p->output_shift)) {
        return 0;
    }
    {
        const int32_t input[2] = {p->batches, p->inputs};
        const int32_t features[3] = {p->units, p->rank, p->inputs};
        const int32_t times[3] = {p->units, p->rank, p->memory};
        const int32_t state[4] = {p->batches, p->units, p->rank, p->memory};
        const int32_t output[2] = {p->batches, p->units};
        return whittle_operand_holds(&operands[0], whittle_checked_volume(input, 2), 1) &&
               whittle_operand_holds(&operands[1], whittle_checked_volume(features, 3), 1) &&
               whittle_operand_holds(&operands[2], whittle_checked_volume(times, 3), variant) &&
               whittle_operand_holds(&operands[3], whittle_checked_volume(output + 1, 1), 4) &&
               whittle_operand_holds(&operands[4], whittle_checked_volume(state, 4), variant) &&
               operands[4].constant == NULL &&
               whittle_operand_holds(&operands[5], whittle_checked_volume(output, 2), 1);
    }
}

static inline void whittle_svdf_run(uint32_t variant, const void* params, void* const* operands) {
    const WhittleSvdf* p = (const WhittleSvdf*)params;
    const int8_t* input = (const int8_t*)operands[0];
    const int8_t* features = (const int8_t*)operands[1];
    const int32_t* bias = (const int32_t*)operands[3];
    int8_t* output = (int8_t*)operands[5];
    if (variant == 1) {
        whittle_svdf_int8(p, input, features, (const int8_t*)operands[2], bias,
                          (int8_t*)operands[4], output);
    } else {
        whittle_svdf_int16(p, input, features, (const int16_t*)operands[2], bias,
                           (int16_t*)operands[4], output);
    }
}

#endif
