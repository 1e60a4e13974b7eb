#ifndef WHITTLE_CORE_BASE_FIXED_POINT_H_
#define WHITTLE_CORE_BASE_FIXED_POINT_H_

/* Integer arithmetic of quantized kernels, with TFLite's double rounding. C99 and C++17,
 * freestanding. Nothing here overflows: where the definition leaves int32, it wraps. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline int32_t whittle_clamp(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

static inline int32_t whittle_wrapping_add(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t whittle_wrapping_subtract(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a - (uint32_t)b);
}

/* value * 2^shift modulo 2^32, 0 <= shift < 32. */
static inline int32_t whittle_wrapping_shift_left(int32_t value, int32_t shift) {
    return (int32_t)((uint32_t)value << shift);
}

/* a * b / 2^31 rounded to nearest, ties towards plus infinity; saturates the one overflow,
 * INT32_MIN * INT32_MIN. (gemmlowp's SaturatingRoundingDoublingHighMul.) */
static inline int32_t whittle_multiply_high(int32_t a, int32_t b) {
    if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* value / 2^exponent rounded to nearest, ties away from zero; 0 <= exponent <= 31.
 * (gemmlowp's RoundingDivideByPOT.) */
static inline int32_t whittle_rounding_shift_right(int32_t value, int32_t exponent) {
    const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
    const int32_t remainder = value & mask;
    const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
    return (value >> exponent) + (remainder > threshold ? 1 : 0);
}

/* value * multiplier * 2^(shift - 31), rounded twice: after the multiplication and after the shift
 * (TFLite's MultiplyByQuantizedMultiplier without single rounding). -31 <= shift <= 30. */
static inline int32_t whittle_requantize(int32_t value, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    return whittle_rounding_shift_right(
        whittle_multiply_high(whittle_wrapping_shift_left(value, left), multiplier), right);
}

static inline int64_t whittle_wrapping_add64(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* value * multiplier * 2^(shift - 31) for sums of 64 bits, with the multiplier reduced to 15 bits
 * and one rounding (TFLite's MultiplyByQuantizedMultiplier of an int64_t). Exact for
 * |value| < 2^47; beyond that modulo 2^64. 0 <= multiplier, -31 <= shift <= 7. */
static inline int32_t whittle_requantize_int64(int64_t value, int32_t multiplier, int32_t shift) {
    const int32_t reduced = multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
    const int32_t right = 15 - shift;
    const uint64_t rounding = (uint64_t)1 << (right - 1);
    const uint64_t product = (uint64_t)value * (uint64_t)(uint32_t)reduced;
    return (int32_t)(uint32_t)(uint64_t)((int64_t)(product + rounding) >> right);
}

/* Element i of numbers of 64 bits that stand as pairs of int32, the low half first: constants of
 * program images are aligned to 4 bytes. */
static inline int64_t whittle_int64_at(const int32_t* halves, int32_t i) {
    const uint64_t low = (uint32_t)halves[2 * i];
    const uint64_t high = (uint32_t)halves[2 * i + 1];
    return (int64_t)(high << 32 | low);
}

#endif
