#ifndef WHITTLE_CORE_BASE_HELIUM_H_
#define WHITTLE_CORE_BASE_HELIUM_H_

/* int8 sums of products with Helium, the vectors of 128 bits of Cortex-M55. C99 and C++17,
 * freestanding. On other machines the same functions in plain C, so that kernels made of them can
 * be tested anywhere. */

#include <stdint.h>
#include <string.h>

/* Words of a table for four channels: four biases, multipliers of whittle_requantize, offsets of
 * 2^(right - 1) + output zero point * 2^right, and -right. */
#define WHITTLE_HELIUM_TABLE_WORDS 16

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* count >= 1 inputs with four rows of weights, that lie side by side in blocks of 16. Returns where
 * the next four rows begin. */
static inline const int8_t* whittle_helium_rows(const int8_t* x,
                                                const int8_t* w,
                                                int32_t n,
                                                int32_t* s) {
    register int32_t a __asm__("r4") = 0, b __asm__("r6") = 0;
    register int32_t c __asm__("r8") = 0, d __asm__("r10") = 0;
    __asm__ volatile(
        "dlstp.8 lr, %[n]\n1:\n\tvldrb.8 q0, [%[x]], #16\n\tvldrb.8 q1, [%[w]], #16\n\t"
        "vmladava.s8 %[a], q0, q1\n\tvldrb.8 q1, [%[w]], #16\n\tvmladava.s8 %[b], q0, q1\n\t"
        "vldrb.8 q1, [%[w]], #16\n\tvmladava.s8 %[c], q0, q1\n\tvldrb.8 q1, [%[w]], #16\n\t"
        "vmladava.s8 %[d], q0, q1\n\tletp lr, 1b"
        : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [x] "+r"(x), [w] "+r"(w)
        : [n] "r"(n)
        : "lr", "d0", "d1", "d2", "d3", "memory");
    s[0] = a, s[1] = b, s[2] = c, s[3] = d;
    return w;
}

static inline void whittle_helium_copy(int8_t* to, const int8_t* from, int32_t count) {
    __asm__ volatile(
        "wlstp.8 lr, %[n], 2f\n1:\n\tvldrb.8 q0, [%[from]], #16\n\tvstrb.8 q0, [%[to]], #16\n\t"
        "letp lr, 1b\n2:"
        : [from] "+r"(from), [to] "+r"(to)
        : [n] "r"(count)
        : "lr", "d0", "d1", "memory");
}

/* Four sums as int32 outputs, not clamped to int8. */
static inline int32x4_t whittle_helium_requantize(int32x4_t v,
                                                  const int32_t* t,
                                                  int32_t low,
                                                  int32_t high) {
    v = vaddq_s32(v, vldrwq_s32(t));
    v = vqrdmulhq_s32(v, vldrwq_s32(t + 4));
    v = vaddq_s32(v, vshrq_n_s32(v, 31));
    v = vshlq_s32(vaddq_s32(v, vldrwq_s32(t + 8)), vldrwq_s32(t + 12));
    return vminq_s32(vmaxq_s32(v, vdupq_n_s32(low)), vdupq_n_s32(high));
}

/* Writes at most four outputs. */
static inline void whittle_helium_finish(const int32_t* sums,
                                         const int32_t* table,
                                         int32_t low,
                                         int32_t high,
                                         int32_t count,
                                         int8_t* to) {
    const int32x4_t v = whittle_helium_requantize(vldrwq_s32(sums), table, low, high);
    if (count >= 4) {
        vstrbq_s32(to, v);
    } else {
        vstrbq_p_s32(to, v, vctp32q((uint32_t)count));
    }
}

/* All taps of eight channels from `channel` on, and their outputs; two tables, of the even and of
 * the odd channels. */
static inline void whittle_helium_taps(const int8_t* const* taps,
                                       int32_t channel,
                                       const int8_t* w,
                                       int32_t count,
                                       const int32_t* table,
                                       int32_t low,
                                       int32_t high,
                                       int8_t* to) {
    int32x4_t a = vdupq_n_s32(0), b = a;
    for (; count > 0; --count, w += 8) {
        const int16x8_t x = vldrbq_s16(*taps++ + channel), y = vldrbq_s16(w);
        a = vaddq_s32(a, vmullbq_int_s16(x, y));
        b = vaddq_s32(b, vmulltq_int_s16(x, y));
    }
    a = whittle_helium_requantize(a, table, low, high);
    b = whittle_helium_requantize(b, table + WHITTLE_HELIUM_TABLE_WORDS, low, high);
    vstrbq_s16(to, vmovntq_s32(vreinterpretq_s16_s32(a), b));
}

#else

static inline const int8_t* whittle_helium_rows(const int8_t* x,
                                                const int8_t* w,
                                                int32_t n,
                                                int32_t* s) {
    int32_t i, k;
    for (k = 0; k < 4; ++k) {
        uint32_t sum = 0;
        for (i = 0; i < n; ++i) sum += (uint32_t)(x[i] * w[i / 16 * 64 + 16 * k + i % 16]);
        s[k] = (int32_t)sum;
    }
    return w + (n + 15) / 16 * 64;
}

static inline void whittle_helium_copy(int8_t* to, const int8_t* from, int32_t count) {
    memcpy(to, from, (size_t)count);
}

static inline int8_t whittle_helium_one(int32_t sum, const int32_t* t, int32_t low, int32_t high) {
    const int32_t biased = (int32_t)((uint32_t)sum + (uint32_t)t[0]);
    const int32_t scaled = (int32_t)(((int64_t)biased * t[4] + ((int64_t)1 << 30)) >> 31);
    const uint32_t rounded = (uint32_t)scaled + (uint32_t)(scaled >> 31) + (uint32_t)t[8];
    const int32_t value = (int32_t)rounded >> -t[12];
    return (int8_t)(value < low ? low : value > high ? high : value);
}

static inline void whittle_helium_finish(const int32_t* sums,
                                         const int32_t* table,
                                         int32_t low,
                                         int32_t high,
                                         int32_t count,
                                         int8_t* to) {
    int32_t k;
    for (k = 0; k < 4 && k < count; ++k) to[k] = whittle_helium_one(sums[k], table + k, low, high);
}

static inline void whittle_helium_taps(const int8_t* const* taps,
                                       int32_t channel,
                                       const int8_t* w,
                                       int32_t count,
                                       const int32_t* table,
                                       int32_t low,
                                       int32_t high,
                                       int8_t* to) {
    int8_t outputs[8];
    int32_t i, k;
    for (k = 0; k < 8; ++k) {
        int32_t sum = 0;
        for (i = 0; i < count; ++i) sum += taps[i][channel + k] * w[8 * i + k];
        outputs[k] =
            whittle_helium_one(sum, table + k % 2 * WHITTLE_HELIUM_TABLE_WORDS + k / 2, low, high);
    }
    memcpy(to, outputs, 8);
}

#endif
#endif
