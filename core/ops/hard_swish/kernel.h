#ifndef WHITTLE_CORE_OPS_HARD_SWISH_KERNEL_H_
#define WHITTLE_CORE_OPS_HARD_SWISH_KERNEL_H_

/* Hard swish: output = input * clamp(input + 3, 0, 6) / 6 (Howard et al., "Searching for
 * MobileNetV3", 2019). Element-wise: the output may be the input. Reference kernels, C99 and C++17,
 * freestanding. */

#include "core/base/fixed_point.h"

typedef struct {
    int32_t count; /* elements >= 0 */
} WhittleHardSwishFloat32;

static inline void whittle_hard_swish_float32(const WhittleHardSwishFloat32* p,
                                              const float* input,
                                              float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        float gate = input[i] + 3.0f;
        if (gate <= 0.0f) gate = 0.0f;
        if (gate > 6.0f) gate = 6.0f;
        output[i] = input[i] * gate / 6.0f;
    }
}

/* All factors have 15 bits: multiplier * 2^(shift - 15). The input is computed on in units of
 * input scale / 128. */
typedef struct {
    int32_t count; /* elements >= 0 */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t output_multiplier; /* input scale / 128 / output scale */
    int32_t output_shift;      /* -15 ... 0 */
    int32_t gate_multiplier;   /* input scale / 128, in units of 3 / 2^15 */
    int32_t gate_shift;        /* -15 ... 31 */
} WhittleHardSwishInt8;

static inline int32_t whittle_saturate_to_int16(int64_t value) {
    return value > 32767 ? 32767 : value < -32768 ? -32768 : (int32_t)value;
}

/* a * b / 2^15 of int16 numbers, rounded to nearest, ties towards plus infinity. */
static inline int32_t whittle_multiply_high_int16(int32_t a, int32_t b) {
    return whittle_saturate_to_int16(((int64_t)a * b + (1 << 14)) >> 15);
}

/* The gate's input x / 3 in units of 2^-15, saturated: all but the last place of a left shift comes
 * before the multiplication, so that what saturates there does so in the result too. */
static inline int32_t whittle_hard_swish_gate(const WhittleHardSwishInt8* p, int32_t value) {
    const int32_t shift = p->gate_shift;
    if (shift > 0) value = whittle_saturate_to_int16((int64_t)value * ((int64_t)1 << (shift - 1)));
    value = whittle_multiply_high_int16(value, p->gate_multiplier);
    if (shift > 0) return whittle_saturate_to_int16((int64_t)value * 2);
    return whittle_rounding_shift_right(value, -shift);
}

/* TFLite's bits: 16-bit arithmetic, the product of gate and value rounded towards 0. */
static inline int8_t whittle_hard_swish_one(const WhittleHardSwishInt8* p, int32_t input) {
    const int32_t value = (input - p->input_zero_point) * 128;
    const int32_t scaled = whittle_multiply_high_int16(value, p->output_multiplier);
    const int32_t gate = (whittle_hard_swish_gate(p, value) + 32768) >> 1;
    const int32_t product = gate * scaled / 32768;
    const int32_t result =
        whittle_rounding_shift_right(product, -p->output_shift) + p->output_zero_point;
    return (int8_t)whittle_clamp((int16_t)(uint16_t)(uint32_t)result, -128, 127);
}

static inline void whittle_hard_swish_int8(const WhittleHardSwishInt8* p,
                                           const int8_t* input,
                                           int8_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) output[i] = whittle_hard_swish_one(p, input[i]);
}

#endif
