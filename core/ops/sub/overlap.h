#ifndef WHITTLE_CORE_OPS_SUB_OVERLAP_H_
#define WHITTLE_CORE_OPS_SUB_OVERLAP_H_

/* Element by element, where an input has the shape of the output. */

#include "core/runtime/overlap.h"

static inline int64_t whittle_sub_clearance(uint32_t variant,
                                            const void* params,
                                            uint32_t operand) {
    (void)variant;
    return whittle_broadcast_clearance((const WhittleBroadcast*)params, operand);
}

#endif
