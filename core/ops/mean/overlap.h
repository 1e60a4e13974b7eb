#ifndef WHITTLE_CORE_OPS_MEAN_OVERLAP_H_
#define WHITTLE_CORE_OPS_MEAN_OVERLAP_H_

/* All that an element is the mean of is read before it is written; what later ones are means of
 * begins behind the first of that. */

#include "core/runtime/overlap.h"

static inline int64_t whittle_mean_clearance(uint32_t variant,
                                             const void* params,
                                             uint32_t operand) {
    (void)variant;
    (void)operand;
    /* All parameter structs begin with the walk over the kept elements. */
    return whittle_walk_clearance((const WhittleStridedWalk*)params);
}

#endif
