#ifndef WHITTLE_CORE_OPS_LEAKY_RELU_KERNEL_H_
#define WHITTLE_CORE_OPS_LEAKY_RELU_KERNEL_H_

/* Leaky ReLU: output = input where that is above 0, else alpha * input. Element-wise: the output
 * may be the input. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"

typedef struct {
    int32_t count; /* elements >= 0 */
    float alpha;
} WhittleLeakyReluFloat32;

static inline void whittle_leaky_relu_float32(const WhittleLeakyReluFloat32* p,
                                              const float* input,
                                              float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        const float value = input[i];
        output[i] = value > 0.0f ? value : value * p->alpha;
    }
}

/* Of int8 and of int16, which has no zero points. A real factor is multiplier * 2^(shift - 31). */
typedef struct {
    int32_t count; /* elements >= 0 */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* input scale / output scale, from 0 on */
    int32_t shift;
    int32_t alpha_multiplier; /* alpha * input scale / output scale, below 0 */
    int32_t alpha_shift;
} WhittleLeakyReluInteger;

/* The result of TFLite's kernel, before it is clamped to the output's type. */
static inline int32_t whittle_leaky_relu_one(const WhittleLeakyReluInteger* p, int32_t value) {
    const int32_t distance = value - p->input_zero_point;
    const int32_t scaled = distance >= 0
                               ? whittle_requantize(distance, p->multiplier, p->shift)
                               : whittle_requantize(distance, p->alpha_multiplier, p->alpha_shift);
    return whittle_wrapping_add(scaled, p->output_zero_point);
}

static inline void whittle_leaky_relu_int8(const WhittleLeakyReluInteger* p,
                                           const int8_t* input,
                                           int8_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        output[i] = (int8_t)whittle_clamp(whittle_leaky_relu_one(p, input[i]), -128, 127);
    }
}

static inline void whittle_leaky_relu_int16(const WhittleLeakyReluInteger* p,
                                            const int16_t* input,
                                            int16_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        output[i] = (int16_t)whittle_clamp(whittle_leaky_relu_one(p, input[i]), -32768, 32767);
    }
}

#endif
