#ifndef WHITTLE_CORE_OPS_PAD_V2_PROGRAM_H_
#define WHITTLE_CORE_OPS_PAD_V2_PROGRAM_H_

/* Padding with a value of the model's in a program image: pad's records. */

#include "core/ops/pad/program.h"

static inline int whittle_pad_v2_check(uint32_t variant,
                                       const void* params,
                                       uint32_t params_bytes,
                                       const WhittleOperandInfo* operands,
                                       uint32_t operand_count) {
    return whittle_pad_check(variant, params, params_bytes, operands, operand_count);
}

static inline void whittle_pad_v2_run(uint32_t variant, const void* params, void* const* operands) {
    whittle_pad_run(variant, params, operands);
}

#endif
