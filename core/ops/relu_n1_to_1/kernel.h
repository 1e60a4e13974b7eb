#ifndef WHITTLE_CORE_OPS_RELU_N1_TO_1_KERNEL_H_
#define WHITTLE_CORE_OPS_RELU_N1_TO_1_KERNEL_H_

/* output = min(max(-1, input), 1). Integers have ReLU's kernels with these bounds. Element-wise:
 * the output may be the input. Reference kernels, C99 and C++17, freestanding. */

#include "core/ops/relu/kernel.h"

typedef struct {
    int32_t count; /* elements >= 0 */
} WhittleReluN1To1Float32;

/* NaN stays NaN, and zeros keep their sign. */
static inline void whittle_relu_n1_to_1_float32(const WhittleReluN1To1Float32* p,
                                                const float* input,
                                                float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        float value = input[i];
        if (value < -1.0f) value = -1.0f;
        if (value > 1.0f) value = 1.0f;
        output[i] = value;
    }
}

#endif
