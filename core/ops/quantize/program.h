#ifndef WHITTLE_CORE_OPS_QUANTIZE_PROGRAM_H_
#define WHITTLE_CORE_OPS_QUANTIZE_PROGRAM_H_

/* Quantize in a program image. Variant 0: float32 to int8, 1: int8 to int8, 2: between any two
 * integer types, 3: float32 to uint8 or int16. Operands: input, output. */

#include "core/ops/quantize/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_quantize_check_types(int32_t from, int32_t to) {
    return from >= WHITTLE_ELEMENT_INT8 && from <= WHITTLE_ELEMENT_INT32 &&
           to >= WHITTLE_ELEMENT_INT8 && to <= WHITTLE_ELEMENT_INT32;
}

static inline int whittle_quantize_check_params(uint32_t variant, const void* params) {
    if (variant == 0) {
        const WhittleQuantizeFloat32* p = (const WhittleQuantizeFloat32*)params;
        return p->scale > 0.0f && whittle_zero_point_in_range(p->zero_point);
    }
    if (variant == 1) {
        const WhittleQuantizeInt8* p = (const WhittleQuantizeInt8*)params;
        return whittle_shift_in_range(p->shift) && whittle_zero_point_in_range(p->input_zero_point);
    }
    if (variant == 2) {
        const WhittleQuantizeInteger* p = (const WhittleQuantizeInteger*)params;
        return whittle_shift_in_range(p->shift) &&
               whittle_quantize_check_types(p->input_type, p->output_type);
    }
    {
        const WhittleQuantizeFloat32Wide* p = (const WhittleQuantizeFloat32Wide*)params;
        return p->scale > 0.0f && p->zero_point >= -32768 && p->zero_point <= 32767 &&
               (p->output_type == WHITTLE_ELEMENT_UINT8 || p->output_type == WHITTLE_ELEMENT_INT16);
    }
}

static inline int whittle_quantize_check(uint32_t variant,
                                         const void* params,
                                         uint32_t params_bytes,
                                         const WhittleOperandInfo* operands,
                                         uint32_t operand_count) {
    static const uint32_t sizes[4] = {sizeof(WhittleQuantizeFloat32), sizeof(WhittleQuantizeInt8),
                                      sizeof(WhittleQuantizeInteger),
                                      sizeof(WhittleQuantizeFloat32Wide)};
    uint32_t count, from, to;
    if (operand_count != 2 || variant > 3 || params_bytes != sizes[variant] ||
        !whittle_quantize_check_params(variant, params)) {
        return 0;
    }
    count = whittle_checked_product(*(const int32_t*)params, 1);
    from = variant == 1 ? 1 : 4;
    to = 1;
    if (variant == 2) {
        const WhittleQuantizeInteger* p = (const WhittleQuantizeInteger*)params;
        from = (uint32_t)whittle_integer_bytes(p->input_type);
        to = (uint32_t)whittle_integer_bytes(p->output_type);
    } else if (variant == 3) {
        to = (uint32_t)whittle_integer_bytes(
            ((const WhittleQuantizeFloat32Wide*)params)->output_type);
    }
    return whittle_operand_holds(&operands[0], count, from) &&
           whittle_operand_holds(&operands[1], count, to);
}

static inline void whittle_quantize_run(uint32_t variant,
                                        const void* params,
                                        void* const* operands) {
    if (variant == 0) {
        whittle_quantize_float32((const WhittleQuantizeFloat32*)params, (const float*)operands[0],
                                 (int8_t*)operands[1]);
    } else if (variant == 1) {
        whittle_quantize_int8((const WhittleQuantizeInt8*)params, (const int8_t*)operands[0],
                              (int8_t*)operands[1]);
    } else if (variant == 2) {
        whittle_quantize_integer((const WhittleQuantizeInteger*)params, operands[0], operands[1]);
    } else {
        whittle_quantize_float32_wide((const WhittleQuantizeFloat32Wide*)params,
                                      (const float*)operands[0], operands[1]);
    }
}

#endif
