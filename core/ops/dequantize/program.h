#ifndef WHITTLE_CORE_OPS_DEQUANTIZE_PROGRAM_H_
#define WHITTLE_CORE_OPS_DEQUANTIZE_PROGRAM_H_

/* Dequantize in a program image. Variant 1: int8 to float32. Operands: input, output. */

#include "core/ops/dequantize/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_dequantize_check(uint32_t variant,
                                           const void* params,
                                           uint32_t params_bytes,
                                           const WhittleOperandInfo* operands,
                                           uint32_t operand_count) {
    const WhittleDequantizeInt8* p = (const WhittleDequantizeInt8*)params;
    uint32_t count;
    if (operand_count != 2 || variant != 1 || params_bytes != sizeof(WhittleDequantizeInt8)) {
        return 0;
    }
    if (!whittle_zero_point_in_range(p->zero_point)) return 0;
    count = whittle_checked_product(p->count, 1);
    return whittle_operand_holds(&operands[0], count, 1) &&
           whittle_operand_holds(&operands[1], count, 4);
}

static inline void whittle_dequantize_run(uint32_t variant,
                                          const void* params,
                                          void* const* operands) {
    (void)variant;
    whittle_dequantize_int8((const WhittleDequantizeInt8*)params, (const int8_t*)operands[0],
                            (float*)operands[1]);
}

#endif
