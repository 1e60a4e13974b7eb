#ifndef WHITTLE_CORE_OPS_MUL_PROGRAM_H_
#define WHITTLE_CORE_OPS_MUL_PROGRAM_H_

/* Multiplication in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: a, b, output.
 */

#include "core/ops/mul/kernel.h"
#include "core/runtime/broadcast_check.h"

static inline int whittle_mul_check(uint32_t variant,
                                    const void* params,
                                    uint32_t params_bytes,
                                    const WhittleOperandInfo* operands,
                                    uint32_t operand_count) {
    const uint32_t element = variant == 0 ? 4 : variant;
    if (operand_count != 3 || variant > 2) return 0;
    if (params_bytes != (variant ? sizeof(WhittleMulInt8) : sizeof(WhittleMulFloat32))) return 0;
    if (variant != 0) {
        const WhittleMulInt8* p = (const WhittleMulInt8*)params;
        if (!whittle_zero_point_in_range(p->a_zero_point) ||
            !whittle_zero_point_in_range(p->b_zero_point) || !whittle_shift_in_range(p->shift)) {
            return 0;
        }
    }
    return whittle_broadcast_fits((const WhittleBroadcast*)params, operands, element);
}

static inline void whittle_mul_run(uint32_t variant, const void* params, void* const* operands) {
    if (variant == 0) {
        whittle_mul_float32((const WhittleMulFloat32*)params, (const float*)operands[0],
                            (const float*)operands[1], (float*)operands[2]);
    } else if (variant == 2) {
        whittle_mul_int16((const WhittleMulInt16*)params, (const int16_t*)operands[0],
                          (const int16_t*)operands[1], (int16_t*)operands[2]);
    } else {
        whittle_mul_int8((const WhittleMulInt8*)params, (const int8_t*)operands[0],
                         (const int8_t*)operands[1], (int8_t*)operands[2]);
    }
}

#endif
