#ifndef WHITTLE_CORE_OPS_PAD_V2_OVERLAP_H_
#define WHITTLE_CORE_OPS_PAD_V2_OVERLAP_H_

/* The order of reading and writing is pad's. */

#include "core/ops/pad/overlap.h"

static inline int64_t whittle_pad_v2_clearance(uint32_t variant,
                                               const void* params,
                                               uint32_t operand) {
    return whittle_pad_clearance(variant, params, operand);
}

#endif
