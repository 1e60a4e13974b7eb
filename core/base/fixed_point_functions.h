#ifndef WHITTLE_CORE_BASE_FIXED_POINT_FUNCTIONS_H_
#define WHITTLE_CORE_BASE_FIXED_POINT_FUNCTIONS_H_

/* exp, log, 1/(1+x), logistic and tanh in 32-bit fixed point, with the bits that TFLite's integer
 * kernels produce (the approximations are those of the gemmlowp library). C99 and C++17,
 * freestanding.
 *
 * Qm means m integer bits: the real value is raw / 2^(31 - m). Q0 covers [-1, 1). */

#include "core/base/fixed_point.h"

/* -a modulo 2^32. */
static inline int32_t whittle_fixed_negate(int32_t a) { return (int32_t)(0u - (uint32_t)a); }

/* Zero bits above the topmost one; 32 of 0. */
static inline int32_t whittle_leading_zeros(uint32_t value) {
    int32_t zeros = 0;
    if (value == 0) return 32;
    while (!(value & 0x80000000u)) {
        value <<= 1;
        ++zeros;
    }
    return zeros;
}

/* value * 2^exponent, saturating; 0 <= exponent < 31. */
static inline int32_t whittle_saturating_shift_left(int32_t value, int32_t exponent) {
    const int32_t threshold = (int32_t)(((uint32_t)1 << (31 - exponent)) - 1u);
    if (value > threshold) return INT32_MAX;
    if (value < -threshold) return INT32_MIN;
    return whittle_wrapping_shift_left(value, exponent);
}

/* exp(a) for a in Q0, -1/4 <= a < 0; result in Q0. Taylor's polynomial of degree 4 around -1/8. */
static inline int32_t whittle_fixed_exp_near_zero(int32_t a) {
    const int32_t exp_minus_eighth = 1895147668;
    const int32_t one_third = 715827883;
    const int32_t x = whittle_wrapping_add(a, (int32_t)1 << 28);
    const int32_t x2 = whittle_multiply_high(x, x);
    const int32_t x3 = whittle_multiply_high(x2, x);
    const int32_t x4 = whittle_multiply_high(x2, x2);
    const int32_t x4_over_4 = whittle_rounding_shift_right(x4, 2);
    const int32_t cubic = whittle_multiply_high(whittle_wrapping_add(x4_over_4, x3), one_third);
    const int32_t tail = whittle_rounding_shift_right(whittle_wrapping_add(cubic, x2), 1);
    const int32_t slope = whittle_wrapping_add(x, tail);
    return whittle_wrapping_add(exp_minus_eighth, whittle_multiply_high(exp_minus_eighth, slope));
}

/* exp(a) for a <= 0 in Q(integer_bits), 1 <= integer_bits <= 5; result in Q0. */
static inline int32_t whittle_fixed_exp_negative(int32_t a, int32_t integer_bits) {
    /* exp(-2^k) for k = -2 ... 4 in Q0 */
    static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308,
                                       39332535,   720401,     242};
    const int32_t fraction_bits = 31 - integer_bits;
    const int32_t quarter = (int32_t)((uint32_t)1 << (fraction_bits - 2));
    const int32_t a_mod_quarter = (a & (quarter - 1)) - quarter;
    const uint32_t remainder = (uint32_t)a_mod_quarter - (uint32_t)a;
    int32_t result =
        whittle_fixed_exp_near_zero(whittle_saturating_shift_left(a_mod_quarter, integer_bits));
    int32_t k;
    if (a == 0) return INT32_MAX;
    for (k = -2; k < integer_bits; ++k) {
        if (remainder & ((uint32_t)1 << (fraction_bits + k))) {
            result = whittle_multiply_high(result, factors[k + 2]);
        }
    }
    return result;
}

/* (a + 1) / 2 for a in Q0, a >= 0: half of the denominator 1 + a, rounded. */
static inline int32_t whittle_fixed_half_of_one_plus(int32_t a) {
    return (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
}

/* 1 / half_denominator in Q2 by three Newton steps from 48/17 - 32/17 d; half_denominator in Q0,
 * 1/2 <= half_denominator <= 1. */
static inline int32_t whittle_fixed_newton_reciprocal(int32_t half_denominator) {
    const int32_t c48_over_17 = 1515870810;
    const int32_t minus_32_over_17 = -1010580540;
    const int32_t one = (int32_t)1 << 29;
    int32_t x = whittle_wrapping_add(c48_over_17,
                                     whittle_multiply_high(half_denominator, minus_32_over_17));
    int32_t step;
    for (step = 0; step < 3; ++step) {
        const int32_t product = whittle_multiply_high(half_denominator, x);
        const int32_t error = whittle_wrapping_add(one, whittle_fixed_negate(product));
        x = whittle_wrapping_add(x,
                                 whittle_saturating_shift_left(whittle_multiply_high(x, error), 2));
    }
    return x;
}

/* 1 / (1 + a) for a in Q0, 0 <= a < 1; result in Q0. */
static inline int32_t whittle_fixed_one_over_one_plus(int32_t a) {
    const int32_t x = whittle_fixed_newton_reciprocal(whittle_fixed_half_of_one_plus(a));
    return whittle_saturating_shift_left(x, 1);
}

/* (1 - a) / (1 + a) for a in Q0, 0 <= a < 1; result in Q0. */
static inline int32_t whittle_fixed_one_minus_over_one_plus(int32_t a) {
    const int32_t x = whittle_fixed_newton_reciprocal(whittle_fixed_half_of_one_plus(a));
    return whittle_saturating_shift_left(whittle_wrapping_add(x, -((int32_t)1 << 29)), 2);
}

/* 1 / (1 + exp(-a)) for a in Q4; result in Q0. */
static inline int32_t whittle_fixed_logistic_q4(int32_t a) {
    const int32_t minus_magnitude = a > 0 ? whittle_fixed_negate(a) : a;
    const int32_t positive =
        whittle_fixed_one_over_one_plus(whittle_fixed_exp_negative(minus_magnitude, 4));
    if (a == 0) return (int32_t)1 << 30;
    return a > 0 ? positive : INT32_MAX - positive;
}

/* tanh(a) for a in Q4; result in Q0. exp(-2 |a|) is the same raw value read in Q5. */
static inline int32_t whittle_fixed_tanh_q4(int32_t a) {
    const int32_t minus_magnitude = a > 0 ? whittle_fixed_negate(a) : a;
    const int32_t positive =
        whittle_fixed_one_minus_over_one_plus(whittle_fixed_exp_negative(minus_magnitude, 5));
    if (a == 0) return 0;
    return a > 0 ? positive : whittle_fixed_negate(positive);
}

/* num / (1 + denominator): the rational function by which log is computed, for r in Q0 near
 * 2^(-1/4): with q = 2 (r - 2^(-1/4)) both in Q0,
 * log(r 2^(1/4)) = (q r + 11/240 2^(1/4) q^3) / (1 + denominator). Result in Q6. */
static inline int32_t whittle_fixed_log_near(int32_t r) {
    const int32_t quarter_root_of_half = 1805811301; /* 2^(-1/4) */
    const int32_t cubic = 117049297;                 /* 11/240 2^(1/4) */
    const int32_t square = 127690142;                /* 1/20 2^(1/4) */
    const int32_t offset = 1057819769;               /* 2 2^(-1/4) - 2^(1/4) */
    const int32_t linear = 638450708;                /* 1/4 2^(1/4) */
    const int64_t sum = (int64_t)r + quarter_root_of_half;
    const int32_t middle = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
    const int32_t q =
        whittle_wrapping_shift_left(whittle_wrapping_subtract(r, quarter_root_of_half), 1);
    const int32_t q2 = whittle_multiply_high(q, q);
    const int32_t numerator = whittle_wrapping_add(
        whittle_multiply_high(q, r), whittle_multiply_high(whittle_multiply_high(q, q2), cubic));
    const int32_t factor =
        whittle_wrapping_add(whittle_wrapping_add(offset, q), whittle_multiply_high(square, q2));
    const int32_t denominator = whittle_wrapping_add(whittle_multiply_high(middle, factor),
                                                     whittle_multiply_high(linear, q));
    return whittle_multiply_high(whittle_rounding_shift_right(numerator, 6),
                                 whittle_fixed_one_over_one_plus(denominator));
}

/* log(x) for x > 0 in Q12, from 1 on; result in Q5. x = 2^k r, with k a whole number plus or minus
 * 1/4: of the two r that lie in [2^(-1/2), 1) and its neighbour, the smaller one is nearer to
 * 2^(-1/4). */
static inline int32_t whittle_fixed_log_q12(int32_t x) {
    const int32_t log_2 = 1488522236;
    const int32_t root_of_half = 1518500250;
    const int32_t quarter = (int32_t)1 << 23; /* 1/4 in Q6 */
    const int32_t zeros_a = whittle_leading_zeros((uint32_t)x);
    const int32_t zeros_b =
        whittle_leading_zeros((uint32_t)whittle_multiply_high(x, root_of_half)) - 1;
    const int32_t r_a = whittle_saturating_shift_left(
        whittle_multiply_high(whittle_saturating_shift_left(x, zeros_a - 1), root_of_half), 1);
    const int32_t r_b = whittle_saturating_shift_left(x, zeros_b);
    const int32_t k_a =
        whittle_wrapping_add(whittle_wrapping_shift_left(12 - zeros_a, 25), quarter);
    const int32_t k_b =
        whittle_wrapping_subtract(whittle_wrapping_shift_left(12 - zeros_b, 25), quarter);
    const int32_t near = whittle_fixed_log_near(r_a < r_b ? r_a : r_b);
    const int32_t whole = whittle_multiply_high(k_a > k_b ? k_a : k_b, log_2);
    return whittle_saturating_shift_left(whittle_wrapping_add(whole, near), 1);
}

#endif
