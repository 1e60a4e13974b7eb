#ifndef WHITTLE_CORE_OPS_SLICE_OVERLAP_H_
#define WHITTLE_CORE_OPS_SLICE_OVERLAP_H_

/* The elements are copied in order, and none stands before its place. */

#include "core/runtime/overlap.h"

static inline int64_t whittle_slice_clearance(uint32_t variant,
                                              const void* params,
                                              uint32_t operand) {
    (void)variant;
    (void)operand;
    return whittle_walk_clearance((const WhittleStridedWalk*)params);
}

#endif
