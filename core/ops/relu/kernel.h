#ifndef WHITTLE_CORE_OPS_RELU_KERNEL_H_
#define WHITTLE_CORE_OPS_RELU_KERNEL_H_

/* ReLU: output = max(0, input); with an upper bound also ReLU6. Element-wise: the output may be the
 * input. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"

typedef struct {
    int32_t count; /* elements >= 0 */
    float maximum; /* 6 for ReLU6, the largest float for ReLU */
} WhittleReluFloat32;

/* NaN stays NaN. Both zeros become +0.0: with "< 0.0f" the sign of -0.0 would depend on whether the
 * compiler chooses a maximum instruction, as Clang does for Wasm. */
static inline void whittle_relu_float32(const WhittleReluFloat32* p,
                                        const float* input,
                                        float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        float value = input[i];
        if (value <= 0.0f) value = 0.0f;
        if (value > p->maximum) value = p->maximum;
        output[i] = value;
    }
}

typedef struct {
    int32_t count; /* elements >= 0 */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* input scale / output scale = multiplier * 2^(shift - 31) */
    int32_t shift;
    int32_t minimum; /* quantized 0, or the lower bound */
    int32_t maximum; /* 127 of int8, or the quantized upper bound */
} WhittleReluInt8;

static inline void whittle_relu_int8(const WhittleReluInt8* p,
                                     const int8_t* input,
                                     int8_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        const int32_t scaled =
            whittle_requantize(input[i] - p->input_zero_point, p->multiplier, p->shift);
        const int32_t value = whittle_wrapping_add(scaled, p->output_zero_point);
        output[i] = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
    }
}

typedef WhittleReluInt8 WhittleReluInt16;

static inline void whittle_relu_int16(const WhittleReluInt16* p,
                                      const int16_t* input,
                                      int16_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        const int32_t scaled =
            whittle_requantize(input[i] - p->input_zero_point, p->multiplier, p->shift);
        const int32_t value = whittle_wrapping_add(scaled, p->output_zero_point);
        output[i] = (int16_t)whittle_clamp(value, p->minimum, p->maximum);
    }
}

#endif
