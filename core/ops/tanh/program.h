#ifndef WHITTLE_CORE_OPS_TANH_PROGRAM_H_
#define WHITTLE_CORE_OPS_TANH_PROGRAM_H_

/* Hyperbolic tangent in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: input,
 * output. */

#include "core/ops/tanh/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_tanh_check(uint32_t variant,
                                     const void* params,
                                     uint32_t params_bytes,
                                     const WhittleOperandInfo* operands,
                                     uint32_t operand_count) {
    static const uint32_t sizes[3] = {sizeof(WhittleTanhFloat32), sizeof(WhittleTanhInt8),
                                      sizeof(WhittleTanhInt16)};
    uint32_t count;
    if (operand_count != 2 || variant > 2) return 0;
    if (params_bytes != sizes[variant]) return 0;
    count = whittle_checked_product(*(const int32_t*)params, 1);
    if (variant == 1) {
        const WhittleTanhInt8* p = (const WhittleTanhInt8*)params;
        if (!whittle_shift_in_range(p->shift) ||
            !whittle_zero_point_in_range(p->input_zero_point) || p->radius < 0) {
            return 0;
        }
    }
    if (variant == 2) {
        const WhittleTanhInt16* p = (const WhittleTanhInt16*)params;
        if (!whittle_sigmoid_scaling_fits(p->multiplier, p->shift)) return 0;
    }
    return whittle_operand_holds(&operands[0], count, variant ? variant : 4) &&
           whittle_operand_holds(&operands[1], count, variant ? variant : 4);
}

static inline void whittle_tanh_run(uint32_t variant, const void* params, void* const* operands) {
    if (variant == 0) {
        whittle_tanh_float32((const WhittleTanhFloat32*)params, (const float*)operands[0],
                             (float*)operands[1]);
    } else if (variant == 2) {
        whittle_tanh_int16((const WhittleTanhInt16*)params, (const int16_t*)operands[0],
                           (int16_t*)operands[1]);
    } else {
        whittle_tanh_int8((const WhittleTanhInt8*)params, (const int8_t*)operands[0],
                          (int8_t*)operands[1]);
    }
}

#endif
