#ifndef WHITTLE_CORE_OPS_RESHAPE_PROGRAM_H_
#define WHITTLE_CORE_OPS_RESHAPE_PROGRAM_H_

/* Reshape in a program image. Variant 0, any dtype. Operands: input, output. */

#include "core/ops/reshape/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_reshape_check(uint32_t variant,
                                        const void* params,
                                        uint32_t params_bytes,
                                        const WhittleOperandInfo* operands,
                                        uint32_t operand_count) {
    uint32_t bytes;
    if (operand_count != 2 || variant != 0 || params_bytes != sizeof(WhittleReshape)) return 0;
    bytes = whittle_checked_product(((const WhittleReshape*)params)->bytes, 1);
    return whittle_operand_holds(&operands[0], bytes, 1) &&
           whittle_operand_holds(&operands[1], bytes, 1);
}

static inline void whittle_reshape_run(uint32_t variant,
                                       const void* params,
                                       void* const* operands) {
    (void)variant;
    whittle_reshape((const WhittleReshape*)params, operands[0], operands[1]);
}

#endif
