#ifndef WHITTLE_CORE_BASE_PLAIN_H_
#define WHITTLE_CORE_BASE_PLAIN_H_

/* int8 arithmetic for cores without SIMD whose multiplier gives 32 bits (Cortex-M0, RV32). C99 and
 * C++17, freestanding.
 *
 * A product of two int8 has 16 bits, and a sum of 256 of them 24. Of four such sums S0 ... S3 three
 * words hold every bit, and three multiplications bring four products into them. Modulo 2^32:
 *     whole = S0 + 2^8 * S1 + 2^16 * S2 + 2^24 * S3    sums over words of four products' factors
 *     upper = S2 + 2^8 * S3                            over their upper halves
 *     apart = S1 + 2^16 * S3                           over their second and fourth bytes */

#include "core/base/fixed_point.h"

/* Products of a value of 8 bits, signed or not, and an unsigned one whose sum has 24 bits. */
#define WHITTLE_PLAIN_PRODUCTS 256

/* How a sum becomes an int8. */
typedef struct {
    int32_t multiplier; /* >= 0 */
    int32_t offset;     /* 2^(right - 1) + output zero point * 2^right */
    int32_t right;      /* 1 ... 22 */
} WhittlePlainScale;

/* The bits of whittle_requantize with shift -right and the zero point added, for |sum| < 2^29: the
 * product by halves of 16 bits, without a multiplication of 64. */
static inline int32_t whittle_plain_requantize(uint32_t sum, const WhittlePlainScale* to) {
    const int32_t low = (int16_t)(uint16_t)sum;
    const int32_t high = (int32_t)(sum - (uint32_t)low) >> 16;
    const int32_t m_low = to->multiplier & 0xFFFF;
    const int32_t m_high = to->multiplier >> 16;
    const uint32_t middle = (uint32_t)(high * m_low) + (uint32_t)(low * m_high) +
                            (uint32_t)((low * m_low) >> 16) + 0x4000u;
    const int32_t product =
        (int32_t)(2u * (uint32_t)(high * m_high) + (uint32_t)((int32_t)middle >> 15));
    return (int32_t)((uint32_t)product + (uint32_t)(product >> 31) + (uint32_t)to->offset) >>
           to->right;
}

typedef struct {
    uint32_t whole, upper;
    uint32_t third; /* apart, or what it follows from */
} WhittlePlainWords;

/* Adds a product at once: a compiler that first adds products up to each other needs more registers
 * than a Cortex-M0 has. */
#if defined(__GNUC__)
#define WHITTLE_PLAIN_ADD(sum, product) \
    do {                                \
        (sum) += (product);             \
        __asm__("" : "+r"(sum));        \
    } while (0)
#else
#define WHITTLE_PLAIN_ADD(sum, product) ((sum) += (product))
#endif

/* Adds four sums, each 0 ... 2^24 - 1, to what they stand for:
 * first = A0 + 2^8 * A1, second = B0 + 2^8 * B1, apart = A1 + 2^16 * B1, all modulo 2^32. */
static inline void whittle_plain_add_pairs(
    uint32_t first, uint32_t second, uint32_t apart, uint32_t* a, uint32_t* b) {
    const uint32_t a0 = (first - (apart << 8)) << 8 >> 8;
    const uint32_t a1 = (first - a0) >> 8;
    const uint32_t b0 = (second - ((apart - a1) >> 16 << 8)) << 8 >> 8;
    a[0] += a0;
    a[1] += a1;
    b[0] += b0;
    b[1] += (second - b0) >> 8;
}

#endif
