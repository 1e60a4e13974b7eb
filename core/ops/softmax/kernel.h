#ifndef WHITTLE_CORE_OPS_SOFTMAX_KERNEL_H_
#define WHITTLE_CORE_OPS_SOFTMAX_KERNEL_H_

/* Softmax over the last dimension: output[n, c] = exp(beta * input[n, c]) / sum over k of
 * exp(beta * input[n, k]). N rows, C columns. The output may be the input. Reference kernels, C99
 * and C++17, freestanding. */

#include "core/base/exact_math.h"
#include "core/base/fixed_point_functions.h"

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t columns; /* C >= 1 */
    float beta;
} WhittleSoftmaxFloat32;

/* The row's maximum is subtracted first; the sum runs over c upwards. */
static inline void whittle_softmax_float32(const WhittleSoftmaxFloat32* p,
                                           const float* input,
                                           float* output) {
    int32_t n, c;
    for (n = 0; n < p->rows; ++n) {
        float largest = input[0];
        float sum = 0.0f;
        for (c = 1; c < p->columns; ++c) {
            if (input[c] > largest) largest = input[c];
        }
        for (c = 0; c < p->columns; ++c) {
            output[c] = whittle_expf((input[c] - largest) * p->beta);
            sum += output[c];
        }
        for (c = 0; c < p->columns; ++c) output[c] /= sum;
        input += p->columns;
        output += p->columns;
    }
}

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t columns; /* 1 <= C <= WHITTLE_SOFTMAX_MAX_COLUMNS */
    int32_t
        multiplier; /* beta * input scale in units of 2^-26 (Q5) = multiplier * 2^(shift - 31) */
    int32_t shift;  /* 0 ... 31 */
    int32_t minimum_difference; /* <= 0: what lies further below the maximum becomes 0 */
} WhittleSoftmaxInt8;

/* The sum of C exponentials, each at most 1, is kept in Q12. */
#define WHITTLE_SOFTMAX_MAX_COLUMNS 4095

static inline int32_t whittle_softmax_exp(const WhittleSoftmaxInt8* p, int32_t difference) {
    const int32_t q5 =
        whittle_multiply_high(whittle_wrapping_shift_left(difference, p->shift), p->multiplier);
    return whittle_fixed_exp_negative(q5, 5);
}

/* What a row's exponentials are multiplied with: reciprocal * 2^-shift makes of them shares of
 * 2^bits, before rounding. */
typedef struct {
    int32_t largest;
    int32_t reciprocal;
    int32_t shift;
} WhittleSoftmaxRow;

static inline WhittleSoftmaxRow whittle_softmax_row(const WhittleSoftmaxInt8* p,
                                                    const int8_t* input,
                                                    int32_t bits) {
    WhittleSoftmaxRow row = {-128, 0, 0};
    uint32_t sum = 0;
    int32_t zeros, c;
    for (c = 0; c < p->columns; ++c) {
        if (input[c] > row.largest) row.largest = input[c];
    }
    for (c = 0; c < p->columns; ++c) {
        const int32_t difference = input[c] - row.largest;
        if (difference < p->minimum_difference) continue;
        sum += (uint32_t)whittle_rounding_shift_right(whittle_softmax_exp(p, difference), 12);
    }
    zeros = whittle_leading_zeros(sum);
    row.reciprocal = whittle_fixed_one_over_one_plus((int32_t)((sum << zeros) - 0x80000000u));
    row.shift = 43 - zeros - bits; /* from Q0 times the power of two of the sum to 2^-bits */
    return row;
}

/* The output has scale 2^-16 and zero point -32768. */
static inline void whittle_softmax_int8_int16(const WhittleSoftmaxInt8* p,
                                              const int8_t* input,
                                              int16_t* output) {
    int32_t n, c;
    for (n = 0; n < p->rows; ++n) {
        const WhittleSoftmaxRow row = whittle_softmax_row(p, input, 16);
        for (c = 0; c < p->columns; ++c) {
            const int32_t difference = input[c] - row.largest;
            int32_t value = -32768;
            if (difference >= p->minimum_difference) {
                const int32_t share =
                    whittle_multiply_high(row.reciprocal, whittle_softmax_exp(p, difference));
                value += whittle_rounding_shift_right(share, row.shift);
            }
            output[c] = (int16_t)whittle_clamp(value, -32768, 32767);
        }
        input += p->columns;
        output += p->columns;
    }
}

/* The output has scale 1/256 and zero point -128. */
static inline void whittle_softmax_int8(const WhittleSoftmaxInt8* p,
                                        const int8_t* input,
                                        int8_t* output) {
    int32_t n, c;
    for (n = 0; n < p->rows; ++n) {
        int32_t largest = -128;
        uint32_t sum = 0;
        int32_t zeros, shift, reciprocal;
        for (c = 0; c < p->columns; ++c) {
            if (input[c] > largest) largest = input[c];
        }
        for (c = 0; c < p->columns; ++c) {
            const int32_t difference = input[c] - largest;
            if (difference < p->minimum_difference) continue;
            sum += (uint32_t)whittle_rounding_shift_right(whittle_softmax_exp(p, difference), 12);
        }
        zeros = whittle_leading_zeros(sum);
        reciprocal = whittle_fixed_one_over_one_plus((int32_t)((sum << zeros) - 0x80000000u));
        shift = 35 - zeros; /* from Q0 times the power of two of the sum to 1/256 */
        for (c = 0; c < p->columns; ++c) {
            const int32_t difference = input[c] - largest;
            int32_t value = -128;
            if (difference >= p->minimum_difference) {
                const int32_t share =
                    whittle_multiply_high(reciprocal, whittle_softmax_exp(p, difference));
                value = (shift > 31 ? 0 : whittle_rounding_shift_right(share, shift)) - 128;
            }
            output[c] = (int8_t)whittle_clamp(value, -128, 127);
        }
        input += p->columns;
        output += p->columns;
    }
}

typedef struct {
    int32_t rows;       /* N >= 0 */
    int32_t columns;    /* 1 <= C <= WHITTLE_SOFTMAX_MAX_COLUMNS_INT16 */
    int32_t multiplier; /* beta * input scale / (10 / 65535) = multiplier * 2^(shift - 31) */
    int32_t shift;
} WhittleSoftmaxInt16;

/* The sum of C exponentials, each at most 1, is kept in 16 bits before the point. */
#define WHITTLE_SOFTMAX_MAX_COLUMNS_INT16 65535
/* Values at 512 equal steps, and at the end of the last. */
#define WHITTLE_SOFTMAX_TABLE_VALUES 513

/* Linear interpolation in a table over -32768 ... 32767. */
static inline int32_t whittle_softmax_interpolate(const int16_t* table, int32_t at) {
    const int32_t place = (at + 32768) >> 7;
    const int32_t rise = table[place + 1] - table[place];
    return table[place] + ((rise * ((at + 32768) & 127) + 64) >> 7);
}

/* The output has scale 2^-15 and zero point 0. `exponentials`: exp(x) for x from -10 to 0;
 * `reciprocals`: 1 / (1 + x) for x from 0 to 1; both in units of 2^-15, from 0 on, as
 * tables.h makes them. */
static inline void whittle_softmax_int16(const WhittleSoftmaxInt16* p,
                                         const int16_t* input,
                                         const int16_t* exponentials,
                                         const int16_t* reciprocals,
                                         int16_t* output) {
    int32_t n, c;
    for (n = 0; n < p->rows; ++n) {
        int32_t largest = -32768, sum = 0;
        int32_t bits, scaled, reciprocal;
        for (c = 0; c < p->columns; ++c) {
            if (input[c] > largest) largest = input[c];
        }
        for (c = 0; c < p->columns; ++c) {
            const int32_t steps = whittle_requantize(input[c] - largest, p->multiplier, p->shift);
            const int32_t at = whittle_clamp(whittle_wrapping_add(steps, 32767), -32768, 32767);
            output[c] = (int16_t)whittle_softmax_interpolate(exponentials, at);
            sum += output[c];
        }
        /* The sum is 2^bits * (1 + x) with x from 0 on below 1; x in steps of 2^-16. */
        bits = 31 - whittle_leading_zeros((uint32_t)sum);
        scaled = (int32_t)((((int64_t)sum << (30 - bits)) + (1 << 13)) >> 14) - 98304;
        reciprocal = whittle_softmax_interpolate(reciprocals, whittle_clamp(scaled, -32768, 32767));
        for (c = 0; c < p->columns; ++c) {
            const int32_t rounding = (int32_t)1 << (bits - 1);
            const int32_t share = (output[c] * reciprocal + rounding) >> bits;
            output[c] = (int16_t)whittle_clamp(share, 0, 32767);
        }
        input += p->columns;
        output += p->columns;
    }
}

#endif
