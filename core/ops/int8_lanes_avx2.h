#ifndef WHITTLE_CORE_OPS_INT8_LANES_AVX2_H_
#define WHITTLE_CORE_OPS_INT8_LANES_AVX2_H_

/* AVX2: eight int32 in a vector, sixteen registers. Products are of int16 pairs, whose sums are
 * exact in int32; those of bytes would saturate. */

#include <immintrin.h>

#include "core/ops/int8_lanes.h"

#define WHITTLE_AVX2 __attribute__((target("avx2")))
#define WHITTLE_AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))
#define WHITTLE_AVX2_ROWS 4 /* rows, or outputs, of a tile */

WHITTLE_AVX2_INLINE __m256i whittle_avx2_load(const void* from) {
    return _mm256_loadu_si256((const __m256i*)from);
}

WHITTLE_AVX2_INLINE void whittle_avx2_put(void* to, __m256i value) {
    _mm256_storeu_si256((__m256i*)to, value);
}

/* Eight bytes; of the last ones `count` < 8 are there. */
WHITTLE_AVX2_INLINE __m128i whittle_avx2_bytes(const int8_t* from, int32_t count) {
    int8_t bytes[WHITTLE_LANES] = {0};
    if (count >= WHITTLE_LANES) return _mm_loadl_epi64((const __m128i*)(const void*)from);
    memcpy(bytes, from, (size_t)count);
    return _mm_loadl_epi64((const __m128i*)(const void*)bytes);
}

/* Four bytes in every lane. */
WHITTLE_AVX2_INLINE __m256i whittle_avx2_step(const uint8_t* from) {
    int32_t step;
    memcpy(&step, from, 4);
    return _mm256_set1_epi32(step);
}

/* How eight channels are requantized: whittle_requantize, lane by lane; the zero point, the clamp.
 */
typedef struct {
    __m256i multiplier;
    __m256i odd_multiplier; /* of lanes 1, 3, 5 and 7, in the places of 0, 2, 4 and 6 */
    __m256i left;
    __m256i right;
    __m256i mask;      /* of the bits that the right shift drops */
    __m256i threshold; /* half of it */
    __m256i zero_point;
    __m128i minimum;
    __m128i maximum;
} WhittleAvx2Scale;

WHITTLE_AVX2_INLINE WhittleAvx2Scale whittle_avx2_scale(const WhittleLanesBlock* block,
                                                        const WhittleLanesOutput* to) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i one = _mm256_set1_epi32(1);
    const __m256i shift = whittle_avx2_load(block->exact_shift);
    WhittleAvx2Scale scale;
    scale.multiplier = whittle_avx2_load(block->multiplier);
    scale.odd_multiplier = _mm256_srli_epi64(scale.multiplier, 32);
    scale.left = _mm256_max_epi32(shift, zero);
    scale.right = _mm256_max_epi32(_mm256_sub_epi32(zero, shift), zero);
    scale.mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, scale.right), one);
    scale.threshold = _mm256_srli_epi32(scale.mask, 1);
    scale.zero_point = _mm256_set1_epi32(to->zero_point);
    scale.minimum = _mm_set1_epi8((char)to->minimum);
    scale.maximum = _mm_set1_epi8((char)to->maximum);
    return scale;
}

WHITTLE_AVX2_INLINE __m256i whittle_avx2_requantize(__m256i sums, const WhittleAvx2Scale* scale) {
    const __m256i nearest = _mm256_set1_epi64x((int64_t)1 << 30);
    const __m256i raised = _mm256_sllv_epi32(sums, scale->left);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(raised, scale->multiplier), nearest);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(raised, 32), scale->odd_multiplier), nearest);
    const __m256i once =
        _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
    const __m256i dropped = _mm256_and_si256(once, scale->mask);
    const __m256i threshold = _mm256_sub_epi32(scale->threshold, _mm256_srai_epi32(once, 31));
    return _mm256_sub_epi32(_mm256_srav_epi32(once, scale->right),
                            _mm256_cmpgt_epi32(dropped, threshold));
}

/* Requantizes eight sums and stores the first `count` of them. */
WHITTLE_AVX2_INLINE void whittle_avx2_store(__m256i sums,
                                            const WhittleAvx2Scale* scale,
                                            int32_t count,
                                            int8_t* output) {
    const __m256i values =
        _mm256_add_epi32(whittle_avx2_requantize(sums, scale), scale->zero_point);
    const __m128i half =
        _mm_packs_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1));
    const __m128i narrow = _mm_packs_epi16(half, half);
    const __m128i clamped = _mm_min_epi8(_mm_max_epi8(narrow, scale->minimum), scale->maximum);
    int8_t bytes[WHITTLE_LANES];
    if (count >= WHITTLE_LANES) {
        _mm_storel_epi64((__m128i*)(void*)output, clamped);
        return;
    }
    _mm_storel_epi64((__m128i*)(void*)bytes, clamped);
    memcpy(output, bytes, (size_t)count);
}

WHITTLE_AVX2 static inline void whittle_avx2_widen(const int8_t* from, int32_t count, uint8_t* to) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i*)(const void*)(from + i));
        whittle_avx2_put(to + 2 * (ptrdiff_t)i, _mm256_cvtepi8_epi16(bytes));
    }
    for (; i < count; ++i) ((int16_t*)(void*)to)[i] = from[i];
}

WHITTLE_AVX2 static inline void whittle_avx2_pairs(const int8_t* a,
                                                   const int8_t* b,
                                                   int32_t count,
                                                   uint8_t* to) {
    int16_t* pairs = (int16_t*)(void*)to;
    int32_t i = 0;
    for (; i + WHITTLE_LANES <= count; i += WHITTLE_LANES) {
        const __m128i both =
            _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i*)(const void*)(a + i)),
                              _mm_loadl_epi64((const __m128i*)(const void*)(b + i)));
        whittle_avx2_put(pairs + 2 * (ptrdiff_t)i, _mm256_cvtepi8_epi16(both));
    }
    for (; i < count; ++i) {
        pairs[2 * i] = a[i];
        pairs[2 * i + 1] = b[i];
    }
}

/* Adds the products of two int16 in each lane. */
WHITTLE_AVX2_INLINE __m256i whittle_avx2_dot(__m256i sum, __m256i inputs, __m256i weights) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(inputs, weights));
}

/* Sums of four rows and two blocks, whose weights are `apart` bytes apart. */
WHITTLE_AVX2_INLINE void whittle_avx2_sums_4x2(const WhittleLanesRows* rows,
                                               int32_t first,
                                               const uint8_t* weights,
                                               ptrdiff_t apart,
                                               __m256i* sums) {
    const uint8_t* each[WHITTLE_AVX2_ROWS];
    __m256i s00 = sums[0], s01 = sums[1], s10 = s00, s11 = s01;
    __m256i s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    int32_t i, run, k;
    for (i = 0; i < WHITTLE_AVX2_ROWS; ++i) {
        each[i] = whittle_lanes_row(rows, first, i);
    }
    for (run = 0; run < rows->runs; ++run) {
        const ptrdiff_t at = rows->offsets[run];
        const uint8_t *r0 = each[0] + at, *r1 = each[1] + at;
        const uint8_t *r2 = each[2] + at, *r3 = each[3] + at;
        for (k = 0; k < rows->steps; ++k, weights += 32) {
            const __m256i a = whittle_avx2_load(weights);
            const __m256i b = whittle_avx2_load(weights + apart);
            const __m256i x0 = whittle_avx2_step(r0 + 4 * (ptrdiff_t)k);
            const __m256i x1 = whittle_avx2_step(r1 + 4 * (ptrdiff_t)k);
            const __m256i x2 = whittle_avx2_step(r2 + 4 * (ptrdiff_t)k);
            const __m256i x3 = whittle_avx2_step(r3 + 4 * (ptrdiff_t)k);
            s00 = whittle_avx2_dot(s00, x0, a), s01 = whittle_avx2_dot(s01, x0, b);
            s10 = whittle_avx2_dot(s10, x1, a), s11 = whittle_avx2_dot(s11, x1, b);
            s20 = whittle_avx2_dot(s20, x2, a), s21 = whittle_avx2_dot(s21, x2, b);
            s30 = whittle_avx2_dot(s30, x3, a), s31 = whittle_avx2_dot(s31, x3, b);
        }
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s10, sums[3] = s11;
    sums[4] = s20, sums[5] = s21, sums[6] = s30, sums[7] = s31;
}

WHITTLE_AVX2 static inline void whittle_avx2_products(const WhittleLanesRows* rows,
                                                      const void* weights,
                                                      const WhittleLanesBlock* blocks,
                                                      int32_t channels,
                                                      const WhittleLanesOutput* to,
                                                      int8_t* output) {
    const ptrdiff_t block_bytes = (ptrdiff_t)rows->runs * rows->steps * 32;
    const uint8_t* at = (const uint8_t*)weights;
    int32_t o, first, i;
    for (o = 0; o < channels; o += 2 * WHITTLE_LANES, blocks += 2, at += 2 * block_bytes) {
        const int both = channels - o > WHITTLE_LANES;
        const WhittleLanesBlock* next = blocks + (both ? 1 : 0);
        const WhittleAvx2Scale scales[2] = {whittle_avx2_scale(blocks, to),
                                            whittle_avx2_scale(next, to)};
        for (first = 0; first < rows->rows; first += WHITTLE_AVX2_ROWS) {
            const int32_t present = whittle_clamp(rows->rows - first, 1, WHITTLE_AVX2_ROWS);
            int8_t* row = output + (ptrdiff_t)first * channels + o;
            __m256i sums[2 * WHITTLE_AVX2_ROWS];
            sums[0] = whittle_avx2_load(blocks->bias);
            sums[1] = whittle_avx2_load(next->bias);
            whittle_avx2_sums_4x2(rows, first, at, both ? block_bytes : 0, sums);
            for (i = 0; i < present; ++i, row += channels) {
                whittle_avx2_store(sums[2 * i], &scales[0], channels - o, row);
                if (!both) continue;
                whittle_avx2_store(sums[2 * i + 1], &scales[1], channels - o - WHITTLE_LANES,
                                   row + WHITTLE_LANES);
            }
        }
    }
}

/* Weights of one step of one block, as int16. */
WHITTLE_AVX2_INLINE __m256i whittle_avx2_weights(const int8_t* weights, int32_t step) {
    return _mm256_cvtepi8_epi16(
        _mm_loadu_si128((const __m128i*)(const void*)(weights + 16 * (ptrdiff_t)step)));
}

WHITTLE_AVX2 static inline void whittle_avx2_row(const uint8_t* row,
                                                 int32_t steps,
                                                 const int8_t* weights,
                                                 const WhittleLanesBlock* blocks,
                                                 int32_t channels,
                                                 const WhittleLanesOutput* to,
                                                 int8_t* output) {
    const ptrdiff_t block_bytes = (ptrdiff_t)steps * 16;
    int32_t o, k;
    for (o = 0; o < channels; o += 2 * WHITTLE_LANES, blocks += 2, weights += 2 * block_bytes) {
        const int both = channels - o > WHITTLE_LANES;
        const int8_t* second = weights + (both ? block_bytes : 0);
        const WhittleLanesBlock* next = blocks + (both ? 1 : 0);
        const WhittleAvx2Scale scales[2] = {whittle_avx2_scale(blocks, to),
                                            whittle_avx2_scale(next, to)};
        __m256i low = whittle_avx2_load(blocks->bias);
        __m256i high = whittle_avx2_load(next->bias);
        for (k = 0; k < steps; ++k) {
            const __m256i x = whittle_avx2_step(row + 4 * (ptrdiff_t)k);
            low = whittle_avx2_dot(low, x, whittle_avx2_weights(weights, k));
            high = whittle_avx2_dot(high, x, whittle_avx2_weights(second, k));
        }
        whittle_avx2_store(low, &scales[0], channels - o, output + o);
        if (!both) continue;
        whittle_avx2_store(high, &scales[1], channels - o - WHITTLE_LANES,
                           output + o + WHITTLE_LANES);
    }
}

WHITTLE_AVX2 static inline void whittle_avx2_depthwise(const WhittleLanesRows* rows,
                                                       const int16_t* weights,
                                                       const WhittleLanesBlock* blocks,
                                                       int32_t channels,
                                                       const WhittleLanesOutput* to,
                                                       int8_t* output) {
    const uint8_t* each[WHITTLE_AVX2_ROWS];
    int32_t c, first, i, t;
    for (c = 0; c < channels; c += WHITTLE_LANES, ++blocks, weights += 16 * rows->runs) {
        const WhittleAvx2Scale scale = whittle_avx2_scale(blocks, to);
        for (first = 0; first < rows->rows; first += WHITTLE_AVX2_ROWS) {
            const int32_t present = whittle_clamp(rows->rows - first, 1, WHITTLE_AVX2_ROWS);
            int8_t* at = output + (ptrdiff_t)first * channels + c;
            __m256i sums[WHITTLE_AVX2_ROWS];
            __m256i s0 = whittle_avx2_load(blocks->bias), s1 = s0, s2 = s0, s3 = s0;
            for (i = 0; i < WHITTLE_AVX2_ROWS; ++i) {
                each[i] = whittle_lanes_row(rows, first, i) + 4 * (ptrdiff_t)c;
            }
            for (t = 0; t < rows->runs; ++t) {
                const ptrdiff_t offset = rows->offsets[t];
                const __m256i w = whittle_avx2_load(weights + 16 * (ptrdiff_t)t);
                s0 = whittle_avx2_dot(s0, whittle_avx2_load(each[0] + offset), w);
                s1 = whittle_avx2_dot(s1, whittle_avx2_load(each[1] + offset), w);
                s2 = whittle_avx2_dot(s2, whittle_avx2_load(each[2] + offset), w);
                s3 = whittle_avx2_dot(s3, whittle_avx2_load(each[3] + offset), w);
            }
            sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
            for (i = 0; i < present; ++i, at += channels) {
                whittle_avx2_store(sums[i], &scale, channels - c, at);
            }
        }
    }
}

WHITTLE_AVX2_INLINE __m256i whittle_avx2_scaled_input(const int8_t* from,
                                                      int32_t count,
                                                      __m256i bias,
                                                      const WhittleAvx2Scale* scale) {
    const __m256i inputs = _mm256_cvtepi8_epi32(whittle_avx2_bytes(from, count));
    return whittle_avx2_requantize(
        _mm256_slli_epi32(_mm256_add_epi32(inputs, bias), WHITTLE_LANES_ADD_BITS), scale);
}

WHITTLE_AVX2 static inline void whittle_avx2_add(const int8_t* a,
                                                 const int8_t* b,
                                                 int32_t count,
                                                 const WhittleLanesBlock* blocks,
                                                 const WhittleLanesOutput* to,
                                                 int8_t* output) {
    const __m256i a_bias = whittle_avx2_load(blocks[0].bias);
    const __m256i b_bias = whittle_avx2_load(blocks[1].bias);
    const WhittleAvx2Scale a_scale = whittle_avx2_scale(&blocks[0], to);
    const WhittleAvx2Scale b_scale = whittle_avx2_scale(&blocks[1], to);
    const WhittleAvx2Scale sum_scale = whittle_avx2_scale(&blocks[2], to);
    int32_t i;
    for (i = 0; i < count; i += WHITTLE_LANES) {
        const int32_t present = count - i;
        const __m256i x = whittle_avx2_scaled_input(a + i, present, a_bias, &a_scale);
        const __m256i y = whittle_avx2_scaled_input(b + i, present, b_bias, &b_scale);
        whittle_avx2_store(_mm256_add_epi32(x, y), &sum_scale, present, output + i);
    }
}

static const WhittleLanes whittle_lanes_avx2 = {WHITTLE_LANES,          2,
                                                whittle_avx2_widen,     whittle_avx2_pairs,
                                                whittle_avx2_products,  whittle_avx2_row,
                                                whittle_avx2_depthwise, whittle_avx2_add};

#endif
