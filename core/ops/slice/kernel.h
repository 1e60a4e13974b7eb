#ifndef WHITTLE_CORE_OPS_SLICE_KERNEL_H_
#define WHITTLE_CORE_OPS_SLICE_KERNEL_H_

/* Slice: a box out of the input. The walk has the box's sizes and the input's strides, and begins
 * at `first`. Any element type. Reference kernel, C99 and C++17, freestanding. */

#include "core/base/strided_walk.h"

typedef struct {
    WhittleStridedWalk walk;
    int32_t first;         /* index of the input's first element that is copied */
    int32_t element_bytes; /* 1, 2, 4 or 8 */
} WhittleSlice;

/* The output may be the input, as overlap.h says. */
static inline void whittle_slice(const WhittleSlice* p, const void* input, void* output) {
    whittle_walk_copy(&p->walk, p->first, p->element_bytes, input, output);
}

#endif
