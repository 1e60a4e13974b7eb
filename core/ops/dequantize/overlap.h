#ifndef WHITTLE_CORE_OPS_DEQUANTIZE_OVERLAP_H_
#define WHITTLE_CORE_OPS_DEQUANTIZE_OVERLAP_H_

/* Element by element, from one byte to four. */

#include "core/ops/dequantize/kernel.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_dequantize_clearance(uint32_t variant,
                                                   const void* params,
                                                   uint32_t operand) {
    const WhittleDequantizeInt8* p = (const WhittleDequantizeInt8*)params;
    (void)variant;
    (void)operand;
    return whittle_elementwise_clearance(p->count, 1, 4);
}

#endif
