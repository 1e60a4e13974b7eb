#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_OVERLAP_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_OVERLAP_H_

/* The whole row of inputs is read for each output of the row. A single row and its output could
 * share no more than one element: they stay apart. */

#include "core/ops/fully_connected/kernel.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_fully_connected_clearance(uint32_t variant,
                                                        const void* params,
                                                        uint32_t operand) {
    /* All parameter structs begin with rows, inputs, outputs. */
    const int32_t* sizes = (const int32_t*)params;
    if (operand != 0 || sizes[0] < 2) return WHITTLE_NEVER_OVERLAPS;
    return whittle_rows_clearance(sizes[0], sizes[1], sizes[2], whittle_element_bytes(variant));
}

#endif
