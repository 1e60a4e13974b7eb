#ifndef WHITTLE_CORE_OPS_MINIMUM_PROGRAM_H_
#define WHITTLE_CORE_OPS_MINIMUM_PROGRAM_H_

/* Minimum in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: a, b, output. */

#include "core/ops/minimum/kernel.h"
#include "core/runtime/broadcast_check.h"

static inline int whittle_minimum_check(uint32_t variant,
                                        const void* params,
                                        uint32_t params_bytes,
                                        const WhittleOperandInfo* operands,
                                        uint32_t operand_count) {
    if (operand_count != 3 || variant > 2 || params_bytes != sizeof(WhittleMinimum)) return 0;
    return whittle_broadcast_fits((const WhittleBroadcast*)params, operands,
                                  variant == 0 ? 4 : variant);
}

static inline void whittle_minimum_run(uint32_t variant,
                                       const void* params,
                                       void* const* operands) {
    const WhittleMinimum* p = (const WhittleMinimum*)params;
    if (variant == 0) {
        whittle_minimum_float32(p, (const float*)operands[0], (const float*)operands[1],
                                (float*)operands[2]);
    } else if (variant == 1) {
        whittle_minimum_int8(p, (const int8_t*)operands[0], (const int8_t*)operands[1],
                             (int8_t*)operands[2]);
    } else {
        whittle_minimum_int16(p, (const int16_t*)operands[0], (const int16_t*)operands[1],
                              (int16_t*)operands[2]);
    }
}

#endif
