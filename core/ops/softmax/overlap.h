#ifndef WHITTLE_CORE_OPS_SOFTMAX_OVERLAP_H_
#define WHITTLE_CORE_OPS_SOFTMAX_OVERLAP_H_

/* A row is read whole before its first element is written; then each element is read once more
 * right before its output is written. From int8 to int16 the elements grow. */

#include "core/ops/softmax/kernel.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_softmax_clearance(uint32_t variant,
                                                const void* params,
                                                uint32_t operand) {
    const WhittleSoftmaxInt8* p = (const WhittleSoftmaxInt8*)params;
    (void)operand;
    if (variant != 3) return 0;
    return whittle_elementwise_clearance(p->rows * p->columns, 1, 2);
}

#endif
