#ifndef WHITTLE_CORE_OPS_STRIDED_SLICE_KERNEL_H_
#define WHITTLE_CORE_OPS_STRIDED_SLICE_KERNEL_H_

/* Strided slice: every s-th element of a box of the input, forwards or backwards. The walk has the
 * output's sizes and strides of any sign, and begins at `first`. Any element type. Reference
 * kernel, C99 and C++17, freestanding. */

#include "core/base/strided_walk.h"

typedef struct {
    WhittleStridedWalk walk;
    int32_t first;         /* index of the input's first element that is copied */
    int32_t element_bytes; /* 1, 2, 4 or 8 */
} WhittleStridedSlice;

/* The output may be the input, as overlap.h says. */
static inline void whittle_strided_slice(const WhittleStridedSlice* p,
                                         const void* input,
                                         void* output) {
    whittle_walk_copy(&p->walk, p->first, p->element_bytes, input, output);
}

#endif
