#ifndef WHITTLE_CORE_OPS_INT8_LANES_H_
#define WHITTLE_CORE_OPS_INT8_LANES_H_

/* What the int8 kernels for processors with vectors share: lanes run across output channels, eight
 * to a block. C99 and C++17, freestanding.
 *
 * Inputs are widened once, into rows or into pairs, and then used by every channel and by every
 * window that they lie in; weights are widened when they are packed (core/ops/int8_pack.h). Sums
 * are modulo 2^32, so their order is free; requantization rounds twice, as whittle_requantize does.
 *
 * Sets that cannot shift every lane by a count of its own requantize from the high halves of 64-bit
 * products. With sums s, multipliers m and right shifts e,
 *     ((s m + 2^30) >> 31) rounded to a multiple of 2^e, over 2^e
 *   = floor((s m + 2^30 + 2^(e + 30) - (negative after the first rounding) 2^31) / 2^(31 + e)).
 * Scaled by 2^(E - e), with E two more than the largest e of the block, all that is added is a
 * multiple of 2^32, and the last division one shift for all lanes. Sums may be too large for this:
 * such blocks have `shift` 0. */

#include "core/base/fixed_point.h"

#define WHITTLE_LANES 8
/* Bytes after rows and pairs that may be read, whatever is there. */
#define WHITTLE_LANES_SLACK 64
/* Bytes of a line of the processor's cache: vectors that lie across two take longer. */
#define WHITTLE_LANES_LINE 64

/* Eight output channels; 32 bits each, as constants of program images are aligned. */
typedef struct {
    int32_t bias[WHITTLE_LANES]; /* zero points folded in */
    int32_t multiplier[WHITTLE_LANES];
    int32_t exact_shift[WHITTLE_LANES]; /* as whittle_requantize takes it */
    /* The rest for sets that shift all lanes by one count. */
    int32_t scale[WHITTLE_LANES];   /* 2^(E - e) */
    int32_t nearest[WHITTLE_LANES]; /* 2^30 of the first rounding, scaled, over 2^32 */
    int32_t halves[WHITTLE_LANES];  /* that, the second rounding's half, the output's zero point */
    int32_t away[WHITTLE_LANES];    /* what negative ones round less */
    int32_t shift; /* E - 1; 0: sums may be too large, lane by lane with whittle_requantize */
    int32_t unused[7];
} WhittleLanesBlock;

typedef struct {
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
} WhittleLanesOutput;

/* Rows of widened inputs. Row r is `runs` runs of `steps` steps of four bytes, the runs beginning
 * at first + r * row_bytes + offsets[run]. Steps may go beyond the elements of a run: their weights
 * are 0. */
typedef struct {
    const uint8_t* first;
    const int32_t* offsets;
    ptrdiff_t row_bytes;
    int32_t rows; /* >= 1 */
    int32_t runs;
    int32_t steps;
} WhittleLanesRows;

/* What an instruction set brings. `vector` is its number of channels for which weights stand side
 * by side, a multiple of eight; weights of channels that are not there are 0, and their blocks are
 * there too. An element of a row is an int16, or a uint8 with 128 added to the input. */
typedef struct {
    int32_t vector;
    int32_t step_elements; /* in four bytes: 2 or 4 */
    /* Inputs as elements of rows. */
    void (*widen)(const int8_t* from, int32_t count, uint8_t* to);
    /* Inputs from two lines as pairs: int16 [count, 2]. */
    void (*pairs)(const int8_t* a, const int8_t* b, int32_t count, uint8_t* to);
    /* output [rows, channels] from rows times weights [channels / vector, runs, steps, vector,
     * step_elements], int16 or int8. */
    void (*products)(const WhittleLanesRows* rows,
                     const void* weights,
                     const WhittleLanesBlock* blocks,
                     int32_t channels,
                     const WhittleLanesOutput* to,
                     int8_t* output);
    /* The same for one row of one run, whose weights are used once: they are int8. */
    void (*row)(const uint8_t* row,
                int32_t steps,
                const int8_t* weights,
                const WhittleLanesBlock* blocks,
                int32_t channels,
                const WhittleLanesOutput* to,
                int8_t* output);
    /* Every channel has its own row: a step is the pair of one channel, and those of the next
     * channels follow it. Runs are of one step; weights int16 [channels / vector, runs, vector, 2].
     */
    void (*depthwise)(const WhittleLanesRows* rows,
                      const int16_t* weights,
                      const WhittleLanesBlock* blocks,
                      int32_t channels,
                      const WhittleLanesOutput* to,
                      int8_t* output);
    /* output[i] = blocks[2] of (blocks[0] of a[i] 2^20 + blocks[1] of b[i] 2^20); the bias of the
     * first two is minus the zero point, and their scale has the 2^20 in it. */
    void (*add)(const int8_t* a,
                const int8_t* b,
                int32_t count,
                const WhittleLanesBlock* blocks,
                const WhittleLanesOutput* to,
                int8_t* output);
} WhittleLanes;

#define WHITTLE_LANES_ADD_BITS 20

static inline int32_t whittle_lanes_steps(const WhittleLanes* lanes, int32_t elements) {
    return (elements + lanes->step_elements - 1) / lanes->step_elements;
}

/* Of an element of a row. */
static inline int32_t whittle_lanes_element_bytes(const WhittleLanes* lanes) {
    return 4 / lanes->step_elements;
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

/* Blocks of eight channels, whole vectors of them. */
static inline uint32_t whittle_lanes_blocks(const WhittleLanes* lanes, int32_t channels) {
    const uint32_t vector = (uint32_t)lanes->vector;
    return ((uint32_t)channels + vector - 1) / vector * (vector / WHITTLE_LANES);
}

/* The first place from `scratch` on that is aligned to the cache's lines; less than a line on. */
static inline uint8_t* whittle_lanes_aligned(uint8_t* scratch) {
    return scratch + (0u - (uintptr_t)scratch) % WHITTLE_LANES_LINE;
}

/* `count` int16 at the zero point. */
static inline void whittle_lanes_pad_int16(int32_t count, int32_t zero_point, uint8_t* to) {
    int16_t* elements = (int16_t*)(void*)to;
    int32_t i;
    for (i = 0; i < count; ++i) elements[i] = (int16_t)zero_point;
}

/* `count` elements of a row for inputs at the zero point. */
static inline void whittle_lanes_pad(const WhittleLanes* lanes,
                                     int32_t count,
                                     int32_t zero_point,
                                     uint8_t* to) {
    if (lanes->step_elements == 4) {
        memset(to, (uint8_t)(zero_point + 128), (size_t)count);
    } else {
        whittle_lanes_pad_int16(count, zero_point, to);
    }
}

/* Where row first + i begins; after the last one, the last once more. */
static inline const uint8_t* whittle_lanes_row(const WhittleLanesRows* rows,
                                               int32_t first,
                                               int32_t i) {
    const int32_t row = first + i < rows->rows ? first + i : rows->rows - 1;
    return rows->first + row * rows->row_bytes;
}

#endif
