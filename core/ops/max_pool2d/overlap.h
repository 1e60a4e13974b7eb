#ifndef WHITTLE_CORE_OPS_MAX_POOL2D_OVERLAP_H_
#define WHITTLE_CORE_OPS_MAX_POOL2D_OVERLAP_H_

/* Each channel is read and written by itself, in the order of the pixels. */

#include "core/runtime/overlap.h"

static inline int64_t whittle_max_pool2d_clearance(uint32_t variant,
                                                   const void* params,
                                                   uint32_t operand) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    if (operand != 0) return WHITTLE_NEVER_OVERLAPS;
    return whittle_window_clearance(w, whittle_element_bytes(variant), 0);
}

#endif
