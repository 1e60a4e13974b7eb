#ifndef WHITTLE_CORE_OPS_QUANTIZE_PROGRAM_H_
#define WHITTLE_CORE_OPS_QUANTIZE_PROGRAM_H_

/* Quantize in a program image. Variant 0: float32 to int8, 1: int8 to int8. Operands: input,
 * output. */

#include "core/ops/quantize/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_quantize_check(uint32_t variant,
                                         const void* params,
                                         uint32_t params_bytes,
                                         const WhittleOperandInfo* operands,
                                         uint32_t operand_count) {
    uint32_t count;
    if (operand_count != 2 || variant > 1) return 0;
    if (params_bytes != (variant ? sizeof(WhittleQuantizeInt8) : sizeof(WhittleQuantizeFloat32))) {
        return 0;
    }
    count = whittle_checked_product(*(const int32_t*)params, 1);
    if (variant == 1) {
        const WhittleQuantizeInt8* p = (const WhittleQuantizeInt8*)params;
        if (!whittle_shift_in_range(p->shift) ||
            !whittle_zero_point_in_range(p->input_zero_point)) {
            return 0;
        }
    } else {
        const WhittleQuantizeFloat32* p = (const WhittleQuantizeFloat32*)params;
        if (!(p->scale > 0.0f) || !whittle_zero_point_in_range(p->zero_point)) return 0;
    }
    return whittle_operand_holds(&operands[0], count, variant ? 1 : 4) &&
           whittle_operand_holds(&operands[1], count, 1);
}

static inline void whittle_quantize_run(uint32_t variant,
                                        const void* params,
                                        void* const* operands) {
    if (variant == 0) {
        whittle_quantize_float32((const WhittleQuantizeFloat32*)params, (const float*)operands[0],
                                 (int8_t*)operands[1]);
    } else {
        whittle_quantize_int8((const WhittleQuantizeInt8*)params, (const int8_t*)operands[0],
                              (int8_t*)operands[1]);
    }
}

#endif
