#ifndef WHITTLE_CORE_OPS_QUANTIZE_KERNEL_H_
#define WHITTLE_CORE_OPS_QUANTIZE_KERNEL_H_

/* Quantize: output = zero_point + round(input / scale), saturated; and requantize, from integers to
 * integers of another scale or type. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"
#include "core/base/integer_element.h"

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

/* The same of every pair of integer types: those that TFLite requantizes. */
typedef struct {
    int32_t count;       /* elements >= 0 */
    int32_t input_type;  /* WHITTLE_ELEMENT_... */
    int32_t output_type; /* WHITTLE_ELEMENT_... */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* input scale / output scale = multiplier * 2^(shift - 31) */
    int32_t shift;
} WhittleQuantizeInteger;

/* The output may lie over the input as overlap.h says. */
static inline void whittle_quantize_integer(const WhittleQuantizeInteger* p,
                                            const void* input,
                                            void* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        const int32_t centered = whittle_wrapping_subtract(
            whittle_element_at(input, p->input_type, i), p->input_zero_point);
        const int32_t scaled = whittle_requantize(centered, p->multiplier, p->shift);
        whittle_set_element(output, p->output_type, i,
                            whittle_wrapping_add(scaled, p->output_zero_point));
    }
}

/* float32 to uint8 or int16. */
typedef struct {
    int32_t count;       /* elements >= 0 */
    int32_t output_type; /* WHITTLE_ELEMENT_UINT8 or ..._INT16 */
    float scale;         /* > 0 */
    int32_t zero_point;
} WhittleQuantizeFloat32Wide;

/* Halves round away from zero. NaN becomes the zero point. */
static inline void whittle_quantize_float32_wide(const WhittleQuantizeFloat32Wide* p,
                                                 const float* input,
                                                 void* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        float steps = input[i] / p->scale;
        int32_t whole = 0;
        /* More than 65536 steps away saturates whatever the zero point is. */
        if (steps > 131072.0f) steps = 131072.0f;
        if (steps < -131072.0f) steps = -131072.0f;
        if (steps == steps) {
            const int32_t truncated = (int32_t)steps;
            const float fraction = steps - (float)truncated;
            whole = truncated + (fraction >= 0.5f ? 1 : fraction <= -0.5f ? -1 : 0);
        }
        whittle_set_element(output, p->output_type, i, whole + p->zero_point);
    }
}

#endif
