#ifndef WHITTLE_CORE_OPS_SOFTMAX_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_SOFTMAX_KERNEL_HELIUM_H_

/* int8 softmax for Helium, four columns at once. Elsewhere the reference, so that what calls it can
 * be tested anywhere. */

#include "core/ops/softmax/kernel.h"

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* whittle_fixed_exp_near_zero; what is shifted right with rounding is never negative. */
static inline int32x4_t whittle_softmax_helium_near_zero(int32x4_t a) {
    const int32_t exp_minus_eighth = 1895147668;
    const int32_t one_third = 715827883;
    const int32x4_t x = vaddq_n_s32(a, (int32_t)1 << 28);
    const int32x4_t x2 = vqrdmulhq_s32(x, x);
    const int32x4_t x3 = vqrdmulhq_s32(x2, x);
    const int32x4_t x4 = vqrdmulhq_s32(x2, x2);
    const int32x4_t cubic = vqrdmulhq_n_s32(vaddq_s32(vrshrq_n_s32(x4, 2), x3), one_third);
    const int32x4_t slope = vaddq_s32(x, vrshrq_n_s32(vaddq_s32(cubic, x2), 1));
    return vaddq_n_s32(vqrdmulhq_n_s32(slope, exp_minus_eighth), exp_minus_eighth);
}

/* whittle_softmax_exp of four differences. */
static inline int32x4_t whittle_softmax_helium_exp(const WhittleSoftmaxInt8* p,
                                                   int32x4_t difference) {
    /* exp(-2^k) for k = -2 ... 4 in Q0 */
    static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308,
                                       39332535,   720401,     242};
    const int32_t quarter = (int32_t)1 << 24;
    const int32x4_t a = vqrdmulhq_n_s32(vshlq_r_s32(difference, p->shift), p->multiplier);
    const int32x4_t within = vsubq_n_s32(vandq_s32(a, vdupq_n_s32(quarter - 1)), quarter);
    const int32x4_t remainder = vsubq_s32(within, a);
    int32x4_t result = whittle_softmax_helium_near_zero(vshlq_n_s32(within, 5));
    int32_t k;
    for (k = 0; k < 7; ++k) {
        const int32x4_t bit_as_sign = vshlq_r_s32(remainder, 7 - k);
        const int32x4_t product = vqrdmulhq_n_s32(result, factors[k]);
        result = vpselq_s32(product, result, vcmpltq_n_s32(bit_as_sign, 0));
    }
    return vpselq_s32(vdupq_n_s32(INT32_MAX), result, vcmpeqq_n_s32(a, 0));
}

static inline int32_t whittle_softmax_helium_largest(const int8_t* input, int32_t columns) {
    int8_t largest = -128;
    for (; columns > 0; columns -= 16, input += 16) {
        const mve_pred16_t lanes = vctp8q((uint32_t)columns);
        largest = vmaxvq_p_s8(largest, vldrbq_z_s8(input, lanes), lanes);
    }
    return largest;
}

/* One row. */
static inline void whittle_softmax_helium_row(const WhittleSoftmaxInt8* p,
                                              const int8_t* input,
                                              int8_t* output) {
    const int32_t largest = whittle_softmax_helium_largest(input, p->columns);
    int32_t sum = 0;
    int32_t zeros, reciprocal, c;
    for (c = 0; c < p->columns; c += 4) {
        const mve_pred16_t lanes = vctp32q((uint32_t)(p->columns - c));
        const int32x4_t difference = vsubq_n_s32(vldrbq_z_s32(input + c, lanes), largest);
        const mve_pred16_t counts = vcmpgeq_m_n_s32(difference, p->minimum_difference, lanes);
        const int32x4_t share = vrshrq_n_s32(whittle_softmax_helium_exp(p, difference), 12);
        sum = vaddvaq_p_s32(sum, share, counts);
    }
    zeros = whittle_leading_zeros((uint32_t)sum);
    reciprocal = whittle_fixed_one_over_one_plus((int32_t)(((uint32_t)sum << zeros) - 0x80000000u));
    for (c = 0; c < p->columns; c += 4) {
        const mve_pred16_t lanes = vctp32q((uint32_t)(p->columns - c));
        const int32x4_t difference = vsubq_n_s32(vldrbq_z_s32(input + c, lanes), largest);
        const mve_pred16_t counts = vcmpgeq_n_s32(difference, p->minimum_difference);
        const int32x4_t lowest = vdupq_n_s32(-128);
        int32x4_t share = vqrdmulhq_n_s32(whittle_softmax_helium_exp(p, difference), reciprocal);
        share = vaddq_m_n_s32(lowest, vrshlq_n_s32(share, zeros - 35), -128, counts);
        vstrbq_p_s32(output + c, vminq_s32(share, vdupq_n_s32(127)), lanes);
    }
}

#else

static inline void whittle_softmax_helium_row(const WhittleSoftmaxInt8* p,
                                              const int8_t* input,
                                              int8_t* output) {
    WhittleSoftmaxInt8 row = *p;
    row.rows = 1;
    whittle_softmax_int8(&row, input, output);
}

#endif

/* As whittle_softmax_int8; four columns are read once more right before they are written. */
static inline void whittle_softmax_int8_helium(const WhittleSoftmaxInt8* p,
                                               const int8_t* input,
                                               int8_t* output) {
    int32_t n;
    for (n = 0; n < p->rows; ++n, input += p->columns, output += p->columns) {
        whittle_softmax_helium_row(p, input, output);
    }
}

#endif
