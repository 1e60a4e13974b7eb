#ifndef WHITTLE_CORE_OPS_RELU_N1_TO_1_OVERLAP_H_
#define WHITTLE_CORE_OPS_RELU_N1_TO_1_OVERLAP_H_

/* Each element of the output is made from the one in its place. */

#include "core/runtime/overlap.h"

static inline int64_t whittle_relu_n1_to_1_clearance(uint32_t variant,
                                                     const void* params,
                                                     uint32_t operand) {
    (void)variant;
    (void)params;
    (void)operand;
    return 0;
}

#endif
