#ifndef WHITTLE_CORE_OPS_RSQRT_KERNEL_H_
#define WHITTLE_CORE_OPS_RSQRT_KERNEL_H_

/* Reciprocal square root: output = 1 / sqrt(input), infinity for 0 and NaN below. Element-wise: the
 * output may be the input. Reference kernel, C99 and C++17, freestanding. */

#include "core/base/exact_math.h"

typedef struct {
    int32_t count; /* elements >= 0 */
} WhittleRsqrtFloat32;

static inline void whittle_rsqrt_float32(const WhittleRsqrtFloat32* p,
                                         const float* input,
                                         float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) output[i] = 1.0f / whittle_sqrtf(input[i]);
}

#endif
