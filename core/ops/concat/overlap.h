#ifndef WHITTLE_CORE_OPS_CONCAT_OVERLAP_H_
#define WHITTLE_CORE_OPS_CONCAT_OVERLAP_H_

/* The output is written in order; a row of an input moves at once, when all before it is written.
 */

#include "core/ops/concat/kernel.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_concat_clearance(uint32_t variant,
                                               const void* params,
                                               uint32_t operand) {
    const WhittleConcat* p = (const WhittleConcat*)params;
    const int32_t* bytes = &p->bytes0;
    int64_t before = 0;
    int64_t row = 0;
    uint32_t k;
    (void)variant;
    for (k = 0; k < WHITTLE_CONCAT_INPUTS; ++k) {
        if (k < operand) before += bytes[k];
        row += bytes[k];
    }
    /* Operands that are not there are not read. */
    if (operand >= WHITTLE_CONCAT_INPUTS || bytes[operand] == 0 || p->rows == 0) return 0;
    return before + (p->rows - 1) * (row - bytes[operand]);
}

#endif
