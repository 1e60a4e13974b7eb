#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_OVERLAP_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_OVERLAP_H_

/* Output channel o reads input channel o / M, in the order of the pixels. */

#include "core/runtime/overlap.h"

static inline int64_t whittle_depthwise_conv2d_clearance(uint32_t variant,
                                                         const void* params,
                                                         uint32_t operand) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    if (operand != 0) return WHITTLE_NEVER_OVERLAPS;
    return whittle_window_clearance(w, whittle_element_bytes(variant),
                                    w->output_channels - w->input_channels);
}

#endif
