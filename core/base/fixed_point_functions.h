#ifndef WHITTLE_CORE_BASE_FIXED_POINT_FUNCTIONS_H_
#define WHITTLE_CORE_BASE_FIXED_POINT_FUNCTIONS_H_

/* exp, 1/(1+x), logistic and tanh in 32-bit fixed point, with the bits that TFLite's integer kernels
 * produce (the approximations are those of the gemmlowp library). C99 and C++17, freestanding.
 *
 * Qm means m integer bits: the real value is raw / 2^(31 - m). Q0 covers [-1, 1). */

#include "core/base/fixed_point.h"

/* -a modulo 2^32. */
static inline int32_t whittle_fixed_negate(int32_t a) { return (int32_t)(0u - (uint32_t)a); }

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
    static const int32_t factors[7] = {
        1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
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

#endif
