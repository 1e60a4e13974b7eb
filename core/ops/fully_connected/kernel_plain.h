#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_PLAIN_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_PLAIN_H_

/* int8 fully connected for cores without SIMD whose multiplier gives 32 bits (Cortex-M0, RV32), bit
 * for bit as whittle_fully_connected_int8: four outputs at once, with a word of four weights for
 * every input and three multiplications for four products (core/base/plain.h). */

#include "core/base/plain.h"

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t inputs;  /* I >= 1 */
    int32_t outputs; /* O >= 1 */
    int32_t minimum; /* clamp of the quantized output, -128 ... 127 */
    int32_t maximum;
    int32_t channel_stride; /* 1: a scale for each output; 0: one for all */
} WhittleFullyConnectedPlain;

/* What a word v0 + 2^8 * v1 + 2^16 * v2 + 2^24 * v3 is multiplied as besides itself and its upper
 * half, in as few instructions and registers as the core allows; the sum of that where all four
 * sums are 2^23; and how four sums, each 0 ... 2^24 - 1, are added to `sums` from the three. */
#if defined(__riscv)
#define WHITTLE_PLAIN_THIRD(word) ((word) >> 8 & 0x00FF00FFu)
#define WHITTLE_PLAIN_THIRD_OF_MIDDLE 0x00800000u

static inline void whittle_plain_add_four(const WhittlePlainWords* some, uint32_t* sums) {
    whittle_plain_add_pairs(some->whole - (some->upper << 16), some->upper, some->third, sums,
                            sums + 2);
}
#else
/* Its bytes in reverse: one instruction of Arm's. */
#define WHITTLE_PLAIN_THIRD(word) \
    ((word) << 24 | ((word) << 8 & 0xFF0000u) | ((word) >> 8 & 0xFF00u) | (word) >> 24)
#define WHITTLE_PLAIN_THIRD_OF_MIDDLE 0x80800000u

/* With lower = S0 + 2^8 * S1, the third sum less 2^8 * upper and 2^24 * lower is
 * S3 + 2^16 * (S1 - S3), and 2^16 + 1 times that S3 + 2^16 * S1. */
static inline void whittle_plain_add_four(const WhittlePlainWords* some, uint32_t* sums) {
    const uint32_t lower = some->whole - (some->upper << 16);
    const uint32_t rest = some->third - (some->upper << 8) - (lower << 24);
    whittle_plain_add_pairs(some->upper, lower, rest + (rest << 16), sums + 2, sums);
}
#endif

/* The three sums of words over `count` inputs and words of four weights, where every sum of
 * products begins with 2^23: so none is negative. */
static inline void whittle_plain_input_words(const int8_t* input,
                                             const uint32_t* weights,
                                             int32_t count,
                                             WhittlePlainWords* sums) {
    const int8_t* end = input + (count & ~3);
    uint32_t whole = 0x80800000u, upper = 0x80800000u, third = WHITTLE_PLAIN_THIRD_OF_MIDDLE;
    while (input != end) {
        uint32_t x = (uint32_t)input[0], v = weights[0];
        WHITTLE_PLAIN_ADD(third, x * WHITTLE_PLAIN_THIRD(v));
        WHITTLE_PLAIN_ADD(upper, x * (v >> 16));
        WHITTLE_PLAIN_ADD(whole, x * v);
        x = (uint32_t)input[1], v = weights[1];
        WHITTLE_PLAIN_ADD(third, x * WHITTLE_PLAIN_THIRD(v));
        WHITTLE_PLAIN_ADD(upper, x * (v >> 16));
        WHITTLE_PLAIN_ADD(whole, x * v);
        x = (uint32_t)input[2], v = weights[2];
        WHITTLE_PLAIN_ADD(third, x * WHITTLE_PLAIN_THIRD(v));
        WHITTLE_PLAIN_ADD(upper, x * (v >> 16));
        WHITTLE_PLAIN_ADD(whole, x * v);
        x = (uint32_t)input[3], v = weights[3];
        WHITTLE_PLAIN_ADD(third, x * WHITTLE_PLAIN_THIRD(v));
        WHITTLE_PLAIN_ADD(upper, x * (v >> 16));
        WHITTLE_PLAIN_ADD(whole, x * v);
        input += 4;
        weights += 4;
    }
    end += count & 3;
    while (input != end) {
        const uint32_t x = (uint32_t)*input++, v = *weights++;
        WHITTLE_PLAIN_ADD(third, x * WHITTLE_PLAIN_THIRD(v));
        WHITTLE_PLAIN_ADD(upper, x * (v >> 16));
        WHITTLE_PLAIN_ADD(whole, x * v);
    }
    sums->whole = whole;
    sums->upper = upper;
    sums->third = third;
}

/* Sums over `left` inputs and words of four weights, less `less`: those of four outputs, and 2^23
 * for every beginning of WHITTLE_PLAIN_PRODUCTS inputs. */
static inline void whittle_fully_connected_plain_sums(
    const int8_t* input, const uint32_t* weights, int32_t left, uint32_t less, uint32_t* sums) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0u - less;
    while (left > 0) {
        const int32_t count = left < WHITTLE_PLAIN_PRODUCTS ? left : WHITTLE_PLAIN_PRODUCTS;
        WhittlePlainWords some;
        whittle_plain_input_words(input, weights, count, &some);
        whittle_plain_add_four(&some, sums);
        input += count;
        weights += count;
        left -= count;
    }
}

/* input [N, I]; weights [O / 4, I], O rounded up: the weights of four outputs + 128 in the bytes of
 * each, zeros where there are fewer; bias [O] as for whittle_fully_connected_int8; scales:
 * WhittlePlainScale [O] or [1]; output [N, O]. A row is read whole before each four outputs of it
 * are written. */
static inline void whittle_fully_connected_int8_plain(const WhittleFullyConnectedPlain* p,
                                                      const int8_t* input,
                                                      const int32_t* weights,
                                                      const int32_t* bias,
                                                      const int32_t* scales,
                                                      int8_t* output) {
    const uint32_t middles =
        ((uint32_t)p->inputs + WHITTLE_PLAIN_PRODUCTS - 1) / WHITTLE_PLAIN_PRODUCTS << 23;
    int32_t n, o, i;
    for (n = 0; n < p->rows; ++n, input += p->inputs) {
        const uint32_t* fours = (const uint32_t*)weights;
        const WhittlePlainScale* to = (const WhittlePlainScale*)scales;
        uint32_t sum = 0; /* of the inputs: + 128 adds so much 128 times */
        for (i = 0; i < p->inputs; ++i) sum += (uint32_t)input[i];
        for (o = 0; o < p->outputs; fours += p->inputs) {
            const int32_t end = p->outputs - o > 4 ? o + 4 : p->outputs;
            uint32_t sums[4];
            const uint32_t* own = sums;
            const int32_t* from = bias + o;
            whittle_fully_connected_plain_sums(input, fours, p->inputs, (sum << 7) + middles, sums);
            for (; o < end; ++o, to += p->channel_stride) {
                const int32_t value = whittle_plain_requantize(*own++ + (uint32_t)*from++, to);
                *output++ = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
            }
        }
    }
}

#endif
