#ifndef WHITTLE_CORE_OPS_INT8_LANES_WASM_SIMD128_H_
#define WHITTLE_CORE_OPS_INT8_LANES_WASM_SIMD128_H_

/* WebAssembly's simd128: a block is two vectors of four int32. Products are of int16 pairs. */

#include <wasm_simd128.h>

#include "core/ops/int8_lanes.h"

/* The high halves of the 64-bit products of each lane. */
static inline v128_t whittle_wasm_multiply_high(v128_t a, v128_t b) {
    return wasm_i32x4_shuffle(wasm_i64x2_extmul_low_i32x4(a, b), wasm_i64x2_extmul_high_i32x4(a, b),
                              1, 3, 5, 7);
}

/* Lanes first ... first + 3, requantized, before the zero point. */
static inline v128_t whittle_wasm_requantize(v128_t sums,
                                             const WhittleLanesBlock* block,
                                             int32_t first) {
    const v128_t scaled = wasm_i32x4_mul(sums, wasm_v128_load(block->scale + first));
    const v128_t high =
        whittle_wasm_multiply_high(scaled, wasm_v128_load(block->multiplier + first));
    const v128_t once = wasm_i32x4_add(high, wasm_v128_load(block->nearest + first));
    const v128_t less =
        wasm_v128_and(wasm_i32x4_shr(once, 31), wasm_v128_load(block->away + first));
    const v128_t twice =
        wasm_i32x4_sub(wasm_i32x4_add(high, wasm_v128_load(block->halves + first)), less);
    return wasm_i32x4_shr(twice, (uint32_t)block->shift);
}

/* Requantizes and stores the first `count` lanes of a block. */
static inline void whittle_wasm_store(v128_t low,
                                      v128_t high,
                                      const WhittleLanesBlock* block,
                                      const WhittleLanesOutput* to,
                                      int32_t count,
                                      int8_t* output) {
    int8_t values[WHITTLE_LANES];
    if (block->shift != 0) {
        const v128_t zero_point = wasm_i32x4_splat(to->zero_point);
        const v128_t half = wasm_i16x8_narrow_i32x4(
            wasm_i32x4_add(whittle_wasm_requantize(low, block, 0), zero_point),
            wasm_i32x4_add(whittle_wasm_requantize(high, block, 4), zero_point));
        const v128_t clamped = wasm_i8x16_min(wasm_i8x16_max(wasm_i8x16_narrow_i16x8(half, half),
                                                             wasm_i8x16_splat((int8_t)to->minimum)),
                                              wasm_i8x16_splat((int8_t)to->maximum));
        if (count >= WHITTLE_LANES) {
            wasm_v128_store64_lane(output, clamped, 0);
            return;
        }
        wasm_v128_store64_lane(values, clamped, 0);
    } else {
        int32_t lanes[WHITTLE_LANES];
        int32_t i;
        wasm_v128_store(lanes, low);
        wasm_v128_store(lanes + 4, high);
        for (i = 0; i < WHITTLE_LANES; ++i) values[i] = whittle_lanes_one(block, i, lanes[i], to);
    }
    memcpy(output, values, (size_t)(count < WHITTLE_LANES ? count : WHITTLE_LANES));
}

static inline void whittle_wasm_widen(const int8_t* from, int32_t count, void* to) {
    int16_t* wide = (int16_t*)to;
    int32_t i;
    for (i = 0; i < count; i += WHITTLE_LANES) {
        const int32_t at = i + WHITTLE_LANES <= count ? i : count - WHITTLE_LANES;
        wasm_v128_store(wide + at, wasm_i16x8_load8x8(from + at));
    }
}

static inline v128_t whittle_wasm_dot(v128_t sum, v128_t inputs, v128_t weights) {
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(inputs, weights));
}

/* Sums of four rows and one block. */
static inline void whittle_wasm_sums_4(const uint8_t* const* rows,
                                       int32_t steps,
                                       const int8_t* weights,
                                       v128_t* sums) {
    v128_t s00 = sums[0], s01 = sums[1], s10 = s00, s11 = s01;
    v128_t s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    int32_t k;
    for (k = 0; k < 4 * steps; k += 4, weights += 16) {
        const v128_t a = wasm_i16x8_load8x8(weights);
        const v128_t b = wasm_i16x8_load8x8(weights + 8);
        const v128_t x0 = wasm_v128_load32_splat(rows[0] + k);
        const v128_t x1 = wasm_v128_load32_splat(rows[1] + k);
        const v128_t x2 = wasm_v128_load32_splat(rows[2] + k);
        const v128_t x3 = wasm_v128_load32_splat(rows[3] + k);
        s00 = whittle_wasm_dot(s00, x0, a), s01 = whittle_wasm_dot(s01, x0, b);
        s10 = whittle_wasm_dot(s10, x1, a), s11 = whittle_wasm_dot(s11, x1, b);
        s20 = whittle_wasm_dot(s20, x2, a), s21 = whittle_wasm_dot(s21, x2, b);
        s30 = whittle_wasm_dot(s30, x3, a), s31 = whittle_wasm_dot(s31, x3, b);
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s10, sums[3] = s11;
    sums[4] = s20, sums[5] = s21, sums[6] = s30, sums[7] = s31;
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

static inline void whittle_wasm_bias(const WhittleLanesBlock* block, v128_t* sums) {
    sums[0] = wasm_v128_load(block->bias);
    sums[1] = wasm_v128_load(block->bias + 4);
}

/* One row: the products of a fully connected layer. */
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
        whittle_wasm_store(sums[0], sums[1], blocks, to, channels - o, output + o);
        if (both) {
            whittle_wasm_store(sums[2], sums[3], next, to, channels - o - WHITTLE_LANES,
                               output + o + WHITTLE_LANES);
        }
    }
}

static inline void whittle_wasm_products(const void* rows,
                                         int32_t count,
                                         int32_t steps,
                                         const int8_t* weights,
                                         const WhittleLanesBlock* blocks,
                                         int32_t channels,
                                         const WhittleLanesOutput* to,
                                         int8_t* output) {
    const uint8_t* each[WHITTLE_LANES_ROWS];
    int32_t o, i;
    if (count == 1) {
        whittle_wasm_row((const uint8_t*)rows, steps, weights, blocks, channels, to, output);
        return;
    }
    whittle_lanes_rows(rows, count, steps, each);
    for (o = 0; o < channels; o += WHITTLE_LANES, ++blocks, weights += 16 * steps) {
        v128_t sums[2 * WHITTLE_LANES_ROWS];
        whittle_wasm_bias(blocks, sums);
        whittle_wasm_sums_4(each, steps, weights, sums);
        for (i = 0; i < count; ++i) {
            whittle_wasm_store(sums[2 * i], sums[2 * i + 1], blocks, to, channels - o,
                               output + (ptrdiff_t)i * channels + o);
        }
    }
}

/* Eight channels of a tap; `count` < 8 of them are there. */
static inline v128_t whittle_wasm_tap(const int8_t* from, int32_t count) {
    int8_t bytes[WHITTLE_LANES] = {0};
    if (count >= WHITTLE_LANES) return wasm_v128_load64_zero(from);
    memcpy(bytes, from, (size_t)count);
    return wasm_v128_load64_zero(bytes);
}

static inline void whittle_wasm_depthwise(const int8_t* const* taps,
                                          int32_t count,
                                          const int16_t* weights,
                                          const WhittleLanesBlock* blocks,
                                          int32_t channels,
                                          const WhittleLanesOutput* to,
                                          int8_t* output) {
    int32_t c, t;
    for (c = 0; c < channels; c += WHITTLE_LANES, ++blocks) {
        v128_t sums[2];
        whittle_wasm_bias(blocks, sums);
        for (t = 0; t < count; t += 2, weights += 2 * WHITTLE_LANES) {
            const v128_t a = whittle_wasm_tap(taps[t] + c, channels - c);
            const v128_t b = whittle_wasm_tap(taps[t + 1] + c, channels - c);
            const v128_t pairs =
                wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            sums[0] = whittle_wasm_dot(sums[0], wasm_i16x8_extend_low_i8x16(pairs),
                                       wasm_v128_load(weights));
            sums[1] = whittle_wasm_dot(sums[1], wasm_i16x8_extend_high_i8x16(pairs),
                                       wasm_v128_load(weights + WHITTLE_LANES));
        }
        whittle_wasm_store(sums[0], sums[1], blocks, to, channels - c, output + c);
    }
}

/* Four inputs, requantized. */
static inline v128_t whittle_wasm_scaled_input(v128_t inputs, const WhittleLanesBlock* block) {
    return whittle_wasm_requantize(wasm_i32x4_add(inputs, wasm_v128_load(block->bias)), block, 0);
}

static inline void whittle_wasm_add(const int8_t* a,
                                    const int8_t* b,
                                    int32_t count,
                                    const WhittleLanesBlock* blocks,
                                    const WhittleLanesOutput* to,
                                    int8_t* output) {
    int32_t i;
    for (i = 0; i < count; i += WHITTLE_LANES) {
        const v128_t x = wasm_i16x8_extend_low_i8x16(whittle_wasm_tap(a + i, count - i));
        const v128_t y = wasm_i16x8_extend_low_i8x16(whittle_wasm_tap(b + i, count - i));
        const v128_t low =
            wasm_i32x4_add(whittle_wasm_scaled_input(wasm_i32x4_extend_low_i16x8(x), &blocks[0]),
                           whittle_wasm_scaled_input(wasm_i32x4_extend_low_i16x8(y), &blocks[1]));
        const v128_t high =
            wasm_i32x4_add(whittle_wasm_scaled_input(wasm_i32x4_extend_high_i16x8(x), &blocks[0]),
                           whittle_wasm_scaled_input(wasm_i32x4_extend_high_i16x8(y), &blocks[1]));
        whittle_wasm_store(low, high, &blocks[2], to, count - i, output + i);
    }
}

static const WhittleLanes whittle_lanes_wasm_simd128 = {
    2, whittle_wasm_widen, whittle_wasm_products, whittle_wasm_depthwise, whittle_wasm_add};

#endif
