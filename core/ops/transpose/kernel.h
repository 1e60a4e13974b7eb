#ifndef WHITTLE_CORE_OPS_TRANSPOSE_KERNEL_H_
#define WHITTLE_CORE_OPS_TRANSPOSE_KERNEL_H_

/* Transposition: the dimensions of the input in another order. The walk has the output's sizes and
 * the input's strides. Any element type. Reference kernel, C99 and C++17, freestanding. */

#include "core/base/strided_walk.h"

typedef struct {
    WhittleStridedWalk walk;
    int32_t first;         /* index of the input's first element that is copied */
    int32_t element_bytes; /* 1, 2, 4 or 8 */
} WhittleTranspose;

/* No aliasing. */
static inline void whittle_transpose(const WhittleTranspose* p, const void* input, void* output) {
    whittle_walk_copy(&p->walk, p->first, p->element_bytes, input, output);
}

#endif
