#ifndef WHITTLE_CORE_OPS_SVDF_PROGRAM_H_
#define WHITTLE_CORE_OPS_SVDF_PROGRAM_H_

/* SVDF in a program image. Variant 0: float32; 1: int8, memory and time weights too; 2: int8 with
 * memory and time weights of int16. Operands: input, feature weights, time weights, bias, state,
 * output. */

#include "core/ops/svdf/kernel.h"
#include "core/runtime/window_check.h"

static inline int whittle_svdf_numbers_fit(const WhittleSvdf* p) {
    return whittle_zero_point_in_range(p->state_zero_point) &&
           whittle_zero_point_in_range(p->input_zero_point) &&
           whittle_shift_in_range(p->state_shift) && whittle_shift_in_range(p->output_shift);
}

static inline int whittle_svdf_check(uint32_t variant,
                                     const void* params,
                                     uint32_t params_bytes,
                                     const WhittleOperandInfo* operands,
                                     uint32_t operand_count) {
    /* Both parameter structs begin with the sizes. */
    const WhittleSvdfFloat32* s = (const WhittleSvdfFloat32*)params;
    const uint32_t element = variant == 0 ? 4 : 1;          /* of input, features and output */
    const uint32_t remembered = variant == 0 ? 4 : variant; /* of time weights and memory */
    if (variant > 2 || operand_count != 6) return 0;
    if (params_bytes != (variant == 0 ? sizeof(WhittleSvdfFloat32) : sizeof(WhittleSvdf))) return 0;
    if (s->rank < 1 || s->memory < 1) return 0;
    if (variant != 0 && !whittle_svdf_numbers_fit((const WhittleSvdf*)params)) return 0;
    {
        const int32_t input[2] = {s->batches, s->inputs};
        const int32_t features[3] = {s->units, s->rank, s->inputs};
        const int32_t times[3] = {s->units, s->rank, s->memory};
        const int32_t state[4] = {s->batches, s->units, s->rank, s->memory};
        const int32_t output[2] = {s->batches, s->units};
        return whittle_operand_holds(&operands[0], whittle_checked_volume(input, 2), element) &&
               whittle_operand_holds(&operands[1], whittle_checked_volume(features, 3), element) &&
               whittle_operand_holds(&operands[2], whittle_checked_volume(times, 3), remembered) &&
               whittle_operand_holds(&operands[3], whittle_checked_volume(output + 1, 1), 4) &&
               whittle_operand_holds(&operands[4], whittle_checked_volume(state, 4), remembered) &&
               operands[4].constant == NULL &&
               whittle_operand_holds(&operands[5], whittle_checked_volume(output, 2), element);
    }
}

static inline void whittle_svdf_run(uint32_t variant, const void* params, void* const* operands) {
    const WhittleSvdf* p = (const WhittleSvdf*)params;
    const int8_t* input = (const int8_t*)operands[0];
    const int8_t* features = (const int8_t*)operands[1];
    const int32_t* bias = (const int32_t*)operands[3];
    int8_t* output = (int8_t*)operands[5];
    if (variant == 0) {
        whittle_svdf_float32((const WhittleSvdfFloat32*)params, (const float*)operands[0],
                             (const float*)operands[1], (const float*)operands[2],
                             (const float*)operands[3], (float*)operands[4], (float*)operands[5]);
    } else if (variant == 1) {
        whittle_svdf_int8(p, input, features, (const int8_t*)operands[2], bias,
                          (int8_t*)operands[4], output);
    } else {
        whittle_svdf_int16(p, input, features, (const int16_t*)operands[2], bias,
                           (int16_t*)operands[4], output);
    }
}

#endif
