#ifndef WHITTLE_CORE_OPS_INT8_LANES_AVX512_VNNI_H_
#define WHITTLE_CORE_OPS_INT8_LANES_AVX512_VNNI_H_

/* AVX-512 VNNI on vectors of 256 bits: four products of an unsigned and a signed byte to a lane,
 * without saturation. Inputs have 128 added, which the bias takes back. All else is AVX2's. */

#include "core/ops/int8_lanes_avx2.h"

#define WHITTLE_VNNI __attribute__((target("avx2,avx512f,avx512vl,avx512vnni")))
#define WHITTLE_VNNI_INLINE \
    static inline __attribute__((always_inline, target("avx2,avx512f,avx512vl,avx512vnni")))

WHITTLE_AVX2 static inline void whittle_vnni_widen(const int8_t* from, int32_t count, void* to) {
    uint8_t* bytes = (uint8_t*)to;
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m128i x = _mm_loadu_si128((const __m128i*)(const void*)(from + i));
        _mm_storeu_si128((__m128i*)(void*)(bytes + i), _mm_xor_si128(x, _mm_set1_epi8(-128)));
    }
    for (; i < count; i += WHITTLE_LANES) {
        const int32_t at = i + WHITTLE_LANES <= count ? i : count - WHITTLE_LANES;
        const __m128i x = _mm_loadl_epi64((const __m128i*)(const void*)(from + at));
        _mm_storel_epi64((__m128i*)(void*)(bytes + at), _mm_xor_si128(x, _mm_set1_epi8(-128)));
    }
}

WHITTLE_AVX2_INLINE __m256i whittle_vnni_weights(const int8_t* weights, int32_t step) {
    return whittle_avx2_load(weights + 32 * (ptrdiff_t)step);
}

WHITTLE_VNNI_INLINE void whittle_vnni_sums_4x2(
    const uint8_t* const* rows, int32_t steps, const int8_t* w0, const int8_t* w1, __m256i* sums) {
    __m256i s00 = sums[0], s01 = sums[1], s10 = s00, s11 = s01;
    __m256i s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    int32_t k;
    for (k = 0; k < steps; ++k) {
        const __m256i a = whittle_vnni_weights(w0, k);
        const __m256i b = whittle_vnni_weights(w1, k);
        const __m256i x0 = whittle_avx2_step(rows[0] + 4 * (ptrdiff_t)k);
        const __m256i x1 = whittle_avx2_step(rows[1] + 4 * (ptrdiff_t)k);
        const __m256i x2 = whittle_avx2_step(rows[2] + 4 * (ptrdiff_t)k);
        const __m256i x3 = whittle_avx2_step(rows[3] + 4 * (ptrdiff_t)k);
        s00 = _mm256_dpbusd_epi32(s00, x0, a), s01 = _mm256_dpbusd_epi32(s01, x0, b);
        s10 = _mm256_dpbusd_epi32(s10, x1, a), s11 = _mm256_dpbusd_epi32(s11, x1, b);
        s20 = _mm256_dpbusd_epi32(s20, x2, a), s21 = _mm256_dpbusd_epi32(s21, x2, b);
        s30 = _mm256_dpbusd_epi32(s30, x3, a), s31 = _mm256_dpbusd_epi32(s31, x3, b);
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s10, sums[3] = s11;
    sums[4] = s20, sums[5] = s21, sums[6] = s30, sums[7] = s31;
}

WHITTLE_VNNI_INLINE void whittle_vnni_sums_1x2(
    const uint8_t* row, int32_t steps, const int8_t* w0, const int8_t* w1, __m256i* sums) {
    __m256i s0 = sums[0], s1 = sums[1];
    int32_t k;
    for (k = 0; k < steps; ++k) {
        const __m256i x = whittle_avx2_step(row + 4 * (ptrdiff_t)k);
        s0 = _mm256_dpbusd_epi32(s0, x, whittle_vnni_weights(w0, k));
        s1 = _mm256_dpbusd_epi32(s1, x, whittle_vnni_weights(w1, k));
    }
    sums[0] = s0, sums[1] = s1;
}

WHITTLE_VNNI static inline void whittle_vnni_products(const void* rows,
                                                      int32_t count,
                                                      int32_t steps,
                                                      const int8_t* weights,
                                                      const WhittleLanesBlock* blocks,
                                                      int32_t channels,
                                                      const WhittleLanesOutput* to,
                                                      int8_t* output) {
    const ptrdiff_t block_bytes = (ptrdiff_t)steps * 32;
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
            whittle_vnni_sums_1x2(each[0], steps, weights, second, sums);
        } else {
            whittle_vnni_sums_4x2(each, steps, weights, second, sums);
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

static const WhittleLanes whittle_lanes_avx512_vnni = {4, whittle_vnni_widen, whittle_vnni_products,
                                                       whittle_avx2_depthwise, whittle_avx2_add};

#endif
