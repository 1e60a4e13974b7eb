#ifndef WHITTLE_CORE_OPS_RELU_PROGRAM_H_
#define WHITTLE_CORE_OPS_RELU_PROGRAM_H_

/* ReLU in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: input, output. */

#include "core/ops/relu/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_relu_check(uint32_t variant,
                                     const void* params,
                                     uint32_t params_bytes,
                                     const WhittleOperandInfo* operands,
                                     uint32_t operand_count) {
    uint32_t count;
    if (operand_count != 2 || variant > 2) return 0;
    if (params_bytes != (variant ? sizeof(WhittleReluInt8) : sizeof(WhittleReluFloat32))) return 0;
    count = whittle_checked_product(*(const int32_t*)params, 1);
    if (variant != 0) {
        const WhittleReluInt8* p = (const WhittleReluInt8*)params;
        if (!whittle_shift_in_range(p->shift) ||
            !whittle_zero_point_in_range(p->input_zero_point)) {
            return 0;
        }
    }
    return whittle_operand_holds(&operands[0], count, variant ? variant : 4) &&
           whittle_operand_holds(&operands[1], count, variant ? variant : 4);
}

static inline void whittle_relu_run(uint32_t variant, const void* params, void* const* operands) {
    if (variant == 0) {
        whittle_relu_float32((const WhittleReluFloat32*)params, (const float*)operands[0],
                             (float*)operands[1]);
    } else if (variant == 2) {
        whittle_relu_int16((const WhittleReluInt16*)params, (const int16_t*)operands[0],
                           (int16_t*)operands[1]);
    } else {
        whittle_relu_int8((const WhittleReluInt8*)params, (const int8_t*)operands[0],
                          (int8_t*)operands[1]);
    }
}

#endif
