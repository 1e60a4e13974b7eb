#ifndef WHITTLE_CORE_OPS_INT8_LANES_AVX2_H_
#define WHITTLE_CORE_OPS_INT8_LANES_AVX2_H_

/* AVX2: eight int32 in a vector. Products are of int16 pairs, whose sums are exact in int32; those
 * of bytes would saturate. */

#include <immintrin.h>

#include "core/ops/int8_lanes.h"

#define WHITTLE_AVX2 __attribute__((target("avx2")))
#define WHITTLE_AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))

WHITTLE_AVX2_INLINE __m256i whittle_avx2_load(const void* from) {
    return _mm256_loadu_si256((const __m256i*)from);
}

/* Four bytes in every lane. */
WHITTLE_AVX2_INLINE __m256i whittle_avx2_step(const uint8_t* from) {
    int32_t step;
    memcpy(&step, from, 4);
    return _mm256_set1_epi32(step);
}

/* Requantized sums, before the zero point. */
WHITTLE_AVX2_INLINE __m256i whittle_avx2_requantize(__m256i sums, const WhittleLanesBlock* block) {
    const __m256i multiplier = whittle_avx2_load(block->multiplier);
    const __m256i scaled = _mm256_sllv_epi32(sums, whittle_avx2_load(block->scale));
    const __m256i even = _mm256_mul_epi32(scaled, multiplier);
    const __m256i odd =
        _mm256_mul_epi32(_mm256_srli_epi64(scaled, 32), _mm256_srli_epi64(multiplier, 32));
    const __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
    const __m256i once = _mm256_add_epi32(high, whittle_avx2_load(block->nearest));
    const __m256i less =
        _mm256_and_si256(_mm256_srai_epi32(once, 31), whittle_avx2_load(block->away));
    const __m256i twice =
        _mm256_sub_epi32(_mm256_add_epi32(high, whittle_avx2_load(block->halves)), less);
    return _mm256_sra_epi32(twice, _mm_cvtsi32_si128(block->shift));
}

/* Requantizes and stores the first `count` lanes. */
WHITTLE_AVX2_INLINE void whittle_avx2_store(__m256i sums,
                                            const WhittleLanesBlock* block,
                                            const WhittleLanesOutput* to,
                                            int32_t count,
                                            int8_t* output) {
    int8_t values[WHITTLE_LANES];
    if (block->shift != 0) {
        const __m256i wide = _mm256_add_epi32(whittle_avx2_requantize(sums, block),
                                              _mm256_set1_epi32(to->zero_point));
        const __m128i half =
            _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
        const __m128i narrow = _mm_packs_epi16(half, half);
        const __m128i clamped = _mm_min_epi8(_mm_max_epi8(narrow, _mm_set1_epi8((char)to->minimum)),
                                             _mm_set1_epi8((char)to->maximum));
        if (count >= WHITTLE_LANES) {
            _mm_storel_epi64((__m128i*)(void*)output, clamped);
            return;
        }
        _mm_storel_epi64((__m128i*)(void*)values, clamped);
    } else {
        int32_t lanes[WHITTLE_LANES];
        int32_t i;
        _mm256_storeu_si256((__m256i*)(void*)lanes, sums);
        for (i = 0; i < WHITTLE_LANES; ++i) values[i] = whittle_lanes_one(block, i, lanes[i], to);
    }
    memcpy(output, values, (size_t)(count < WHITTLE_LANES ? count : WHITTLE_LANES));
}

WHITTLE_AVX2 static inline void whittle_avx2_widen(const int8_t* from, int32_t count, void* to) {
    int16_t* wide = (int16_t*)to;
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i*)(const void*)(from + i));
        _mm256_storeu_si256((__m256i*)(void*)(wide + i), _mm256_cvtepi8_epi16(bytes));
    }
    for (; i < count; i += WHITTLE_LANES) {
        const int32_t at = i + WHITTLE_LANES <= count ? i : count - WHITTLE_LANES;
        const __m128i bytes = _mm_loadl_epi64((const __m128i*)(const void*)(from + at));
        _mm_storeu_si128((__m128i*)(void*)(wide + at), _mm_cvtepi8_epi16(bytes));
    }
}

/* Weights of one step of one block, as int16. */
WHITTLE_AVX2_INLINE __m256i whittle_avx2_weights(const int8_t* weights, int32_t step) {
    return _mm256_cvtepi8_epi16(
        _mm_loadu_si128((const __m128i*)(const void*)(weights + 16 * (ptrdiff_t)step)));
}

/* Adds the products of two int16 in each lane. */
WHITTLE_AVX2_INLINE __m256i whittle_avx2_dot(__m256i sum, __m256i inputs, __m256i weights) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(inputs, weights));
}

/* Sums of four rows and two blocks. */
WHITTLE_AVX2_INLINE void whittle_avx2_sums_4x2(
    const uint8_t* const* rows, int32_t steps, const int8_t* w0, const int8_t* w1, __m256i* sums) {
    __m256i s00 = sums[0], s01 = sums[1], s10 = s00, s11 = s01;
    __m256i s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    int32_t k;
    for (k = 0; k < steps; ++k) {
        const __m256i a = whittle_avx2_weights(w0, k);
        const __m256i b = whittle_avx2_weights(w1, k);
        const __m256i x0 = whittle_avx2_step(rows[0] + 4 * (ptrdiff_t)k);
        const __m256i x1 = whittle_avx2_step(rows[1] + 4 * (ptrdiff_t)k);
        const __m256i x2 = whittle_avx2_step(rows[2] + 4 * (ptrdiff_t)k);
        const __m256i x3 = whittle_avx2_step(rows[3] + 4 * (ptrdiff_t)k);
        s00 = whittle_avx2_dot(s00, x0, a), s01 = whittle_avx2_dot(s01, x0, b);
        s10 = whittle_avx2_dot(s10, x1, a), s11 = whittle_avx2_dot(s11, x1, b);
        s20 = whittle_avx2_dot(s20, x2, a), s21 = whittle_avx2_dot(s21, x2, b);
        s30 = whittle_avx2_dot(s30, x3, a), s31 = whittle_avx2_dot(s31, x3, b);
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s10, sums[3] = s11;
    sums[4] = s20, sums[5] = s21, sums[6] = s30, sums[7] = s31;
}

/* Sums of one row and two blocks. */
WHITTLE_AVX2_INLINE void whittle_avx2_sums_1x2(
    const uint8_t* row, int32_t steps, const int8_t* w0, const int8_t* w1, __m256i* sums) {
    __m256i s0 = sums[0], s1 = sums[1];
    int32_t k;
    for (k = 0; k < steps; ++k) {
        const __m256i x = whittle_avx2_step(row + 4 * (ptrdiff_t)k);
        s0 = whittle_avx2_dot(s0, x, whittle_avx2_weights(w0, k));
        s1 = whittle_avx2_dot(s1, x, whittle_avx2_weights(w1, k));
    }
    sums[0] = s0, sums[1] = s1;
}

WHITTLE_AVX2 static inline void whittle_avx2_products(const void* rows,
                                                      int32_t count,
                                                      int32_t steps,
                                                      const int8_t* weights,
                                                      const WhittleLanesBlock* blocks,
                                                      int32_t channels,
                                                      const WhittleLanesOutput* to,
                                                      int8_t* output) {
    const ptrdiff_t block_bytes = (ptrdiff_t)steps * 16;
    const uint8_t* each[WHITTLE_LANES_ROWS];
    int32_t o, i;
    whittle_lanes_rows(rows, count, steps, each);
    for (o = 0; o < channels; o += 2 * WHITTLE_LANES, blocks += 2, weights += 2 * block_bytes) {
        const int both = channels - o > WHITTLE_LANES;
        const int8_t* second = weights + (both ? block_bytes : 0);
        const WhittleLanesBlock* next = blocks + (both ? 1 : 0);
        __m256i sums[2 * WHITTLE_LANES_ROWS];
        sums[0] = whittle_avx2_load(blocks->bias);
        sums[1] = whittle_avx2_load(next->bias);
        if (count == 1) {
            whittle_avx2_sums_1x2(each[0], steps, weights, second, sums);
        } else {
            whittle_avx2_sums_4x2(each, steps, weights, second, sums);
        }
        for (i = 0; i < count; ++i) {
            int8_t* at = output + (ptrdiff_t)i * channels + o;
            whittle_avx2_store(sums[2 * i], blocks, to, channels - o, at);
            if (both) {
                whittle_avx2_store(sums[2 * i + 1], next, to, channels - o - WHITTLE_LANES,
                                   at + WHITTLE_LANES);
            }
        }
    }
}

/* Eight channels of a tap; `count` < 8 of them are there. */
WHITTLE_AVX2_INLINE __m128i whittle_avx2_tap(const int8_t* from, int32_t count) {
    int8_t bytes[WHITTLE_LANES] = {0};
    if (count >= WHITTLE_LANES) return _mm_loadl_epi64((const __m128i*)(const void*)from);
    memcpy(bytes, from, (size_t)count);
    return _mm_loadl_epi64((const __m128i*)(const void*)bytes);
}

WHITTLE_AVX2_INLINE __m256i whittle_avx2_depthwise_8(
    const int8_t* const* taps, int32_t count, const int16_t* weights, int32_t c, int32_t present) {
    __m256i sum = _mm256_setzero_si256();
    int32_t t;
    for (t = 0; t < count; t += 2) {
        const __m128i pairs = _mm_unpacklo_epi8(whittle_avx2_tap(taps[t] + c, present),
                                                whittle_avx2_tap(taps[t + 1] + c, present));
        sum = whittle_avx2_dot(sum, _mm256_cvtepi8_epi16(pairs), whittle_avx2_load(weights));
        weights += 2 * WHITTLE_LANES;
    }
    return sum;
}

WHITTLE_AVX2 static inline void whittle_avx2_depthwise(const int8_t* const* taps,
                                                       int32_t count,
                                                       const int16_t* weights,
                                                       const WhittleLanesBlock* blocks,
                                                       int32_t channels,
                                                       const WhittleLanesOutput* to,
                                                       int8_t* output) {
    const ptrdiff_t block_weights = (ptrdiff_t)count * WHITTLE_LANES;
    int32_t c = 0, t;
    for (; c + 2 * WHITTLE_LANES <= channels; c += 2 * WHITTLE_LANES, blocks += 2) {
        const int16_t* second = weights + block_weights;
        __m256i low = whittle_avx2_load(blocks[0].bias);
        __m256i high = whittle_avx2_load(blocks[1].bias);
        for (t = 0; t < count; t += 2) {
            const __m128i a = _mm_loadu_si128((const __m128i*)(const void*)(taps[t] + c));
            const __m128i b = _mm_loadu_si128((const __m128i*)(const void*)(taps[t + 1] + c));
            low = whittle_avx2_dot(low, _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b)),
                                   whittle_avx2_load(weights + 8 * t));
            high = whittle_avx2_dot(high, _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(a, b)),
                                    whittle_avx2_load(second + 8 * t));
        }
        whittle_avx2_store(low, &blocks[0], to, WHITTLE_LANES, output + c);
        whittle_avx2_store(high, &blocks[1], to, WHITTLE_LANES, output + c + WHITTLE_LANES);
        weights = second + block_weights;
    }
    for (; c < channels; c += WHITTLE_LANES, ++blocks, weights += block_weights) {
        const __m256i sum = channels - c >= WHITTLE_LANES
                                ? whittle_avx2_depthwise_8(taps, count, weights, c, WHITTLE_LANES)
                                : whittle_avx2_depthwise_8(taps, count, weights, c, channels - c);
        whittle_avx2_store(_mm256_add_epi32(sum, whittle_avx2_load(blocks->bias)), blocks, to,
                           channels - c, output + c);
    }
}

WHITTLE_AVX2_INLINE __m256i whittle_avx2_scaled_input(__m128i bytes,
                                                      const WhittleLanesBlock* block) {
    return whittle_avx2_requantize(
        _mm256_add_epi32(_mm256_cvtepi8_epi32(bytes), whittle_avx2_load(block->bias)), block);
}

WHITTLE_AVX2 static inline void whittle_avx2_add(const int8_t* a,
                                                 const int8_t* b,
                                                 int32_t count,
                                                 const WhittleLanesBlock* blocks,
                                                 const WhittleLanesOutput* to,
                                                 int8_t* output) {
    int32_t i;
    for (i = 0; i < count; i += WHITTLE_LANES) {
        const int32_t present = count - i;
        const __m256i x = whittle_avx2_scaled_input(whittle_avx2_tap(a + i, present), &blocks[0]);
        const __m256i y = whittle_avx2_scaled_input(whittle_avx2_tap(b + i, present), &blocks[1]);
        whittle_avx2_store(_mm256_add_epi32(x, y), &blocks[2], to, present, output + i);
    }
}

static const WhittleLanes whittle_lanes_avx2 = {2, whittle_avx2_widen, whittle_avx2_products,
                                                whittle_avx2_depthwise, whittle_avx2_add};

#endif
