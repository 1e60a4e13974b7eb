#ifndef WHITTLE_CORE_BASE_ARM_DSP_H_
#define WHITTLE_CORE_BASE_ARM_DSP_H_

/* int8 sums of products with the DSP extension of Cortex-M4, M7 and M33, which multiplies pairs of
 * 16 bits. C99 and C++17, freestanding. On other machines the same functions in plain C, so that
 * kernels made of them can be tested anywhere.
 *
 * Four int8 values in a word widen to two words of 16 bits: values 0 and 2 ("even"), and 1 and 3
 * ("odd"). Both factors are split so, and the order of a sum does not matter modulo 2^32. */

#include <stdint.h>
#include <string.h>

#if defined(__ARM_FEATURE_DSP) && defined(__thumb__)

static inline uint32_t whittle_dsp_load(const int8_t* bytes) {
    uint32_t word;
    __builtin_memcpy(&word, bytes, 4);
    return word;
}
static inline void whittle_dsp_store(int8_t* bytes, uint32_t word) {
    __builtin_memcpy(bytes, &word, 4);
}
static inline uint32_t whittle_dsp_even(uint32_t word) {
    uint32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
    return pair;
}
static inline uint32_t whittle_dsp_odd(uint32_t word) {
    uint32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
    return pair;
}
/* Adds values 0 and 2, 1 and 3 to a word of two sums. */
static inline uint32_t whittle_dsp_add_even(uint32_t sums, uint32_t word) {
    __asm__("sxtab16 %0, %0, %1" : "+r"(sums) : "r"(word));
    return sums;
}
static inline uint32_t whittle_dsp_add_odd(uint32_t sums, uint32_t word) {
    __asm__("sxtab16 %0, %0, %1, ror #8" : "+r"(sums) : "r"(word));
    return sums;
}
/* Of every pair of bytes the larger one, the smaller one. */
static inline uint32_t whittle_dsp_largest(uint32_t a, uint32_t b) {
    uint32_t largest;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(largest) : "r"(a), "r"(b) : "cc");
    return largest;
}
static inline uint32_t whittle_dsp_least(uint32_t a, uint32_t b) {
    uint32_t least;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(least) : "r"(a), "r"(b) : "cc");
    return least;
}
static inline int32_t whittle_dsp_multiply_high(int32_t a, int32_t b) {
    int32_t high;
    __asm__("smmulr %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
    return high;
}
static inline int32_t whittle_dsp_saturate(int32_t value) {
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
    return result;
}

/* Four weights of a row with four columns; whittle_dsp_columns returns where the next row begins.
 */
#define WHITTLE_DSP_COLUMNS                                                    \
    "ldr %[w], [%[weights]], #4\n\t"                                           \
    "ldmia %[columns]!, {r8-r11}\n\t"                                          \
    "sxtb16 %[even], %[w]\n\t"                                                 \
    "smlad %[s0], %[even], r8, %[s0]\n\tsmlad %[s1], %[even], r9, %[s1]\n\t"   \
    "smlad %[s2], %[even], r10, %[s2]\n\tsmlad %[s3], %[even], r11, %[s3]\n\t" \
    "ldmia %[columns]!, {r8-r11}\n\t"                                          \
    "sxtb16 %[w], %[w], ror #8\n\t"                                            \
    "smlad %[s0], %[w], r8, %[s0]\n\tsmlad %[s1], %[w], r9, %[s1]\n\t"         \
    "smlad %[s2], %[w], r10, %[s2]\n\tsmlad %[s3], %[w], r11, %[s3]\n\t"

static inline const int8_t* whittle_dsp_columns(const int32_t* columns,
                                                const int8_t* weights,
                                                int32_t eights,
                                                int32_t* s) {
    uint32_t w, even;
    __asm__ volatile("1:\n\t" WHITTLE_DSP_COLUMNS WHITTLE_DSP_COLUMNS
                     "subs %[eights], %[eights], #1\n\tbne 1b"
                     : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]),
                       [columns] "+r"(columns), [weights] "+r"(weights), [eights] "+r"(eights),
                       [w] "=&r"(w), [even] "=&r"(even)
                     :
                     : "r8", "r9", "r10", "r11", "cc", "memory");
    return weights;
}

/* Four inputs with the four weights of a row in register `row`. */
#define WHITTLE_DSP_ROW(s, row)                                   \
    "sxtb16 %[t], " row "\n\tsmlad %[" s "], %[t], %[even], %[" s \
    "]\n\t"                                                       \
    "sxtb16 " row ", " row ", ror #8\n\tsmlad %[" s "], " row ", %[x], %[" s "]\n\t"

static inline void whittle_dsp_rows(const int8_t* input,
                                    const int32_t* weights,
                                    int32_t fours,
                                    int32_t* s) {
    uint32_t x, even, t;
    __asm__ volatile(
        "1:\n\tldr %[x], [%[input]], #4\n\tldmia %[weights]!, {r8-r11}\n\t"
        "sxtb16 %[even], %[x]\n\tsxtb16 %[x], %[x], ror #8\n\t" WHITTLE_DSP_ROW("s0", "r8")
            WHITTLE_DSP_ROW("s1", "r9") WHITTLE_DSP_ROW("s2", "r10")
                WHITTLE_DSP_ROW("s3", "r11") "subs %[fours], %[fours], #1\n\tbne 1b"
        : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]), [input] "+r"(input),
          [weights] "+r"(weights), [fours] "+r"(fours), [x] "=&r"(x), [even] "=&r"(even),
          [t] "=&r"(t)
        :
        : "r8", "r9", "r10", "r11", "cc", "memory");
}

/* Four channels of one tap. */
#define WHITTLE_DSP_TAP                                                                            \
    "ldr %[x], [%[taps]], #4\n\tldrd r8, r9, [%[weights]], #8\n\tldr %[x], [%[x], %[channel]]\n\t" \
    "sxtb16 %[even], %[x]\n\tsxtb16 %[x], %[x], ror #8\n\t"                                        \
    "smlabb %[s0], %[even], r8, %[s0]\n\tsmlabb %[s1], %[x], r9, %[s1]\n\t"                        \
    "smlatt %[s2], %[even], r8, %[s2]\n\tsmlatt %[s3], %[x], r9, %[s3]\n\t"

static inline void whittle_dsp_taps(const int8_t* const* taps,
                                    int32_t channel,
                                    const int32_t* weights,
                                    int32_t threes,
                                    int32_t* s) {
    uint32_t x, even;
    __asm__ volatile(
        "1:\n\t" WHITTLE_DSP_TAP WHITTLE_DSP_TAP WHITTLE_DSP_TAP
        "subs %[threes], %[threes], #1\n\tbne 1b"
        : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]), [taps] "+r"(taps),
          [weights] "+r"(weights), [threes] "+r"(threes), [x] "=&r"(x), [even] "=&r"(even)
        : [channel] "r"(channel)
        : "r8", "r9", "cc", "memory");
}

#else

static inline uint32_t whittle_dsp_load(const int8_t* bytes) {
    uint32_t word;
    memcpy(&word, bytes, 4);
    return word;
}
static inline void whittle_dsp_store(int8_t* bytes, uint32_t word) { memcpy(bytes, &word, 4); }
/* Byte i of a word as a signed number, and half i. */
static inline int32_t whittle_dsp_byte(uint32_t word, int i) {
    return (int32_t)(int8_t)(uint8_t)(word >> (8 * i));
}
static inline int32_t whittle_dsp_half(uint32_t word, int i) {
    return (int32_t)(int16_t)(uint16_t)(word >> (16 * i));
}
static inline uint32_t whittle_dsp_even(uint32_t word) {
    return (uint32_t)(uint16_t)whittle_dsp_byte(word, 0) | (uint32_t)whittle_dsp_byte(word, 2)
                                                               << 16;
}
static inline uint32_t whittle_dsp_odd(uint32_t word) {
    return whittle_dsp_even(word >> 8 | word << 24);
}
static inline uint32_t whittle_dsp_add_pairs(uint32_t a, uint32_t b) {
    return ((a + b) & 0xFFFFu) | ((a & 0xFFFF0000u) + (b & 0xFFFF0000u));
}
static inline uint32_t whittle_dsp_add_even(uint32_t sums, uint32_t word) {
    return whittle_dsp_add_pairs(sums, whittle_dsp_even(word));
}
static inline uint32_t whittle_dsp_add_odd(uint32_t sums, uint32_t word) {
    return whittle_dsp_add_pairs(sums, whittle_dsp_odd(word));
}
static inline uint32_t whittle_dsp_largest(uint32_t a, uint32_t b) {
    uint32_t largest = 0;
    int i;
    for (i = 0; i < 4; ++i) {
        const uint32_t from = whittle_dsp_byte(a, i) >= whittle_dsp_byte(b, i) ? a : b;
        largest |= from & (255u << (8 * i));
    }
    return largest;
}
static inline uint32_t whittle_dsp_least(uint32_t a, uint32_t b) {
    return ~whittle_dsp_largest(~a, ~b);
}
static inline int32_t whittle_dsp_multiply_high(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}
static inline int32_t whittle_dsp_saturate(int32_t value) {
    return value < -128 ? -128 : value > 127 ? 127 : value;
}
static inline void whittle_dsp_multiply_add(uint32_t a, uint32_t b, int32_t* sum) {
    const int32_t low = whittle_dsp_half(a, 0) * whittle_dsp_half(b, 0);
    const int32_t high = whittle_dsp_half(a, 1) * whittle_dsp_half(b, 1);
    *sum = (int32_t)((uint32_t)*sum + (uint32_t)low + (uint32_t)high);
}

static inline const int8_t* whittle_dsp_columns(const int32_t* columns,
                                                const int8_t* weights,
                                                int32_t eights,
                                                int32_t* s) {
    int32_t i, k;
    for (i = 0; i < 2 * eights; ++i) {
        const uint32_t w = whittle_dsp_load(weights + 4 * i);
        for (k = 0; k < 4; ++k) {
            whittle_dsp_multiply_add(whittle_dsp_even(w), (uint32_t)columns[8 * i + k], &s[k]);
            whittle_dsp_multiply_add(whittle_dsp_odd(w), (uint32_t)columns[8 * i + 4 + k], &s[k]);
        }
    }
    return weights + 8 * eights;
}
static inline void whittle_dsp_rows(const int8_t* input,
                                    const int32_t* weights,
                                    int32_t fours,
                                    int32_t* s) {
    int32_t i, k;
    for (i = 0; i < fours; ++i) {
        const uint32_t x = whittle_dsp_load(input + 4 * i);
        for (k = 0; k < 4; ++k) {
            const uint32_t w = (uint32_t)weights[4 * i + k];
            whittle_dsp_multiply_add(whittle_dsp_even(w), whittle_dsp_even(x), &s[k]);
            whittle_dsp_multiply_add(whittle_dsp_odd(w), whittle_dsp_odd(x), &s[k]);
        }
    }
}
static inline void whittle_dsp_taps(const int8_t* const* taps,
                                    int32_t channel,
                                    const int32_t* weights,
                                    int32_t threes,
                                    int32_t* s) {
    int32_t i, k;
    for (i = 0; i < 3 * threes; ++i) {
        for (k = 0; k < 4; ++k) {
            const int32_t w = whittle_dsp_half((uint32_t)weights[2 * i + k % 2], k / 2);
            s[k] = (int32_t)((uint32_t)s[k] + (uint32_t)(taps[i][channel + k] * w));
        }
    }
}

#endif

/* How a sum becomes an int8: the multiplier of whittle_requantize, an offset of 2^(right - 1) +
 * output zero point * 2^right, and right = -shift, 1 to 31; three words of a constant. The same
 * bits as whittle_requantize, the zero point and a clamp to int8 give, for sums of less than 2^30.
 */
typedef struct {
    int32_t multiplier;
    int32_t offset;
    int32_t right;
} WhittleDspRequantization;

static inline WhittleDspRequantization whittle_dsp_requantization(const int32_t* words) {
    const WhittleDspRequantization how = {words[0], words[1], words[2]};
    return how;
}

/* Of a sum that is doubled already. */
static inline int32_t whittle_dsp_requantize_doubled(int32_t doubled,
                                                     WhittleDspRequantization how) {
    const int32_t high = whittle_dsp_multiply_high(doubled, how.multiplier);
    const uint32_t rounded = (uint32_t)high + (uint32_t)(high >> 31) + (uint32_t)how.offset;
    return whittle_dsp_saturate((int32_t)rounded >> how.right);
}

static inline int32_t whittle_dsp_requantize(int32_t sum, WhittleDspRequantization how) {
    return whittle_dsp_requantize_doubled((int32_t)((uint32_t)sum << 1), how);
}

/* Clamps outputs to less than int8 has. */
static inline void whittle_dsp_clamp(int8_t* values, int32_t count, int32_t low, int32_t high) {
    int32_t i;
    if (low <= -128 && high >= 127) return;
    for (i = 0; i < count; ++i) {
        if (values[i] < low) values[i] = (int8_t)low;
        if (values[i] > high) values[i] = (int8_t)high;
    }
}

#endif
