#ifndef WHITTLE_CORE_BASE_EXACT_MATH_H_
#define WHITTLE_CORE_BASE_EXACT_MATH_H_

/* exp, log, tanh, logistic, sin, cos and sqrt of float32 with the same bits on every target. C99
 * and C++17, freestanding. Only integer operations and IEEE-754 +, -, *, / in a fixed order are
 * used, so compile with -ffp-contract=off and without fast-math.
 *
 * Everything but sqrt is computed in double by a range reduction and a truncated Taylor series
 * whose relative error stays below 2^-38, and rounded to float once. Over the whole float domain
 * the error is at most 0.501 ULP (the best possible is 0.5); sqrt is correctly rounded. Denormal
 * numbers are taken and returned. Every NaN that comes out has the bits 0x7fc00000. */

#include <stdint.h>
#include <string.h>

static inline float whittle_float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t whittle_bits_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double whittle_double_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t whittle_bits_from_double(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float whittle_nan(void) { return whittle_float_from_bits(0x7fc00000u); }
static inline float whittle_infinity(void) { return whittle_float_from_bits(0x7f800000u); }

/* e^x for -200 <= x <= 200: x = k ln 2 + r with |r| <= ln(2)/2, then 2^k times the series of e^r.
 */
static inline double whittle_exp_reduced(double x) {
    const double scaled = x * 1.4426950408889634;
    const int32_t k = (int32_t)(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
    const double r = x - (double)k * 0.69314718055994531;
    double sum = 1.0 / 3628800.0;
    sum = sum * r + 1.0 / 362880.0;
    sum = sum * r + 1.0 / 40320.0;
    sum = sum * r + 1.0 / 5040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    return sum * whittle_double_from_bits((uint64_t)(1023 + k) << 52);
}

/* e^x. exp(-inf) = 0, exp(inf) = inf; overflows above 88.72, is 0 below -103.98. */
static inline float whittle_expf(float x) {
    if (x != x) return whittle_nan();
    if (x > 89.0f) return whittle_infinity();
    if (x < -105.0f) return 0.0f;
    return (float)whittle_exp_reduced((double)x);
}

/* Natural logarithm. log(+-0) = -inf, log(inf) = inf, NaN below 0.
 * x = 2^e m with m in [1/sqrt 2, sqrt 2); log m = 2 artanh(f), f = (m - 1) / (m + 1), |f| < 0.172.
 */
static inline float whittle_logf(float x) {
    if (x == 0.0f) return -whittle_infinity();
    if (!(x > 0.0f)) return whittle_nan();
    if (x == whittle_infinity()) return x;
    const uint64_t bits = whittle_bits_from_double((double)x);
    int32_t e = (int32_t)(bits >> 52) - 1023;
    double m = whittle_double_from_bits((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
    if (m >= 1.4142135623730951) {
        m *= 0.5;
        e += 1;
    }
    const double f = (m - 1.0) / (m + 1.0);
    const double s = f * f;
    double sum = 1.0 / 15.0;
    sum = sum * s + 1.0 / 13.0;
    sum = sum * s + 1.0 / 11.0;
    sum = sum * s + 1.0 / 9.0;
    sum = sum * s + 1.0 / 7.0;
    sum = sum * s + 1.0 / 5.0;
    sum = sum * s + 1.0 / 3.0;
    sum = sum * s + 1.0;
    return (float)((double)e * 0.69314718055994531 + 2.0 * f * sum);
}

/* Hyperbolic tangent: (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x; near 0, where that would
 * cancel, x - x^3/3. */
static inline float whittle_tanhf(float x) {
    if (x != x) return whittle_nan();
    const double magnitude = x < 0.0f ? -(double)x : (double)x;
    if (magnitude < 0.000244140625) {
        return (float)((double)x * (1.0 - magnitude * magnitude * (1.0 / 3.0)));
    }
    if (magnitude > 20.0) return x < 0.0f ? -1.0f : 1.0f;
    const double e = whittle_exp_reduced(-2.0 * magnitude);
    const double result = (1.0 - e) / (1.0 + e);
    return (float)(x < 0.0f ? -result : result);
}

/* 1 / (1 + e^-x), by the exponential that cannot overflow. */
static inline float whittle_logisticf(float x) {
    if (x != x) return whittle_nan();
    if (x > 20.0f) return 1.0f;
    if (x < -105.0f) return 0.0f;
    const double e = whittle_exp_reduced(x < 0.0f ? (double)x : -(double)x);
    return (float)(x < 0.0f ? e / (1.0 + e) : 1.0 / (1.0 + e));
}

/* The finite magnitude |x| >= 0.5 as (quadrant + f) * pi/2 with |f| <= 0.5: returns f * pi/2 and
 * quadrant modulo 4. x is an integer of 24 bits times 2^e, so the 96 bits of 2/pi from the weight
 * 2^(1 - e) downwards decide the result; what they leave off is below 2^-70. */
static inline double whittle_reduce_angle(float magnitude, uint32_t* quadrant) {
    static const uint32_t two_over_pi[8] = {0u,          0xa2f9836eu, 0x4e441529u, 0xfc2757d1u,
                                            0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu};
    const uint32_t bits = whittle_bits_from_float(magnitude);
    const uint32_t mantissa = (bits & 0x7fffffu) | 0x800000u;
    const uint32_t first_bit = (bits >> 23) - 120u; /* 30 + e, with e = exponent field - 150 */
    const uint32_t* word = two_over_pi + first_bit / 32u;
    const uint32_t shift = first_bit % 32u;
    uint32_t window[3];
    for (uint32_t i = 0; i < 3; ++i) {
        const uint64_t pair = (uint64_t)word[i] << 32 | word[i + 1];
        window[i] = (uint32_t)(pair >> (32u - shift));
    }
    const uint64_t low = (uint64_t)mantissa * window[2];
    const uint64_t middle = (uint64_t)mantissa * window[1] + (low >> 32);
    const uint64_t high = (uint64_t)mantissa * window[0] + (middle >> 32);
    const uint64_t turns = high << 32 | (middle & 0xffffffffu); /* in units of 2^-62 */
    const uint64_t nearest = (turns + ((uint64_t)1 << 61)) >> 62;
    const uint64_t difference = turns - (nearest << 62);
    const double fraction = difference >> 63 ? -(double)(0u - difference) : (double)difference;
    *quadrant = (uint32_t)nearest & 3u;
    /* pi/2 * 2^-94 */
    return (fraction * 4294967296.0 + (double)(uint32_t)low) * 7.930494798548879e-29;
}

/* Series of sin r and cos r for |r| <= pi/4. */
static inline double whittle_sin_reduced(double r) {
    const double s = r * r;
    double sum = 1.0 / 6227020800.0;
    sum = sum * s - 1.0 / 39916800.0;
    sum = sum * s + 1.0 / 362880.0;
    sum = sum * s - 1.0 / 5040.0;
    sum = sum * s + 1.0 / 120.0;
    sum = sum * s - 1.0 / 6.0;
    sum = sum * s + 1.0;
    return r * sum;
}

static inline double whittle_cos_reduced(double r) {
    const double s = r * r;
    double sum = 1.0 / 479001600.0;
    sum = sum * s - 1.0 / 3628800.0;
    sum = sum * s + 1.0 / 40320.0;
    sum = sum * s - 1.0 / 720.0;
    sum = sum * s + 1.0 / 24.0;
    sum = sum * s - 0.5;
    return sum * s + 1.0;
}

/* Sine of x radians, exactly reduced however large x is. NaN for infinities. */
static inline float whittle_sinf(float x) {
    const float magnitude = x < 0.0f ? -x : x;
    if (magnitude <= 0.75f) return (float)whittle_sin_reduced((double)x);
    if (!(magnitude < whittle_infinity())) return whittle_nan();
    uint32_t quadrant;
    const double r = whittle_reduce_angle(magnitude, &quadrant);
    const double value = quadrant & 1u ? whittle_cos_reduced(r) : whittle_sin_reduced(r);
    return (float)((quadrant >= 2u) != (x < 0.0f) ? -value : value);
}

/* Cosine of x radians, as whittle_sinf. */
static inline float whittle_cosf(float x) {
    const float magnitude = x < 0.0f ? -x : x;
    if (magnitude <= 0.75f) return (float)whittle_cos_reduced((double)x);
    if (!(magnitude < whittle_infinity())) return whittle_nan();
    uint32_t quadrant;
    const double r = whittle_reduce_angle(magnitude, &quadrant);
    const double value = quadrant & 1u ? whittle_sin_reduced(r) : whittle_cos_reduced(r);
    return (float)(quadrant == 1u || quadrant == 2u ? -value : value);
}

/* Square root of a positive finite x, correctly rounded, one binary digit of the root at a time.
 * The 25th digit is the rounding bit; no square root of a float lies half-way between two. */
static inline float whittle_sqrt_by_digits(float x) {
    const uint32_t bits = whittle_bits_from_float(x);
    int32_t exponent = (int32_t)(bits >> 23) - 150;
    uint64_t rest = bits & 0x7fffffu;
    if (exponent == -150) {
        exponent = -149;
        while (rest < 0x800000u) {
            rest <<= 1;
            exponent -= 1;
        }
    } else {
        rest |= 0x800000u;
    }
    /* x = rest * 2^exponent; make that 50 or 49 bits times an even power of two. */
    const int32_t shift = exponent & 1 ? 25 : 26;
    rest <<= shift;
    exponent = (exponent - shift) / 2;
    uint64_t root = 0;
    for (uint64_t digit = (uint64_t)1 << 24; digit != 0; digit >>= 1) {
        const uint64_t step = ((root << 1) + digit) * digit; /* (root + digit)^2 - root^2 */
        if (step <= rest) {
            rest -= step;
            root += digit;
        }
    }
    const uint32_t rounded =
        (uint32_t)((root + 1u) >> 1); /* 2^23 to 2^24, times 2^(exponent + 1) */
    return whittle_float_from_bits((uint32_t)(exponent + 150) * 0x800000u + rounded);
}

/* Square root, correctly rounded; sqrt(-0) = -0, NaN below 0. By the processor's instruction where
 * it has one that is correctly rounded: the bits are the same. The instruction is written out
 * because compilers turn __builtin_sqrtf into a call of libm. */
static inline float whittle_sqrtf(float x) {
    if (x == 0.0f || x == whittle_infinity()) return x;
    if (!(x > 0.0f)) return whittle_nan();
#if defined(__wasm__)
    return __builtin_sqrtf(x);
#elif defined(__x86_64__)
    float root;
    __asm__("sqrtss %1, %0" : "=x"(root) : "x"(x));
    return root;
#elif defined(__aarch64__)
    float root;
    __asm__("fsqrt %s0, %s1" : "=w"(root) : "w"(x));
    return root;
#elif defined(__ARM_FP) && (__ARM_FP & 4)
    float root;
    __asm__("vsqrt.f32 %0, %1" : "=t"(root) : "t"(x));
    return root;
#else
    return whittle_sqrt_by_digits(x);
#endif
}

#endif
