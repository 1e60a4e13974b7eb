#ifndef WHITTLE_CORE_BASE_HELIUM_H_
#define WHITTLE_CORE_BASE_HELIUM_H_

/* int8 sums of products with Helium, the vectors of 128 bits of Cortex-M55. C99 and C++17,
 * freestanding. On other machines the same functions in plain C, so that kernels made of them can
 * be tested anywhere. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Words of a table for four channels: four biases, multipliers of whittle_requantize, offsets of
 * 2^(right - 1) + output zero point * 2^right, and -right. */
#define WHITTLE_HELIUM_TABLE_WORDS 16

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* `outputs` >= 1 sums of products of `inputs` >= 1 values, as int8: weights [outputs / 4][inputs /
 * 16][4][16], both rounded up, a table for each four outputs. All inputs are read before each four
 * outputs are written. */
static inline void whittle_helium_outputs(const int8_t* x,
                                          int32_t inputs,
                                          const int8_t* weights,
                                          const int32_t* tables,
                                          int32_t low,
                                          int32_t high,
                                          int32_t outputs,
                                          int8_t* to) {
    /* Sums of vectors go to even registers. */
    register int32_t a __asm__("r4"), b __asm__("r6"), c __asm__("r8"), d __asm__("r10");
    const int8_t* at;
    __asm__ volatile(
        "1:\n\tldm %[t]!, {%[a], %[b], %[c], %[d]}\n\tmov %[at], %[x]\n\tdlstp.8 lr, %[n]\n"
        "2:\n\tvldrb.8 q0, [%[at]], #16\n\tvldrb.8 q1, [%[w]], #16\n\t"
        "vmladava.s8 %[a], q0, q1\n\tvldrb.8 q1, [%[w]], #16\n\tvmladava.s8 %[b], q0, q1\n\t"
        "vldrb.8 q1, [%[w]], #16\n\tvmladava.s8 %[c], q0, q1\n\tvldrb.8 q1, [%[w]], #16\n\t"
        "vmladava.s8 %[d], q0, q1\n\tletp lr, 2b\n\t"
        "vmov q0[2], q0[0], %[a], %[c]\n\tvmov q0[3], q0[1], %[b], %[d]\n\t"
        "vldrw.32 q1, [%[t]], #16\n\tvqrdmulh.s32 q0, q0, q1\n\t"
        "vshr.s32 q1, q0, #31\n\tvadd.i32 q0, q0, q1\n\t"
        "vldrw.32 q1, [%[t]], #16\n\tvadd.i32 q0, q0, q1\n\t"
        "vldrw.32 q1, [%[t]], #16\n\tvshl.s32 q0, q0, q1\n\t"
        "vmax.s32 q0, q0, %q[low]\n\tvmin.s32 q0, q0, %q[high]\n\t"
        "vctp.32 %[left]\n\tvpst\n\tvstrbt.32 q0, [%[to]], #4\n\tsubs %[left], #4\n\tbgt 1b"
        : [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d), [at] "=&r"(at), [t] "+r"(tables),
          [w] "+r"(weights), [left] "+r"(outputs), [to] "+l"(to)
        : [x] "r"(x), [n] "r"(inputs), [low] "w"(vdupq_n_s32(low)), [high] "w"(vdupq_n_s32(high))
        : "lr", "cc", "d0", "d1", "d2", "d3", "memory");
}

static inline void whittle_helium_copy(int8_t* to, const int8_t* from, int32_t count) {
    __asm__ volatile(
        "wlstp.8 lr, %[n], 2f\n1:\n\tvldrb.8 q0, [%[from]], #16\n\tvstrb.8 q0, [%[to]], #16\n\t"
        "letp lr, 1b\n2:"
        : [from] "+r"(from), [to] "+r"(to)
        : [n] "r"(count)
        : "lr", "d0", "d1", "memory");
}

/* All taps of `channels` >= 1 channels of a pixel, as int8, 16 channels at once. Tap k of count >=
 * 1 begins `offset` bytes behind taps[k]; weights [channels / 16][count][16], rounded up; four
 * tables for each 16: of channels 0, 4, 8 and 12, of 2, 6, 10 and 14, of 1, 5, 9 and 13, and of 3,
 * 7, 11 and 15. So the products come, two of 16 bits in a lane of 32. The lower one is widened and
 * added; the upper one is all that vqdmlah adds of the lane: it doubles the product with 2^15 and
 * drops the lower 32 bits. All taps are read before each 16 outputs are written. */
static inline void whittle_helium_taps(const int8_t* const* taps,
                                       ptrdiff_t offset,
                                       int32_t channels,
                                       const int8_t* weights,
                                       int32_t count,
                                       const int32_t* tables,
                                       int32_t low,
                                       int32_t high,
                                       int8_t* to) {
    const int8_t* const* tap;
    const int8_t* x;
    __asm__ volatile(
        "1:\n\tvldrw.32 q0, [%[t]]\n\tvldrw.32 q1, [%[t], #64]\n\t"
        "vldrw.32 q2, [%[t], #128]\n\tvldrw.32 q3, [%[t], #192]\n\t"
        "vctp.8 %[n]\n\tmov %[tap], %[taps]\n\tdls lr, %[count]\n\t"
        "cmp %[n], #16\n\tblt 3f\n"
        "2:\n\tldr %[x], [%[tap]], #4\n\tvldrb.8 q5, [%[w]], #16\n\tadd %[x], %[offset]\n\t"
        "vldrb.8 q4, [%[x]]\n\t"
        "vmullb.s8 q6, q4, q5\n\tvmullt.s8 q4, q4, q5\n\tvqdmlah.s32 q1, q6, %[half]\n\t"
        "vmovlb.s16 q6, q6\n\tvadd.i32 q0, q0, q6\n\tvqdmlah.s32 q3, q4, %[half]\n\t"
        "vmovlb.s16 q4, q4\n\tvadd.i32 q2, q2, q4\n\t"
        "le lr, 2b\n\tb 4f\n"
        "3:\n\tldr %[x], [%[tap]], #4\n\tvldrb.8 q5, [%[w]], #16\n\tadd %[x], %[offset]\n\t"
        "vpst\n\tvldrbt.8 q4, [%[x]]\n\t"
        "vmullb.s8 q6, q4, q5\n\tvmullt.s8 q4, q4, q5\n\tvqdmlah.s32 q1, q6, %[half]\n\t"
        "vmovlb.s16 q6, q6\n\tvadd.i32 q0, q0, q6\n\tvqdmlah.s32 q3, q4, %[half]\n\t"
        "vmovlb.s16 q4, q4\n\tvadd.i32 q2, q2, q4\n\t"
        "le lr, 3b\n"
        "4:\n\tmov %[x], #1\n\t"
        "vldrw.32 q4, [%[t], #16]\n\tvqrdmulh.s32 q0, q0, q4\n\tvqdmlah.s32 q0, q0, %[x]\n\t"
        "vldrw.32 q4, [%[t], #32]\n\tvadd.i32 q0, q0, q4\n\tvldrw.32 q4, [%[t], #48]\n\t"
        "vshl.s32 q0, q0, q4\n\tadd %[t], #64\n\t"
        "vldrw.32 q4, [%[t], #16]\n\tvqrdmulh.s32 q1, q1, q4\n\tvqdmlah.s32 q1, q1, %[x]\n\t"
        "vldrw.32 q4, [%[t], #32]\n\tvadd.i32 q1, q1, q4\n\tvldrw.32 q4, [%[t], #48]\n\t"
        "vshl.s32 q1, q1, q4\n\tadd %[t], #64\n\t"
        "vldrw.32 q4, [%[t], #16]\n\tvqrdmulh.s32 q2, q2, q4\n\tvqdmlah.s32 q2, q2, %[x]\n\t"
        "vldrw.32 q4, [%[t], #32]\n\tvadd.i32 q2, q2, q4\n\tvldrw.32 q4, [%[t], #48]\n\t"
        "vshl.s32 q2, q2, q4\n\tadd %[t], #64\n\t"
        "vldrw.32 q4, [%[t], #16]\n\tvqrdmulh.s32 q3, q3, q4\n\tvqdmlah.s32 q3, q3, %[x]\n\t"
        "vldrw.32 q4, [%[t], #32]\n\tvadd.i32 q3, q3, q4\n\tvldrw.32 q4, [%[t], #48]\n\t"
        "vshl.s32 q3, q3, q4\n\tadd %[t], #64\n\t"
        "vqmovnb.s32 q0, q0\n\tvqmovnt.s32 q0, q1\n\t"
        "vqmovnb.s32 q2, q2\n\tvqmovnt.s32 q2, q3\n\t"
        "vqmovnb.s16 q0, q0\n\tvqmovnt.s16 q0, q2\n\t"
        "vdup.8 q1, %[low]\n\tvmax.s8 q0, q0, q1\n\tvdup.8 q1, %[high]\n\tvmin.s8 q0, q0, q1\n\t"
        "vpst\n\tvstrbt.8 q0, [%[to]], #16\n\t"
        "add %[offset], #16\n\tsubs %[n], #16\n\tbgt 1b"
        : [t] "+r"(tables), [w] "+r"(weights), [to] "+r"(to), [n] "+r"(channels),
          [offset] "+r"(offset), [tap] "=&r"(tap), [x] "=&r"(x)
        :
        [taps] "r"(taps), [count] "r"(count), [half] "r"(1 << 15), [low] "r"(low), [high] "r"(high)
        : "lr", "cc", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11",
          "d12", "d13", "memory");
}

#else

static inline int8_t whittle_helium_one(int32_t sum, const int32_t* t, int32_t low, int32_t high) {
    const int32_t biased = (int32_t)((uint32_t)sum + (uint32_t)t[0]);
    const int32_t scaled = (int32_t)(((int64_t)biased * t[4] + ((int64_t)1 << 30)) >> 31);
    const uint32_t rounded = (uint32_t)scaled + (uint32_t)(scaled >> 31) + (uint32_t)t[8];
    const int32_t value = (int32_t)rounded >> -t[12];
    return (int8_t)(value < low ? low : value > high ? high : value);
}

static inline void whittle_helium_outputs(const int8_t* x,
                                          int32_t inputs,
                                          const int8_t* weights,
                                          const int32_t* tables,
                                          int32_t low,
                                          int32_t high,
                                          int32_t outputs,
                                          int8_t* to) {
    int8_t four[4];
    int32_t i, k;
    for (; outputs > 0; outputs -= 4, to += 4) {
        const int32_t here = outputs < 4 ? outputs : 4;
        for (k = 0; k < here; ++k) {
            uint32_t sum = 0;
            for (i = 0; i < inputs; ++i) {
                sum += (uint32_t)(x[i] * weights[i / 16 * 64 + 16 * k + i % 16]);
            }
            four[k] = whittle_helium_one((int32_t)sum, tables + k, low, high);
        }
        memcpy(to, four, (size_t)here);
        weights += (inputs + 15) / 16 * 64;
        tables += WHITTLE_HELIUM_TABLE_WORDS;
    }
}

static inline void whittle_helium_copy(int8_t* to, const int8_t* from, int32_t count) {
    memcpy(to, from, (size_t)count);
}

static inline void whittle_helium_taps(const int8_t* const* taps,
                                       ptrdiff_t offset,
                                       int32_t channels,
                                       const int8_t* weights,
                                       int32_t count,
                                       const int32_t* tables,
                                       int32_t low,
                                       int32_t high,
                                       int8_t* to) {
    static const int8_t place[16] = {0, 32, 16, 48, 1, 33, 17, 49, 2, 34, 18, 50, 3, 35, 19, 51};
    int8_t outputs[16];
    int32_t i, k;
    for (; channels > 0; channels -= 16, offset += 16, to += 16) {
        const int32_t here = channels < 16 ? channels : 16;
        for (k = 0; k < here; ++k) {
            int32_t sum = 0;
            for (i = 0; i < count; ++i) sum += taps[i][offset + k] * weights[16 * i + k];
            outputs[k] = whittle_helium_one(sum, tables + place[k], low, high);
        }
        memcpy(to, outputs, (size_t)here);
        weights += 16 * count;
        tables += 4 * WHITTLE_HELIUM_TABLE_WORDS;
    }
}

#endif
#endif
