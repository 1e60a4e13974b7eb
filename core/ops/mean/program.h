#ifndef WHITTLE_CORE_OPS_MEAN_PROGRAM_H_
#define WHITTLE_CORE_OPS_MEAN_PROGRAM_H_

/* Mean in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: input, output. */

#include "core/ops/mean/kernel.h"
#include "core/runtime/walk_check.h"

static inline int whittle_mean_check(uint32_t variant,
                                     const void* params,
                                     uint32_t params_bytes,
                                     const WhittleOperandInfo* operands,
                                     uint32_t operand_count) {
    const WhittleMeanInteger* p = (const WhittleMeanInteger*)params;
    const uint32_t element = variant == 0 ? 4 : variant;
    uint32_t kept, reduced;
    if (variant > 2 || operand_count != 2) return 0;
    if (params_bytes != (variant == 0 ? sizeof(WhittleMeanFloat32) : sizeof(WhittleMeanInteger))) {
        return 0;
    }
    kept = whittle_walk_extent(&p->kept, 0);
    reduced = whittle_walk_extent(&p->reduced, 0);
    if (kept == 0xFFFFFFFFu || reduced == 0xFFFFFFFFu ||
        (variant != 0 && (!whittle_shift_in_range(p->shift) || p->input_zero_point < -32768 ||
                          p->input_zero_point > 32767))) {
        return 0;
    }
    /* The highest index is the sum of both walks' highest. */
    if (kept != 0 && reduced != 0 &&
        ((uint64_t)kept + reduced - 1u > 0x7FFFFFFFu ||
         !whittle_operand_holds(&operands[0], kept + reduced - 1u, element))) {
        return 0;
    }
    return whittle_operand_holds(&operands[1], whittle_walk_volume(&p->kept), element);
}

static inline void whittle_mean_run(uint32_t variant, const void* params, void* const* operands) {
    if (variant == 0) {
        whittle_mean_float32((const WhittleMeanFloat32*)params, (const float*)operands[0],
                             (float*)operands[1]);
    } else if (variant == 1) {
        whittle_mean_int8((const WhittleMeanInteger*)params, (const int8_t*)operands[0],
                          (int8_t*)operands[1]);
    } else {
        whittle_mean_int16((const WhittleMeanInteger*)params, (const int16_t*)operands[0],
                           (int16_t*)operands[1]);
    }
}

#endif
