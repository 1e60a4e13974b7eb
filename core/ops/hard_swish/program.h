#ifndef WHITTLE_CORE_OPS_HARD_SWISH_PROGRAM_H_
#define WHITTLE_CORE_OPS_HARD_SWISH_PROGRAM_H_

/* Hard swish in a program image. Variant 0: float32, 1: int8. Operands: input, output. */

#include "core/ops/hard_swish/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_hard_swish_check(uint32_t variant,
                                           const void* params,
                                           uint32_t params_bytes,
                                           const WhittleOperandInfo* operands,
                                           uint32_t operand_count) {
    const uint32_t element = variant ? 1 : 4;
    uint32_t count;
    if (operand_count != 2 || variant > 1) return 0;
    if (params_bytes != (variant ? sizeof(WhittleHardSwishInt8) : sizeof(WhittleHardSwishFloat32)))
        return 0;
    count = whittle_checked_product(*(const int32_t*)params, 1);
    if (variant == 1) {
        const WhittleHardSwishInt8* p = (const WhittleHardSwishInt8*)params;
        if (!whittle_zero_point_in_range(p->input_zero_point) ||
            !whittle_zero_point_in_range(p->output_zero_point) || p->output_multiplier < 0 ||
            p->output_multiplier > 32767 || p->gate_multiplier < 0 || p->gate_multiplier > 32767 ||
            p->output_shift < -15 || p->output_shift > 0 || p->gate_shift < -15 ||
            p->gate_shift > 31) {
            return 0;
        }
    }
    return whittle_operand_holds(&operands[0], count, element) &&
           whittle_operand_holds(&operands[1], count, element);
}

static inline void whittle_hard_swish_run(uint32_t variant,
                                          const void* params,
                                          void* const* operands) {
    if (variant == 0) {
        whittle_hard_swish_float32((const WhittleHardSwishFloat32*)params,
                                   (const float*)operands[0], (float*)operands[1]);
    } else {
        whittle_hard_swish_int8((const WhittleHardSwishInt8*)params, (const int8_t*)operands[0],
                                (int8_t*)operands[1]);
    }
}

#endif
