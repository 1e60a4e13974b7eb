#ifndef WHITTLE_CORE_OPS_CONV2D_OVERLAP_H_
#define WHITTLE_CORE_OPS_CONV2D_OVERLAP_H_

/* Every output channel reads all of its window, in the order of the pixels; groups are taken for
 * one. */

#include "core/runtime/overlap.h"

static inline int64_t whittle_conv2d_clearance(uint32_t variant,
                                               const void* params,
                                               uint32_t operand) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    if (operand != 0) return WHITTLE_NEVER_OVERLAPS;
    return whittle_window_clearance(w, whittle_element_bytes(variant), w->output_channels - 1);
}

#endif
