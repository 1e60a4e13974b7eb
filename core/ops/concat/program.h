#ifndef WHITTLE_CORE_OPS_CONCAT_PROGRAM_H_
#define WHITTLE_CORE_OPS_CONCAT_PROGRAM_H_

/* Concatenation in a program image. Variant 0, any element type. Operands: eight inputs, of which
 * those that are not there repeat the first one, and the output. */

#include "core/ops/concat/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_concat_check(uint32_t variant,
                                       const void* params,
                                       uint32_t params_bytes,
                                       const WhittleOperandInfo* operands,
                                       uint32_t operand_count) {
    const WhittleConcat* p = (const WhittleConcat*)params;
    const int32_t* bytes = &p->bytes0;
    int64_t row = 0;
    int k;
    if (variant != 0 || operand_count != WHITTLE_CONCAT_INPUTS + 1) return 0;
    if (params_bytes != sizeof(WhittleConcat)) return 0;
    for (k = 0; k < WHITTLE_CONCAT_INPUTS; ++k) {
        if (bytes[k] < 0) return 0;
        row += bytes[k];
        if (!whittle_operand_holds(&operands[k], whittle_checked_product(p->rows, bytes[k]), 1)) {
            return 0;
        }
    }
    if (row > INT32_MAX) return 0;
    return whittle_operand_holds(&operands[WHITTLE_CONCAT_INPUTS],
                                 whittle_checked_product(p->rows, (int32_t)row), 1);
}

static inline void whittle_concat_run(uint32_t variant, const void* params, void* const* operands) {
    (void)variant;
    whittle_concat((const WhittleConcat*)params, operands[0], operands[1], operands[2], operands[3],
                   operands[4], operands[5], operands[6], operands[7], operands[8]);
}

#endif
