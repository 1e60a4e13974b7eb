#ifndef WHITTLE_CORE_OPS_LOGISTIC_KERNEL_H_
#define WHITTLE_CORE_OPS_LOGISTIC_KERNEL_H_

/* Logistic (sigmoid): output = 1 / (1 + exp(-input)). Element-wise: the output may be the input.
 * Reference kernels, C99 and C++17, freestanding. */

#include "core/base/exact_math.h"
#include "core/base/fixed_point_functions.h"
#include "core/base/sigmoid_table.h"

typedef struct {
    int32_t count; /* elements >= 0 */
} WhittleLogisticFloat32;

static inline void whittle_logistic_float32(const WhittleLogisticFloat32* p,
                                            const float* input,
                                            float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) output[i] = whittle_logisticf(input[i]);
}

typedef struct {
    int32_t count; /* elements >= 0 */
    int32_t input_zero_point;
    int32_t multiplier; /* input scale in units of 2^-27 (Q4) = multiplier * 2^(shift - 31) */
    int32_t shift;
    int32_t radius; /* beyond zero point +- radius the result saturates */
} WhittleLogisticInt8;

/* The output has scale 1/256 and zero point -128. */
static inline void whittle_logistic_int8(const WhittleLogisticInt8* p,
                                         const int8_t* input,
                                         int8_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        const int32_t centered = input[i] - p->input_zero_point;
        int32_t value;
        if (centered <= -p->radius) {
            value = -128;
        } else if (centered >= p->radius) {
            value = 127;
        } else {
            const int32_t q4 = whittle_requantize(centered, p->multiplier, p->shift);
            value = whittle_rounding_shift_right(whittle_fixed_logistic_q4(q4), 23) - 128;
        }
        output[i] = (int8_t)whittle_clamp(value, -128, 127);
    }
}

typedef struct {
    int32_t count;      /* elements >= 0 */
    int32_t multiplier; /* input scale = multiplier * 2^-shift / (3 * 2^12) */
    int32_t shift;      /* 0 ... 31 */
} WhittleLogisticInt16;

/* By the table. The input has any scale, the output 2^-15; neither has a zero point. */
static inline void whittle_logistic_int16(const WhittleLogisticInt16* p,
                                          const int16_t* input,
                                          int16_t* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        output[i] =
            whittle_table_logistic(whittle_sigmoid_scaled(input[i], p->multiplier, p->shift));
    }
}

#endif
