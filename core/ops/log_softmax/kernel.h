#ifndef WHITTLE_CORE_OPS_LOG_SOFTMAX_KERNEL_H_
#define WHITTLE_CORE_OPS_LOG_SOFTMAX_KERNEL_H_

/* Logarithm of softmax over the last dimension: output[n, c] = input[n, c] - log(sum over k of
 * exp(input[n, k])). N rows, C columns. The output may be the input. Reference kernels, C99 and
 * C++17, freestanding. */

#include "core/base/exact_math.h"
#include "core/base/fixed_point_functions.h"

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t columns; /* C >= 1 */
} WhittleLogSoftmaxFloat32;

/* The row's maximum is subtracted first; the sum runs over c upwards. */
static inline void whittle_log_softmax_float32(const WhittleLogSoftmaxFloat32* p,
                                               const float* input,
                                               float* output) {
    int32_t n, c;
    for (n = 0; n < p->rows; ++n) {
        float largest = input[0];
        float sum = 0.0f;
        for (c = 1; c < p->columns; ++c) {
            if (input[c] > largest) largest = input[c];
        }
        for (c = 0; c < p->columns; ++c) sum += whittle_expf(input[c] - largest);
        sum = whittle_logf(sum);
        for (c = 0; c < p->columns; ++c) output[c] = input[c] - largest - sum;
        input += p->columns;
        output += p->columns;
    }
}

typedef struct {
    int32_t rows;       /* N >= 0 */
    int32_t columns;    /* 1 <= C <= WHITTLE_LOG_SOFTMAX_MAX_COLUMNS */
    int32_t multiplier; /* input scale in units of 2^-26 (Q5) = multiplier * 2^(shift - 31) */
    int32_t shift;      /* 0 ... 30 */
    int32_t minimum_difference; /* <= 0: what lies further below the maximum becomes -128 */
    int32_t inverse_multiplier; /* 2^-26 in units of the input scale, likewise */
    int32_t inverse_shift;
} WhittleLogSoftmaxInt8;

/* The sum of C exponentials, each at most 1, is kept in Q12. */
#define WHITTLE_LOG_SOFTMAX_MAX_COLUMNS 4095

/* The logarithm of the row's sum of exponentials, in Q5. */
static inline int32_t whittle_log_softmax_sum(const WhittleLogSoftmaxInt8* p,
                                              const int8_t* input,
                                              int32_t largest) {
    int32_t sum = 0;
    int32_t c;
    for (c = 0; c < p->columns; ++c) {
        const int32_t difference = input[c] - largest;
        int32_t q5;
        if (difference < p->minimum_difference) continue;
        q5 = whittle_requantize(difference, p->multiplier, p->shift);
        sum += whittle_rounding_shift_right(whittle_fixed_exp_negative(q5, 5), 12);
    }
    return whittle_fixed_log_q12(sum);
}

/* The output has scale 1/16 and zero point 127. */
static inline void whittle_log_softmax_int8(const WhittleLogSoftmaxInt8* p,
                                            const int8_t* input,
                                            int8_t* output) {
    int32_t n, c;
    for (n = 0; n < p->rows; ++n) {
        int32_t largest = -128;
        int32_t log_sum, lowest;
        for (c = 0; c < p->columns; ++c) {
            if (input[c] > largest) largest = input[c];
        }
        log_sum = whittle_log_softmax_sum(p, input, largest);
        /* Up to here the difference to log_sum would leave Q5. */
        lowest = whittle_requantize(whittle_wrapping_add(log_sum, INT32_MIN), p->inverse_multiplier,
                                    p->inverse_shift);
        if (lowest < p->minimum_difference - 1) lowest = p->minimum_difference - 1;
        for (c = 0; c < p->columns; ++c) {
            const int32_t difference = input[c] - largest;
            int32_t value = -128;
            if (difference > lowest) {
                const int32_t q5 = whittle_requantize(difference, p->multiplier, p->shift);
                value =
                    whittle_rounding_shift_right(whittle_wrapping_subtract(q5, log_sum), 22) + 127;
            }
            output[c] = (int8_t)whittle_clamp(value, -128, 127);
        }
        input += p->columns;
        output += p->columns;
    }
}

#endif
