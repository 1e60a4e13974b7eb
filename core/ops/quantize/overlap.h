#ifndef WHITTLE_CORE_OPS_QUANTIZE_OVERLAP_H_
#define WHITTLE_CORE_OPS_QUANTIZE_OVERLAP_H_

/* Element by element. */

#include "core/ops/quantize/kernel.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_quantize_clearance(uint32_t variant,
                                                 const void* params,
                                                 uint32_t operand) {
    const WhittleQuantizeInteger* p = (const WhittleQuantizeInteger*)params;
    (void)operand;
    /* The other variants never make elements wider. */
    if (variant != 2) return 0;
    return whittle_elementwise_clearance(p->count, whittle_integer_bytes(p->input_type),
                                         whittle_integer_bytes(p->output_type));
}

#endif
