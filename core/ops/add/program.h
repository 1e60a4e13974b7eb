#ifndef WHITTLE_CORE_OPS_ADD_PROGRAM_H_
#define WHITTLE_CORE_OPS_ADD_PROGRAM_H_

/* Addition in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: a, b, output. */

#include "core/ops/add/kernel.h"
#include "core/runtime/broadcast_check.h"

static inline int whittle_add_check(uint32_t variant,
                                    const void* params,
                                    uint32_t params_bytes,
                                    const WhittleOperandInfo* operands,
                                    uint32_t operand_count) {
    const uint32_t element = variant == 0 ? 4 : variant;
    if (operand_count != 3 || variant > 2) return 0;
    if (params_bytes != (variant ? sizeof(WhittleAddInt8) : sizeof(WhittleAddFloat32))) return 0;
    if (variant != 0) {
        const WhittleAddInt8* p = (const WhittleAddInt8*)params;
        if (!whittle_zero_point_in_range(p->a_zero_point) ||
            !whittle_zero_point_in_range(p->b_zero_point) || !whittle_shift_in_range(p->a_shift) ||
            !whittle_shift_in_range(p->b_shift) || !whittle_shift_in_range(p->output_shift)) {
            return 0;
        }
    }
    return whittle_broadcast_fits((const WhittleBroadcast*)params, operands, element);
}

static inline void whittle_add_run(uint32_t variant, const void* params, void* const* operands) {
    if (variant == 0) {
        whittle_add_float32((const WhittleAddFloat32*)params, (const float*)operands[0],
                            (const float*)operands[1], (float*)operands[2]);
    } else if (variant == 2) {
        whittle_add_int16((const WhittleAddInt16*)params, (const int16_t*)operands[0],
                          (const int16_t*)operands[1], (int16_t*)operands[2]);
    } else {
        whittle_add_int8((const WhittleAddInt8*)params, (const int8_t*)operands[0],
                         (const int8_t*)operands[1], (int8_t*)operands[2]);
    }
}

#endif
