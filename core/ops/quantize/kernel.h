#ifndef WHITTLE_CORE_OPS_QUANTIZE_KERNEL_H_
#define WHITTLE_CORE_OPS_QUANTIZE_KERNEL_H_

/* Quantize: output = zero_point + round(input / scale), saturated; and requantize, from int8 to
 * int8 of another scale. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"

typedef struct {
    int32_t count; /* elements >= 0 */
    float scale;   /* > 0 */
    int32_t zero_point;
} WhittleQuantizeFloat32;

/* Halves round away from zero. NaN becomes the zero point. */
static inline void whittle_quantize_float32(const WhittleQuantizeFloat32* p,
                                            const float* input,
                                            int8_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        float steps = input[i] / p->scale;
        int32_t whole = 0;
        /* More than 256 steps away saturates whatever the zero point is. */
        if (steps > 512.0f) steps = 512.0f;
        if (steps < -512.0f) steps = -512.0f;
        if (steps == steps) {
            const int32_t truncated = (int32_t)steps;
            const float fraction = steps - (float)truncated;
            whole = truncated + (fraction >= 0.5f ? 1 : fraction <= -0.5f ? -1 : 0);
        }
        output[i] = (int8_t)whittle_clamp(whole + p->zero_point, -128, 127);
    }
}

typedef struct {
    int32_t count; /* elements >= 0 */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* input scale / output scale = multiplier * 2^(shift - 31) */
    int32_t shift;
} WhittleQuantizeInt8;

/* The output may be the input. */
static inline void whittle_quantize_int8(const WhittleQuantizeInt8* p,
                                         const int8_t* input,
                                         int8_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        const int32_t scaled =
            whittle_requantize(input[i] - p->input_zero_point, p->multiplier, p->shift);
        output[i] =
            (int8_t)whittle_clamp(whittle_wrapping_add(scaled, p->output_zero_point), -128, 127);
    }
}

#endif
