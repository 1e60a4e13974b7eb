#ifndef WHITTLE_CORE_OPS_DEQUANTIZE_PROGRAM_H_
#define WHITTLE_CORE_OPS_DEQUANTIZE_PROGRAM_H_

/* Dequantize in a program image. Variant 1: int8 to float32, 2: uint8 or int16 to float32.
 * Operands: input, output. */

#include "core/ops/dequantize/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_dequantize_check(uint32_t variant,
                                           const void* params,
                                           uint32_t params_bytes,
                                           const WhittleOperandInfo* operands,
                                           uint32_t operand_count) {
    uint32_t count, element = 1;
    if (operand_count != 2) return 0;
    if (variant == 1) {
        const WhittleDequantizeInt8* p = (const WhittleDequantizeInt8*)params;
        if (params_bytes != sizeof *p || !whittle_zero_point_in_range(p->zero_point)) return 0;
    } else {
        const WhittleDequantizeInteger* p = (const WhittleDequantizeInteger*)params;
        if (variant != 2 || params_bytes != sizeof *p || p->zero_point < -32768 ||
            p->zero_point > 32767) {
            return 0;
        }
        if (p->input_type != WHITTLE_ELEMENT_UINT8 && p->input_type != WHITTLE_ELEMENT_INT16) {
            return 0;
        }
        element = (uint32_t)whittle_integer_bytes(p->input_type);
    }
    count = whittle_checked_product(*(const int32_t*)params, 1);
    return whittle_operand_holds(&operands[0], count, element) &&
           whittle_operand_holds(&operands[1], count, 4);
}

static inline void whittle_dequantize_run(uint32_t variant,
                                          const void* params,
                                          void* const* operands) {
    if (variant == 1) {
        whittle_dequantize_int8((const WhittleDequantizeInt8*)params, (const int8_t*)operands[0],
                                (float*)operands[1]);
    } else {
        whittle_dequantize_integer((const WhittleDequantizeInteger*)params, operands[0],
                                   (float*)operands[1]);
    }
}

#endif
