#ifndef WHITTLE_CORE_OPS_RSQRT_PROGRAM_H_
#define WHITTLE_CORE_OPS_RSQRT_PROGRAM_H_

/* Reciprocal square root in a program image. Variant 0: float32. Operands: input, output. */

#include "core/ops/rsqrt/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_rsqrt_check(uint32_t variant,
                                      const void* params,
                                      uint32_t params_bytes,
                                      const WhittleOperandInfo* operands,
                                      uint32_t operand_count) {
    uint32_t count;
    if (variant != 0 || operand_count != 2 || params_bytes != sizeof(WhittleRsqrtFloat32)) return 0;
    count = whittle_checked_product(*(const int32_t*)params, 1);
    return whittle_operand_holds(&operands[0], count, 4) &&
           whittle_operand_holds(&operands[1], count, 4);
}

static inline void whittle_rsqrt_run(uint32_t variant, const void* params, void* const* operands) {
    (void)variant;
    whittle_rsqrt_float32((const WhittleRsqrtFloat32*)params, (const float*)operands[0],
                          (float*)operands[1]);
}

#endif
