#ifndef WHITTLE_CORE_OPS_TRANSPOSE_PROGRAM_H_
#define WHITTLE_CORE_OPS_TRANSPOSE_PROGRAM_H_

/* Transpose in a program image. Variant 0, any element type. Operands: input, output. */

#include "core/ops/transpose/kernel.h"
#include "core/runtime/walk_check.h"

static inline int whittle_transpose_check(uint32_t variant,
                                          const void* params,
                                          uint32_t params_bytes,
                                          const WhittleOperandInfo* operands,
                                          uint32_t operand_count) {
    return variant == 0 && whittle_walk_copy_fits(params, params_bytes, operands, operand_count);
}

static inline void whittle_transpose_run(uint32_t variant,
                                         const void* params,
                                         void* const* operands) {
    (void)variant;
    whittle_transpose((const WhittleTranspose*)params, operands[0], operands[1]);
}

#endif
