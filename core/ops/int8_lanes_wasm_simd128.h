#ifndef WHITTLE_CORE_OPS_INT8_LANES_WASM_SIMD128_H_
#define WHITTLE_CORE_OPS_INT8_LANES_WASM_SIMD128_H_

/* WebAssembly's simd128: a block is two vectors of four int32. Products are of int16 pairs. */

#include <wasm_simd128.h>

#include "core/ops/int8_lanes.h"

#define WHITTLE_WASM_ROWS 4 /* of a tile */

/* The high halves of the 64-bit products of each lane. The empty instructions keep compilers from
 * widening a factor ahead, which would leave them with products of 64-bit factors, and from taking
 * the halves lane by lane. */
static inline v128_t whittle_wasm_multiply_high(v128_t a, v128_t b) {
    v128_t low, high;
    __asm__("" : "+r"(a), "+r"(b));
    low = wasm_i64x2_extmul_low_i32x4(a, b);
    high = wasm_i64x2_extmul_high_i32x4(a, b);
    __asm__("" : "+r"(low), "+r"(high));
    return wasm_i32x4_shuffle(low, high, 1, 3, 5, 7);
}

/* All lanes by one count. Compilers that spread the count over a vector ahead, where it stays the
 * same, shift lane by lane; after the empty instruction it may be another. */
static inline v128_t whittle_wasm_shift_right(v128_t values, int32_t count) {
    __asm__("" : "+r"(count));
    return wasm_i32x4_shr(values, (uint32_t)count);
}

/* How four channels are requantized. */
typedef struct {
    v128_t scale;
    v128_t multiplier;
    v128_t nearest;
    v128_t halves;
    v128_t away;
} WhittleWasmScale;

static inline WhittleWasmScale whittle_wasm_scale(const WhittleLanesBlock* block, int32_t first) {
    WhittleWasmScale scale;
    scale.scale = wasm_v128_load(block->scale + first);
    scale.multiplier = wasm_v128_load(block->multiplier + first);
    scale.nearest = wasm_v128_load(block->nearest + first);
    scale.halves = wasm_v128_load(block->halves + first);
    scale.away = wasm_v128_load(block->away + first);
    return scale;
}

/* Four sums with the zero point added, before the last shift; rounded the wrong way where they are
 * negative and `rectified`. */
static inline v128_t whittle_wasm_rounded(v128_t sums,
                                          const WhittleWasmScale* scale,
                                          int rectified) {
    const v128_t high =
        whittle_wasm_multiply_high(wasm_i32x4_mul(sums, scale->scale), scale->multiplier);
    const v128_t rounded = wasm_i32x4_add(high, scale->halves);
    if (rectified) return rounded;
    return wasm_i32x4_sub(
        rounded,
        wasm_v128_and(wasm_i32x4_shr(wasm_i32x4_add(high, scale->nearest), 31), scale->away));
}

static inline v128_t whittle_wasm_requantize(v128_t sums,
                                             const WhittleWasmScale* scale,
                                             int32_t shift) {
    return whittle_wasm_shift_right(whittle_wasm_rounded(sums, scale, 0), shift);
}

/* One row of a block whose sums may be too large, lane by lane. */
static inline void whittle_wasm_store_large(const v128_t* sums,
                                            const WhittleLanesBlock* block,
                                            const WhittleLanesOutput* to,
                                            int32_t count,
                                            int8_t* output) {
    int32_t lanes[WHITTLE_LANES];
    int32_t i;
    wasm_v128_store(lanes, sums[0]);
    wasm_v128_store(lanes + 4, sums[1]);
    for (i = 0; i < count && i < WHITTLE_LANES; ++i) {
        output[i] = whittle_lanes_one(block, i, lanes[i], to);
    }
}

/* Stores the first `count` of eight bytes. */
static inline void whittle_wasm_store_bytes(v128_t bytes, int32_t count, int8_t* output) {
    int8_t all[WHITTLE_LANES];
    if (count >= WHITTLE_LANES) {
        wasm_v128_store64_lane(output, bytes, 0);
    } else {
        wasm_v128_store64_lane(all, bytes, 0);
        memcpy(output, all, (size_t)count);
    }
}

/* Two rows of a block, requantized: sixteen bytes. Negative ones may be rounded the wrong way where
 * the minimum is the zero point, or above it. */
static inline v128_t whittle_wasm_two_rows(const v128_t* sums,
                                           const WhittleWasmScale* scales,
                                           int32_t shift,
                                           int rectified) {
    v128_t values[4];
    int32_t i;
    for (i = 0; i < 4; ++i) {
        values[i] = whittle_wasm_shift_right(
            whittle_wasm_rounded(sums[i], &scales[i % 2], rectified), shift);
    }
    return wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(values[0], values[1]),
                                   wasm_i16x8_narrow_i32x4(values[2], values[3]));
}

/* Requantizes the sums [rows, 2] of a block and stores its first `count` channels. Sums of an even
 * number of rows are there. Not inline, for the size of the code. */
__attribute__((noinline)) static void whittle_wasm_store(const v128_t* sums,
                                                         const WhittleLanesBlock* block,
                                                         const WhittleLanesOutput* to,
                                                         int32_t rows,
                                                         int32_t channels,
                                                         int32_t count,
                                                         int8_t* output) {
    const WhittleWasmScale scales[2] = {whittle_wasm_scale(block, 0), whittle_wasm_scale(block, 4)};
    const v128_t minimum = wasm_i8x16_splat((int8_t)to->minimum);
    const v128_t maximum = wasm_i8x16_splat((int8_t)to->maximum);
    const int rectified = to->minimum >= to->zero_point;
    const int32_t shift = block->shift;
    int32_t i;
    for (i = 0; i < rows && shift == 0; ++i, output += channels) {
        whittle_wasm_store_large(sums + 2 * i, block, to, count, output);
    }
    for (; i < rows; i += 2, output += 2 * channels) {
        const v128_t values = rectified ? whittle_wasm_two_rows(sums + 2 * i, scales, shift, 1)
                                        : whittle_wasm_two_rows(sums + 2 * i, scales, shift, 0);
        const v128_t clamped = wasm_i8x16_min(wasm_i8x16_max(values, minimum), maximum);
        whittle_wasm_store_bytes(clamped, count, output);
        if (i + 1 == rows) return;
        whittle_wasm_store_bytes(wasm_i64x2_shuffle(clamped, clamped, 1, 1), count,
                                 output + channels);
    }
}

static inline void whittle_wasm_widen(const int8_t* from, int32_t count, uint8_t* to) {
    int32_t i = 0;
    for (; i + WHITTLE_LANES <= count; i += WHITTLE_LANES) {
        wasm_v128_store(to + 2 * i, wasm_i16x8_load8x8(from + i));
    }
    for (; i < count; ++i) ((int16_t*)(void*)to)[i] = from[i];
}

static inline void whittle_wasm_pairs(const int8_t* a,
                                      const int8_t* b,
                                      int32_t count,
                                      uint8_t* to) {
    int16_t* pairs = (int16_t*)(void*)to;
    int32_t i = 0;
    for (; i + WHITTLE_LANES <= count; i += WHITTLE_LANES) {
        const v128_t x = wasm_i16x8_load8x8(a + i);
        const v128_t y = wasm_i16x8_load8x8(b + i);
        wasm_v128_store(pairs + 2 * i, wasm_i16x8_shuffle(x, y, 0, 8, 1, 9, 2, 10, 3, 11));
        wasm_v128_store(pairs + 2 * i + 8, wasm_i16x8_shuffle(x, y, 4, 12, 5, 13, 6, 14, 7, 15));
    }
    for (; i < count; ++i) {
        pairs[2 * i] = a[i];
        pairs[2 * i + 1] = b[i];
    }
}

static inline v128_t whittle_wasm_dot(v128_t sum, v128_t inputs, v128_t weights) {
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(inputs, weights));
}

static inline void whittle_wasm_bias(const WhittleLanesBlock* block, v128_t* sums) {
    sums[0] = wasm_v128_load(block->bias);
    sums[1] = wasm_v128_load(block->bias + 4);
}

/* Where the rows of a tile begin. */
static inline void whittle_wasm_tile(const WhittleLanesRows* rows,
                                     int32_t first,
                                     const uint8_t** each) {
    int32_t i;
    for (i = 0; i < WHITTLE_WASM_ROWS; ++i) each[i] = whittle_lanes_row(rows, first, i);
}

/* Sums of four rows and one block. */
static inline void whittle_wasm_sums(const WhittleLanesRows* rows,
                                     int32_t first,
                                     const uint8_t* weights,
                                     v128_t* sums) {
    const uint8_t* each[WHITTLE_WASM_ROWS];
    v128_t s00 = sums[0], s01 = sums[1], s10 = s00, s11 = s01;
    v128_t s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    int32_t run, k;
    whittle_wasm_tile(rows, first, each);
    for (run = 0; run < rows->runs; ++run) {
        const uint8_t* r0 = each[0] + rows->offsets[run];
        const uint8_t* r1 = each[1] + rows->offsets[run];
        const uint8_t* r2 = each[2] + rows->offsets[run];
        const uint8_t* r3 = each[3] + rows->offsets[run];
        for (k = 0; k < 4 * rows->steps; k += 4, weights += 32) {
            const v128_t a = wasm_v128_load(weights);
            const v128_t b = wasm_v128_load(weights + 16);
            const v128_t x0 = wasm_v128_load32_splat(r0 + k);
            const v128_t x1 = wasm_v128_load32_splat(r1 + k);
            const v128_t x2 = wasm_v128_load32_splat(r2 + k);
            const v128_t x3 = wasm_v128_load32_splat(r3 + k);
            s00 = whittle_wasm_dot(s00, x0, a), s01 = whittle_wasm_dot(s01, x0, b);
            s10 = whittle_wasm_dot(s10, x1, a), s11 = whittle_wasm_dot(s11, x1, b);
            s20 = whittle_wasm_dot(s20, x2, a), s21 = whittle_wasm_dot(s21, x2, b);
            s30 = whittle_wasm_dot(s30, x3, a), s31 = whittle_wasm_dot(s31, x3, b);
        }
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s10, sums[3] = s11;
    sums[4] = s20, sums[5] = s21, sums[6] = s30, sums[7] = s31;
}

static inline void whittle_wasm_products(const WhittleLanesRows* rows,
                                         const void* weights,
                                         const WhittleLanesBlock* blocks,
                                         int32_t channels,
                                         const WhittleLanesOutput* to,
                                         int8_t* output) {
    const uint8_t* at = (const uint8_t*)weights;
    int32_t o, first;
    for (o = 0; o < channels; o += WHITTLE_LANES, ++blocks, at += 32 * rows->runs * rows->steps) {
        for (first = 0; first < rows->rows; first += WHITTLE_WASM_ROWS) {
            v128_t sums[2 * WHITTLE_WASM_ROWS];
            whittle_wasm_bias(blocks, sums);
            whittle_wasm_sums(rows, first, at, sums);
            whittle_wasm_store(sums, blocks, to,
                               whittle_clamp(rows->rows - first, 1, WHITTLE_WASM_ROWS), channels,
                               channels - o, output + first * channels + o);
        }
    }
}

/* Sums of one row and two blocks, the second `apart` bytes on. */
static inline void whittle_wasm_sums_1x2(
    const uint8_t* row, int32_t steps, const int8_t* weights, ptrdiff_t apart, v128_t* sums) {
    v128_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    int32_t k;
    for (k = 0; k < 4 * steps; k += 4, weights += 16) {
        const v128_t x = wasm_v128_load32_splat(row + k);
        s0 = whittle_wasm_dot(s0, x, wasm_i16x8_load8x8(weights));
        s1 = whittle_wasm_dot(s1, x, wasm_i16x8_load8x8(weights + 8));
        s2 = whittle_wasm_dot(s2, x, wasm_i16x8_load8x8(weights + apart));
        s3 = whittle_wasm_dot(s3, x, wasm_i16x8_load8x8(weights + apart + 8));
    }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

static inline void whittle_wasm_row(const uint8_t* row,
                                    int32_t steps,
                                    const int8_t* weights,
                                    const WhittleLanesBlock* blocks,
                                    int32_t channels,
                                    const WhittleLanesOutput* to,
                                    int8_t* output) {
    int32_t o;
    for (o = 0; o < channels; o += 2 * WHITTLE_LANES, blocks += 2, weights += 32 * steps) {
        const int both = channels - o > WHITTLE_LANES;
        const WhittleLanesBlock* next = blocks + (both ? 1 : 0);
        v128_t sums[4];
        whittle_wasm_bias(blocks, sums);
        whittle_wasm_bias(next, sums + 2);
        whittle_wasm_sums_1x2(row, steps, weights, both ? 16 * (ptrdiff_t)steps : 0, sums);
        whittle_wasm_store(sums, blocks, to, 1, channels, channels - o, output + o);
        if (!both) break;
        sums[0] = sums[2], sums[1] = sums[3];
        whittle_wasm_store(sums, next, to, 1, channels, channels - o - WHITTLE_LANES,
                           output + o + WHITTLE_LANES);
    }
}

/* Sums of four rows and one block, a step of each row being of one channel. */
static inline void whittle_wasm_depthwise_sums(
    const WhittleLanesRows* rows, int32_t first, int32_t c, const int16_t* weights, v128_t* sums) {
    const uint8_t* each[WHITTLE_WASM_ROWS];
    v128_t s00 = sums[0], s01 = sums[1], s10 = s00, s11 = s01;
    v128_t s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    int32_t run;
    whittle_wasm_tile(rows, first, each);
    for (run = 0; run < rows->runs; ++run, weights += 2 * WHITTLE_LANES) {
        const int32_t at = rows->offsets[run] + 4 * c;
        const v128_t a = wasm_v128_load(weights);
        const v128_t b = wasm_v128_load(weights + WHITTLE_LANES);
        s00 = whittle_wasm_dot(s00, wasm_v128_load(each[0] + at), a);
        s01 = whittle_wasm_dot(s01, wasm_v128_load(each[0] + at + 16), b);
        s10 = whittle_wasm_dot(s10, wasm_v128_load(each[1] + at), a);
        s11 = whittle_wasm_dot(s11, wasm_v128_load(each[1] + at + 16), b);
        s20 = whittle_wasm_dot(s20, wasm_v128_load(each[2] + at), a);
        s21 = whittle_wasm_dot(s21, wasm_v128_load(each[2] + at + 16), b);
        s30 = whittle_wasm_dot(s30, wasm_v128_load(each[3] + at), a);
        s31 = whittle_wasm_dot(s31, wasm_v128_load(each[3] + at + 16), b);
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s10, sums[3] = s11;
    sums[4] = s20, sums[5] = s21, sums[6] = s30, sums[7] = s31;
}

static inline void whittle_wasm_depthwise(const WhittleLanesRows* rows,
                                          const int16_t* weights,
                                          const WhittleLanesBlock* blocks,
                                          int32_t channels,
                                          const WhittleLanesOutput* to,
                                          int8_t* output) {
    int32_t c, first;
    for (c = 0; c < channels; c += WHITTLE_LANES, ++blocks, weights += 16 * rows->runs) {
        for (first = 0; first < rows->rows; first += WHITTLE_WASM_ROWS) {
            v128_t sums[2 * WHITTLE_WASM_ROWS];
            whittle_wasm_bias(blocks, sums);
            whittle_wasm_depthwise_sums(rows, first, c, weights, sums);
            whittle_wasm_store(sums, blocks, to,
                               whittle_clamp(rows->rows - first, 1, WHITTLE_WASM_ROWS), channels,
                               channels - c, output + first * channels + c);
        }
    }
}

/* Eight bytes; of the last ones `count` < 8 are there. */
static inline v128_t whittle_wasm_bytes(const int8_t* from, int32_t count) {
    int8_t bytes[WHITTLE_LANES] = {0};
    if (count >= WHITTLE_LANES) return wasm_v128_load64_zero(from);
    memcpy(bytes, from, (size_t)count);
    return wasm_v128_load64_zero(bytes);
}

/* Four inputs, requantized. */
static inline v128_t whittle_wasm_scaled_input(v128_t inputs,
                                               v128_t bias,
                                               const WhittleWasmScale* scale,
                                               int32_t shift) {
    return whittle_wasm_requantize(wasm_i32x4_add(inputs, bias), scale, shift);
}

static inline void whittle_wasm_add(const int8_t* a,
                                    const int8_t* b,
                                    int32_t count,
                                    const WhittleLanesBlock* blocks,
                                    const WhittleLanesOutput* to,
                                    int8_t* output) {
    const WhittleWasmScale a_scale = whittle_wasm_scale(&blocks[0], 0);
    const WhittleWasmScale b_scale = whittle_wasm_scale(&blocks[1], 0);
    const v128_t a_bias = wasm_v128_load(blocks[0].bias);
    const v128_t b_bias = wasm_v128_load(blocks[1].bias);
    int32_t i, half;
    for (i = 0; i < count; i += WHITTLE_LANES) {
        v128_t x = wasm_i16x8_extend_low_i8x16(whittle_wasm_bytes(a + i, count - i));
        v128_t y = wasm_i16x8_extend_low_i8x16(whittle_wasm_bytes(b + i, count - i));
        v128_t sums[4];
        for (half = 0; half < 2; ++half) {
            sums[half] =
                wasm_i32x4_add(whittle_wasm_scaled_input(wasm_i32x4_extend_low_i16x8(x), a_bias,
                                                         &a_scale, blocks[0].shift),
                               whittle_wasm_scaled_input(wasm_i32x4_extend_low_i16x8(y), b_bias,
                                                         &b_scale, blocks[1].shift));
            sums[half + 2] = sums[half];
            x = wasm_i64x2_shuffle(x, x, 1, 1);
            y = wasm_i64x2_shuffle(y, y, 1, 1);
        }
        whittle_wasm_store(sums, &blocks[2], to, 1, 0, count - i, output + i);
    }
}

static const WhittleLanes whittle_lanes_wasm_simd128 = {WHITTLE_LANES,          2,
                                                        whittle_wasm_widen,     whittle_wasm_pairs,
                                                        whittle_wasm_products,  whittle_wasm_row,
                                                        whittle_wasm_depthwise, whittle_wasm_add};

#endif
