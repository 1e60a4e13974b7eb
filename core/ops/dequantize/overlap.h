#ifndef WHITTLE_CORE_OPS_DEQUANTIZE_OVERLAP_H_
#define WHITTLE_CORE_OPS_DEQUANTIZE_OVERLAP_H_

/* Element by element, from one or two bytes to four. */

#include "core/ops/dequantize/kernel.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_dequantize_clearance(uint32_t variant,
                                                   const void* params,
                                                   uint32_t operand) {
    /* The first fields of both parameter structs are the same. */
    const WhittleDequantizeInt8* p = (const WhittleDequantizeInt8*)params;
    (void)operand;
    return whittle_elementwise_clearance(
        p->count,
        variant == 2 ? whittle_integer_bytes(((const WhittleDequantizeInteger*)params)->input_type)
                     : 1,
        4);
}

#endif
