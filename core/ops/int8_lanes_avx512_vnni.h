#ifndef WHITTLE_CORE_OPS_INT8_LANES_AVX512_VNNI_H_
#define WHITTLE_CORE_OPS_INT8_LANES_AVX512_VNNI_H_

/* AVX-512 with VNNI: sixteen int32 in a vector, thirty-two registers, masks for the channels that
 * are not there. Four products of an unsigned and a signed byte are added to a lane without
 * saturation, or two of int16. Inputs in rows have 128 added, which the bias takes back. */

#include <immintrin.h>

#include "core/ops/int8_lanes.h"

/* GCC's own header begins with values that it leaves undefined. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#define WHITTLE_VNNI_TARGET target("avx2,avx512f,avx512vl,avx512bw,avx512vnni")
#define WHITTLE_VNNI __attribute__((WHITTLE_VNNI_TARGET))
#define WHITTLE_VNNI_INLINE static inline __attribute__((always_inline, WHITTLE_VNNI_TARGET))
#define WHITTLE_VNNI_LANES 16
#define WHITTLE_VNNI_ROWS 8 /* rows, or outputs, of a tile */

WHITTLE_VNNI_INLINE __mmask16 whittle_vnni_mask(int32_t count) {
    return (__mmask16)(count >= WHITTLE_VNNI_LANES ? 0xFFFF : (1 << count) - 1);
}

/* Four bytes in every lane. */
WHITTLE_VNNI_INLINE __m512i whittle_vnni_step(const uint8_t* from) {
    int32_t step;
    memcpy(&step, from, 4);
    return _mm512_set1_epi32(step);
}

/* The same field of two blocks. */
WHITTLE_VNNI_INLINE __m512i whittle_vnni_both(const int32_t* first, const int32_t* second) {
    return _mm512_inserti64x4(
        _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i*)(const void*)first)),
        _mm256_loadu_si256((const __m256i*)(const void*)second), 1);
}

WHITTLE_VNNI_INLINE __m512i whittle_vnni_bias(const WhittleLanesBlock* blocks) {
    return whittle_vnni_both(blocks[0].bias, blocks[1].bias);
}

/* How sixteen channels are requantized: whittle_requantize, lane by lane; the zero point, the
 * clamp.
 */
typedef struct {
    __m512i multiplier;
    __m512i odd_multiplier; /* of odd lanes, in the places of the even ones before them */
    __m512i left;
    __m512i right;
    __m512i mask;      /* of the bits that the right shift drops */
    __m512i threshold; /* half of it */
    __m512i zero_point;
    __m128i minimum;
    __m128i maximum;
} WhittleVnniScale;

WHITTLE_VNNI_INLINE WhittleVnniScale whittle_vnni_scale(const WhittleLanesBlock* first,
                                                        const WhittleLanesBlock* second,
                                                        const WhittleLanesOutput* to) {
    const __m512i zero = _mm512_setzero_si512();
    const __m512i one = _mm512_set1_epi32(1);
    const __m512i shift = whittle_vnni_both(first->exact_shift, second->exact_shift);
    WhittleVnniScale scale;
    scale.multiplier = whittle_vnni_both(first->multiplier, second->multiplier);
    scale.odd_multiplier = _mm512_srli_epi64(scale.multiplier, 32);
    scale.left = _mm512_max_epi32(shift, zero);
    scale.right = _mm512_max_epi32(_mm512_sub_epi32(zero, shift), zero);
    scale.mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, scale.right), one);
    scale.threshold = _mm512_srli_epi32(scale.mask, 1);
    scale.zero_point = _mm512_set1_epi32(to->zero_point);
    scale.minimum = _mm_set1_epi8((char)to->minimum);
    scale.maximum = _mm_set1_epi8((char)to->maximum);
    return scale;
}

WHITTLE_VNNI_INLINE __m512i whittle_vnni_requantize(__m512i sums, const WhittleVnniScale* scale) {
    const __m512i nearest = _mm512_set1_epi64((int64_t)1 << 30);
    const __m512i raised = _mm512_sllv_epi32(sums, scale->left);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(raised, scale->multiplier), nearest);
    const __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(raised, 32), scale->odd_multiplier), nearest);
    const __m512i once =
        _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
    const __m512i dropped = _mm512_and_si512(once, scale->mask);
    const __m512i threshold = _mm512_sub_epi32(scale->threshold, _mm512_srai_epi32(once, 31));
    const __m512i down = _mm512_srav_epi32(once, scale->right);
    return _mm512_mask_add_epi32(down, _mm512_cmpgt_epi32_mask(dropped, threshold), down,
                                 _mm512_set1_epi32(1));
}

/* Requantizes sums and stores those of the channels in `mask`. */
WHITTLE_VNNI_INLINE void whittle_vnni_store(__m512i sums,
                                            const WhittleVnniScale* scale,
                                            __mmask16 mask,
                                            int8_t* output) {
    const __m512i values =
        _mm512_add_epi32(whittle_vnni_requantize(sums, scale), scale->zero_point);
    const __m128i narrow = _mm512_cvtsepi32_epi8(values);
    _mm_mask_storeu_epi8(output, mask,
                         _mm_min_epi8(_mm_max_epi8(narrow, scale->minimum), scale->maximum));
}

WHITTLE_VNNI static inline void whittle_vnni_widen(const int8_t* from, int32_t count, uint8_t* to) {
    const __m512i sign = _mm512_set1_epi8(-128);
    int32_t i = 0;
    for (; i + 64 <= count; i += 64) {
        _mm512_storeu_si512(to + i, _mm512_xor_si512(_mm512_loadu_si512(from + i), sign));
    }
    if (i < count) {
        const __mmask64 rest = ((__mmask64)1 << (count - i)) - 1;
        _mm512_mask_storeu_epi8(to + i, rest,
                                _mm512_xor_si512(_mm512_maskz_loadu_epi8(rest, from + i), sign));
    }
}

WHITTLE_VNNI static inline void whittle_vnni_pairs(const int8_t* a,
                                                   const int8_t* b,
                                                   int32_t count,
                                                   uint8_t* to) {
    int32_t i;
    for (i = 0; i < count; i += WHITTLE_VNNI_LANES) {
        const __mmask16 mask = whittle_vnni_mask(count - i);
        const __m512i low = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, a + i));
        const __m512i high = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, b + i));
        _mm512_mask_storeu_epi32(
            to + 4 * (ptrdiff_t)i, mask,
            _mm512_mask_blend_epi16(0xAAAAAAAAu, low, _mm512_slli_epi32(high, 16)));
    }
}

/* Sums of four or eight rows and one or two vectors of channels, whose weights are `apart` bytes
 * apart. low[0] and high[0] are what they begin with. */
WHITTLE_VNNI_INLINE void whittle_vnni_sums(const WhittleLanesRows* rows,
                                           int32_t first,
                                           const uint8_t* weights,
                                           ptrdiff_t apart,
                                           const int tile,
                                           const int two,
                                           __m512i* low,
                                           __m512i* high) {
    const uint8_t* each[WHITTLE_VNNI_ROWS];
    __m512i l[WHITTLE_VNNI_ROWS], h[WHITTLE_VNNI_ROWS];
    int32_t i, run, k;
#pragma GCC unroll 8
    for (i = 0; i < tile; ++i) {
        each[i] = whittle_lanes_row(rows, first, i);
        l[i] = low[0];
        h[i] = high[0];
    }
    for (run = 0; run < rows->runs; ++run) {
        const ptrdiff_t begin = rows->offsets[run];
        for (k = 0; k < rows->steps; ++k, weights += 64) {
            const ptrdiff_t at = begin + 4 * (ptrdiff_t)k;
            const __m512i a = _mm512_loadu_si512(weights);
            const __m512i b = two ? _mm512_loadu_si512(weights + apart) : a;
#pragma GCC unroll 8
            for (i = 0; i < tile; ++i) {
                const __m512i x = whittle_vnni_step(each[i] + at);
                l[i] = _mm512_dpbusd_epi32(l[i], x, a);
                if (two) h[i] = _mm512_dpbusd_epi32(h[i], x, b);
            }
        }
    }
#pragma GCC unroll 8
    for (i = 0; i < tile; ++i) {
        low[i] = l[i];
        if (two) high[i] = h[i];
    }
}

/* All rows, for one or two vectors of channels; `blocks` of them. */
WHITTLE_VNNI_INLINE void whittle_vnni_columns(const WhittleLanesRows* rows,
                                              const uint8_t* weights,
                                              const WhittleLanesBlock* blocks,
                                              int32_t channels,
                                              int32_t o,
                                              const int two,
                                              const WhittleLanesOutput* to,
                                              int8_t* output) {
    const ptrdiff_t apart = (ptrdiff_t)rows->runs * rows->steps * 64;
    const WhittleLanesBlock* next = blocks + (two ? 2 : 0);
    const WhittleVnniScale low_scale = whittle_vnni_scale(&blocks[0], &blocks[1], to);
    const WhittleVnniScale high_scale = whittle_vnni_scale(&next[0], &next[1], to);
    const __mmask16 low_mask = whittle_vnni_mask(channels - o);
    const __mmask16 high_mask = two ? whittle_vnni_mask(channels - o - WHITTLE_VNNI_LANES) : 0;
    int32_t first, i;
    for (first = 0; first < rows->rows; first += WHITTLE_VNNI_ROWS) {
        const int32_t present = whittle_clamp(rows->rows - first, 1, WHITTLE_VNNI_ROWS);
        int8_t* at = output + (ptrdiff_t)first * channels + o;
        __m512i low[WHITTLE_VNNI_ROWS], high[WHITTLE_VNNI_ROWS];
        low[0] = whittle_vnni_bias(blocks);
        high[0] = whittle_vnni_bias(next);
        if (present > WHITTLE_VNNI_ROWS / 2) {
            whittle_vnni_sums(rows, first, weights, apart, WHITTLE_VNNI_ROWS, two, low, high);
        } else {
            whittle_vnni_sums(rows, first, weights, apart, WHITTLE_VNNI_ROWS / 2, two, low, high);
        }
        for (i = 0; i < present; ++i, at += channels) {
            whittle_vnni_store(low[i], &low_scale, low_mask, at);
            if (!two) continue;
            whittle_vnni_store(high[i], &high_scale, high_mask, at + WHITTLE_VNNI_LANES);
        }
    }
}

WHITTLE_VNNI static inline void whittle_vnni_products(const WhittleLanesRows* rows,
                                                      const void* weights,
                                                      const WhittleLanesBlock* blocks,
                                                      int32_t channels,
                                                      const WhittleLanesOutput* to,
                                                      int8_t* output) {
    const ptrdiff_t vector_bytes = (ptrdiff_t)rows->runs * rows->steps * 64;
    const uint8_t* at = (const uint8_t*)weights;
    int32_t o = 0;
    for (; channels - o > WHITTLE_VNNI_LANES; o += 2 * WHITTLE_VNNI_LANES) {
        whittle_vnni_columns(rows, at, blocks, channels, o, 1, to, output);
        blocks += 4;
        at += 2 * vector_bytes;
    }
    if (o < channels) whittle_vnni_columns(rows, at, blocks, channels, o, 0, to, output);
}

WHITTLE_VNNI static inline void whittle_vnni_row(const uint8_t* row,
                                                 int32_t steps,
                                                 const int8_t* weights,
                                                 const WhittleLanesBlock* blocks,
                                                 int32_t channels,
                                                 const WhittleLanesOutput* to,
                                                 int8_t* output) {
    const ptrdiff_t vector_bytes = (ptrdiff_t)steps * 64;
    int32_t o, i, k;
    for (o = 0; o < channels; o += 4 * WHITTLE_VNNI_LANES) {
        const int32_t vectors = whittle_clamp((channels - o + 15) / WHITTLE_VNNI_LANES, 1, 4);
        const int8_t* w1 = weights + (vectors > 1 ? vector_bytes : 0);
        const int8_t* w2 = weights + (vectors > 2 ? 2 * vector_bytes : 0);
        const int8_t* w3 = weights + (vectors > 3 ? 3 * vector_bytes : 0);
        const __m512i zero = _mm512_setzero_si512();
        __m512i s0 = zero, s1 = zero, s2 = zero, s3 = zero, sums[4];
        for (k = 0; k < steps; ++k) {
            const ptrdiff_t at = 64 * (ptrdiff_t)k;
            const __m512i x = whittle_vnni_step(row + 4 * (ptrdiff_t)k);
            s0 = _mm512_dpbusd_epi32(s0, x, _mm512_loadu_si512(weights + at));
            s1 = _mm512_dpbusd_epi32(s1, x, _mm512_loadu_si512(w1 + at));
            s2 = _mm512_dpbusd_epi32(s2, x, _mm512_loadu_si512(w2 + at));
            s3 = _mm512_dpbusd_epi32(s3, x, _mm512_loadu_si512(w3 + at));
        }
        sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
        for (i = 0; i < vectors; ++i, blocks += 2, weights += vector_bytes) {
            const int32_t at = o + i * WHITTLE_VNNI_LANES;
            const WhittleVnniScale scale = whittle_vnni_scale(&blocks[0], &blocks[1], to);
            const __m512i sum = _mm512_add_epi32(sums[i], whittle_vnni_bias(blocks));
            whittle_vnni_store(sum, &scale, whittle_vnni_mask(channels - at), output + at);
        }
    }
}

/* Sums of four or eight rows, a step of each row being of one channel; sums[0] is what they begin
 * with. */
WHITTLE_VNNI_INLINE void whittle_vnni_depthwise_sums(const WhittleLanesRows* rows,
                                                     int32_t first,
                                                     int32_t c,
                                                     const int16_t* weights,
                                                     const int tile,
                                                     __m512i* sums) {
    const uint8_t* each[WHITTLE_VNNI_ROWS];
    __m512i s[WHITTLE_VNNI_ROWS];
    int32_t i, run;
#pragma GCC unroll 8
    for (i = 0; i < tile; ++i) {
        each[i] = whittle_lanes_row(rows, first, i) + 4 * (ptrdiff_t)c;
        s[i] = sums[0];
    }
    for (run = 0; run < rows->runs; ++run, weights += 2 * WHITTLE_VNNI_LANES) {
        const ptrdiff_t at = rows->offsets[run];
        const __m512i w = _mm512_loadu_si512(weights);
#pragma GCC unroll 8
        for (i = 0; i < tile; ++i) {
            s[i] = _mm512_dpwssd_epi32(s[i], w, _mm512_loadu_si512(each[i] + at));
        }
    }
#pragma GCC unroll 8
    for (i = 0; i < tile; ++i) sums[i] = s[i];
}

WHITTLE_VNNI static inline void whittle_vnni_depthwise(const WhittleLanesRows* rows,
                                                       const int16_t* weights,
                                                       const WhittleLanesBlock* blocks,
                                                       int32_t channels,
                                                       const WhittleLanesOutput* to,
                                                       int8_t* output) {
    int32_t c, first, i;
    for (c = 0; c < channels; c += WHITTLE_VNNI_LANES, blocks += 2, weights += 32 * rows->runs) {
        const WhittleVnniScale scale = whittle_vnni_scale(&blocks[0], &blocks[1], to);
        const __mmask16 mask = whittle_vnni_mask(channels - c);
        for (first = 0; first < rows->rows; first += WHITTLE_VNNI_ROWS) {
            const int32_t present = whittle_clamp(rows->rows - first, 1, WHITTLE_VNNI_ROWS);
            int8_t* at = output + (ptrdiff_t)first * channels + c;
            __m512i sums[WHITTLE_VNNI_ROWS];
            sums[0] = whittle_vnni_bias(blocks);
            if (present > WHITTLE_VNNI_ROWS / 2) {
                whittle_vnni_depthwise_sums(rows, first, c, weights, WHITTLE_VNNI_ROWS, sums);
            } else {
                whittle_vnni_depthwise_sums(rows, first, c, weights, WHITTLE_VNNI_ROWS / 2, sums);
            }
            for (i = 0; i < present; ++i, at += channels) {
                whittle_vnni_store(sums[i], &scale, mask, at);
            }
        }
    }
}

WHITTLE_VNNI_INLINE __m512i whittle_vnni_scaled_input(const int8_t* from,
                                                      __mmask16 mask,
                                                      __m512i bias,
                                                      const WhittleVnniScale* scale) {
    const __m512i inputs = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, from));
    return whittle_vnni_requantize(
        _mm512_slli_epi32(_mm512_add_epi32(inputs, bias), WHITTLE_LANES_ADD_BITS), scale);
}

WHITTLE_VNNI static inline void whittle_vnni_add(const int8_t* a,
                                                 const int8_t* b,
                                                 int32_t count,
                                                 const WhittleLanesBlock* blocks,
                                                 const WhittleLanesOutput* to,
                                                 int8_t* output) {
    const __m512i a_bias = whittle_vnni_both(blocks[0].bias, blocks[0].bias);
    const __m512i b_bias = whittle_vnni_both(blocks[1].bias, blocks[1].bias);
    const WhittleVnniScale a_scale = whittle_vnni_scale(&blocks[0], &blocks[0], to);
    const WhittleVnniScale b_scale = whittle_vnni_scale(&blocks[1], &blocks[1], to);
    const WhittleVnniScale sum_scale = whittle_vnni_scale(&blocks[2], &blocks[2], to);
    int32_t i;
    for (i = 0; i < count; i += WHITTLE_VNNI_LANES) {
        const __mmask16 mask = whittle_vnni_mask(count - i);
        const __m512i x = whittle_vnni_scaled_input(a + i, mask, a_bias, &a_scale);
        const __m512i y = whittle_vnni_scaled_input(b + i, mask, b_bias, &b_scale);
        whittle_vnni_store(_mm512_add_epi32(x, y), &sum_scale, mask, output + i);
    }
}

static const WhittleLanes whittle_lanes_avx512_vnni = {WHITTLE_VNNI_LANES,     4,
                                                       whittle_vnni_widen,     whittle_vnni_pairs,
                                                       whittle_vnni_products,  whittle_vnni_row,
                                                       whittle_vnni_depthwise, whittle_vnni_add};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#endif
