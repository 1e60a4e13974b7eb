#ifndef WHITTLE_CORE_OPS_INT8_LANES_H_
#define WHITTLE_CORE_OPS_INT8_LANES_H_

/* What the int8 kernels for processors with vectors share: lanes run across output channels, eight
 * to a block. C99 and C++17, freestanding.
 *
 * Sums are modulo 2^32, so their order is free; requantization rounds twice, as whittle_requantize
 * does, from 64-bit products. With sums s, multipliers m and right shifts e,
 *     ((s m + 2^30) >> 31) rounded to a multiple of 2^e, over 2^e
 *   = floor((s m + 2^30 + 2^(e + 30) - (negative after the first rounding) 2^31) / 2^(31 + e)).
 * Scaled by 2^(E - e), with E two more than the largest e of the block, all that is added is a
 * multiple of 2^32, and the last division one shift for all lanes: only high halves of products are
 * needed. core/ops/int8_pack.h makes the blocks, and knows which sums are small enough for this. */

#include "core/base/fixed_point.h"

#define WHITTLE_LANES 8
#define WHITTLE_LANES_ROWS 4      /* rows of inputs that are multiplied at once */
#define WHITTLE_LANES_MAX_TAPS 64 /* of a depthwise window */

/* Eight output channels; 32 bits each, as constants of program images are aligned. */
typedef struct {
    int32_t bias[WHITTLE_LANES];  /* zero points folded in */
    int32_t scale[WHITTLE_LANES]; /* 2^(E - e); for sets that shift lanes one by one, E - e */
    int32_t multiplier[WHITTLE_LANES];
    int32_t nearest[WHITTLE_LANES];     /* 2^30 of the first rounding, scaled, over 2^32 */
    int32_t halves[WHITTLE_LANES];      /* that, and the second rounding's half */
    int32_t away[WHITTLE_LANES];        /* what negative ones round less */
    int32_t exact_shift[WHITTLE_LANES]; /* as whittle_requantize takes it */
    int32_t shift; /* E - 1; 0: sums may be too large, lane by lane with whittle_requantize */
    int32_t unused[7];
} WhittleLanesBlock;

typedef struct {
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
} WhittleLanesOutput;

/* What an instruction set brings. A step is four bytes of a row: two int16, or four uint8. */
typedef struct {
    int32_t step_elements; /* 2 or 4 */
    /* A run of eight or more inputs as a row's elements: int16, or uint8 with 128 added. */
    void (*widen)(const int8_t* from, int32_t count, void* to);
    /* rows [count, steps] for 1 <= count <= 4 times weights [channels / 8, steps, 8,
     * step_elements], requantized to output [count, channels]. */
    void (*products)(const void* rows,
                     int32_t count,
                     int32_t steps,
                     const int8_t* weights,
                     const WhittleLanesBlock* blocks,
                     int32_t channels,
                     const WhittleLanesOutput* to,
                     int8_t* output);
    /* output[c] from sum over taps of taps[t][c] * weights: int16 [channels / 8, taps / 2, 8, 2].
     * `count` is even. */
    void (*depthwise)(const int8_t* const* taps,
                      int32_t count,
                      const int16_t* weights,
                      const WhittleLanesBlock* blocks,
                      int32_t channels,
                      const WhittleLanesOutput* to,
                      int8_t* output);
    /* output[i] = blocks[2] of (blocks[0] of a[i] + blocks[1] of b[i]); the bias of the first two
     * is minus the zero point, and their scale has 2^20 in it. */
    void (*add)(const int8_t* a,
                const int8_t* b,
                int32_t count,
                const WhittleLanesBlock* blocks,
                const WhittleLanesOutput* to,
                int8_t* output);
} WhittleLanes;

static inline int32_t whittle_lanes_steps(const WhittleLanes* lanes, int32_t elements) {
    return (elements + lanes->step_elements - 1) / lanes->step_elements;
}

/* The requantization of one lane, whatever its sum. */
static inline int8_t whittle_lanes_one(const WhittleLanesBlock* block,
                                       int32_t lane,
                                       int32_t sum,
                                       const WhittleLanesOutput* to) {
    const int32_t value =
        whittle_requantize(sum, block->multiplier[lane], block->exact_shift[lane]);
    return (int8_t)whittle_clamp(whittle_wrapping_add(value, to->zero_point), to->minimum,
                                 to->maximum);
}

/* `count` elements of a row for inputs at the zero point. Returns the place after them. */
static inline uint8_t* whittle_lanes_pad(const WhittleLanes* lanes,
                                         int32_t count,
                                         int32_t zero_point,
                                         uint8_t* to) {
    int32_t i;
    if (lanes->step_elements == 4) {
        memset(to, (uint8_t)(zero_point + 128), (size_t)count);
        return to + count;
    }
    for (i = 0; i < count; ++i) ((int16_t*)(void*)to)[i] = (int16_t)zero_point;
    return to + 2 * count;
}

/* `count` inputs as elements of a row. Returns the place after them. */
static inline uint8_t* whittle_lanes_widen(const WhittleLanes* lanes,
                                           const int8_t* from,
                                           int32_t count,
                                           uint8_t* to) {
    int32_t i;
    if (count >= WHITTLE_LANES) {
        lanes->widen(from, count, to);
    } else if (lanes->step_elements == 4) {
        for (i = 0; i < count; ++i) to[i] = (uint8_t)(from[i] + 128);
    } else {
        for (i = 0; i < count; ++i) ((int16_t*)(void*)to)[i] = from[i];
    }
    return to + (lanes->step_elements == 4 ? count : 2 * count);
}

/* Zeros up to the end of a row of `elements`. */
static inline void whittle_lanes_end_row(const WhittleLanes* lanes, int32_t elements, uint8_t* to) {
    const int32_t rest = elements % lanes->step_elements;
    if (rest != 0) memset(to, 0, (size_t)(4 - 4 * rest / lanes->step_elements));
}

/* The rows of a tile; those that are missing are the first once more. */
static inline void whittle_lanes_rows(const void* rows,
                                      int32_t count,
                                      int32_t steps,
                                      const uint8_t** each) {
    int32_t i;
    for (i = 0; i < WHITTLE_LANES_ROWS; ++i) {
        each[i] = (const uint8_t*)rows + (i < count ? (ptrdiff_t)i * steps * 4 : 0);
    }
}

#endif
