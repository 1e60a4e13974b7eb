#ifndef WHITTLE_CORE_OPS_SOFTMAX_PROGRAM_H_
#define WHITTLE_CORE_OPS_SOFTMAX_PROGRAM_H_

/* Softmax in a program image. Variant 0: float32, 1: int8, 2: int16, 3: int8 to int16. Operands:
 * input, output; of int16 input, exponentials, reciprocals, output. */

#include "core/ops/softmax/kernel.h"
#include "core/runtime/instruction_set.h"
#include "core/runtime/program.h"
#if WHITTLE_HAS_HELIUM
#include "core/ops/softmax/kernel_helium.h"
#endif

/* Tables that no sum of theirs makes 0 or negative. */
static inline int whittle_softmax_check_table(const WhittleOperandInfo* operand) {
    const int16_t* values = (const int16_t*)operand->constant;
    int i;
    if (values == NULL || operand->bytes != 2 * WHITTLE_SOFTMAX_TABLE_VALUES) return 0;
    for (i = 0; i < WHITTLE_SOFTMAX_TABLE_VALUES; ++i) {
        if (values[i] < 0) return 0;
    }
    return values[WHITTLE_SOFTMAX_TABLE_VALUES - 2] >= 2 &&
           values[WHITTLE_SOFTMAX_TABLE_VALUES - 1] >= 2;
}

static inline int whittle_softmax_check_params(uint32_t variant, const void* params) {
    /* All parameter structs begin with rows, columns. */
    if (((const int32_t*)params)[1] < 1) return 0;
    if (variant == 1 || variant == 3) {
        const WhittleSoftmaxInt8* p = (const WhittleSoftmaxInt8*)params;
        return p->columns <= WHITTLE_SOFTMAX_MAX_COLUMNS && p->shift >= 0 && p->shift <= 31 &&
               p->multiplier >= 0 && p->minimum_difference <= 0;
    }
    if (variant == 2) {
        const WhittleSoftmaxInt16* p = (const WhittleSoftmaxInt16*)params;
        return p->columns <= WHITTLE_SOFTMAX_MAX_COLUMNS_INT16 && whittle_shift_in_range(p->shift);
    }
    return 1;
}

static inline int whittle_softmax_check(uint32_t variant,
                                        const void* params,
                                        uint32_t params_bytes,
                                        const WhittleOperandInfo* operands,
                                        uint32_t operand_count) {
    static const uint32_t sizes[4] = {sizeof(WhittleSoftmaxFloat32), sizeof(WhittleSoftmaxInt8),
                                      sizeof(WhittleSoftmaxInt16), sizeof(WhittleSoftmaxInt8)};
    static const uint32_t from[4] = {4, 1, 2, 1};
    static const uint32_t to[4] = {4, 1, 2, 2};
    const int32_t* shape = (const int32_t*)params;
    uint32_t count;
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) variant = 1;
#endif
    if (variant > 3 || operand_count != (variant == 2 ? 4u : 2u) ||
        params_bytes != sizes[variant] || !whittle_softmax_check_params(variant, params)) {
        return 0;
    }
    if (variant == 2 && (!whittle_softmax_check_table(&operands[1]) ||
                         !whittle_softmax_check_table(&operands[2]))) {
        return 0;
    }
    count = whittle_checked_product(shape[0], shape[1]);
    return whittle_operand_holds(&operands[0], count, from[variant]) &&
           whittle_operand_holds(&operands[operand_count - 1], count, to[variant]);
}

static inline void whittle_softmax_run(uint32_t variant,
                                       const void* params,
                                       void* const* operands) {
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        whittle_softmax_int8_helium((const WhittleSoftmaxInt8*)params, (const int8_t*)operands[0],
                                    (int8_t*)operands[1]);
        return;
    }
#endif
    if (variant == 0) {
        whittle_softmax_float32((const WhittleSoftmaxFloat32*)params, (const float*)operands[0],
                                (float*)operands[1]);
    } else if (variant == 1) {
        whittle_softmax_int8((const WhittleSoftmaxInt8*)params, (const int8_t*)operands[0],
                             (int8_t*)operands[1]);
    } else if (variant == 2) {
        whittle_softmax_int16((const WhittleSoftmaxInt16*)params, (const int16_t*)operands[0],
                              (const int16_t*)operands[1], (const int16_t*)operands[2],
                              (int16_t*)operands[3]);
    } else {
        whittle_softmax_int8_int16((const WhittleSoftmaxInt8*)params, (const int8_t*)operands[0],
                                   (int16_t*)operands[1]);
    }
}

#endif
