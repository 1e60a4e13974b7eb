#ifndef WHITTLE_CORE_OPS_RELU6_PROGRAM_H_
#define WHITTLE_CORE_OPS_RELU6_PROGRAM_H_

/* ReLU6 in a program image: ReLU's records with an upper bound. */

#include "core/ops/relu/program.h"

static inline int whittle_relu6_check(uint32_t variant,
                                      const void* params,
                                      uint32_t params_bytes,
                                      const WhittleOperandInfo* operands,
                                      uint32_t operand_count) {
    return whittle_relu_check(variant, params, params_bytes, operands, operand_count);
}

static inline void whittle_relu6_run(uint32_t variant, const void* params, void* const* operands) {
    whittle_relu_run(variant, params, operands);
}

#endif
