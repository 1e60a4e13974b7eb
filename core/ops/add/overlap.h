#ifndef WHITTLE_CORE_OPS_ADD_OVERLAP_H_
#define WHITTLE_CORE_OPS_ADD_OVERLAP_H_

/* Element by element, where an input has the shape of the output; kernel_halved.h takes no other.
 */

#include "core/runtime/instruction_set.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_add_clearance(uint32_t variant,
                                            const void* params,
                                            uint32_t operand) {
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u) ||
        variant == WHITTLE_VARIANT(WHITTLE_SET_PLAIN, 1u)) {
        return 0;
    }
    return whittle_broadcast_clearance((const WhittleBroadcast*)params, operand);
}

#endif
