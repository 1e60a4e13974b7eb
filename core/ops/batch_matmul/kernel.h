#ifndef WHITTLE_CORE_OPS_BATCH_MATMUL_KERNEL_H_
#define WHITTLE_CORE_OPS_BATCH_MATMUL_KERNEL_H_

/* Products of matrices, one for each batch: output[.., r, c] = sum over k of a[.., r, k] * b[.., k,
 * c]. Batches of 1 are repeated. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"

/* Strides count elements; a stride of 0 repeats. The output is dense. */
typedef struct {
    int32_t batch0, batch1, batch2;       /* sizes of the output's batch dimensions, each >= 0 */
    int32_t rows, columns, depth;         /* each >= 0 */
    int32_t a_batch0, a_batch1, a_batch2; /* strides, each >= 0 */
    int32_t a_row, a_depth;
    int32_t b_batch0, b_batch1, b_batch2;
    int32_t b_depth, b_column;
} WhittleMatrices;

typedef struct {
    WhittleMatrices matrices;
} WhittleBatchMatmulFloat32;

/* No aliasing with the output. The sum runs over k upwards from 0.0f. */
static inline void whittle_batch_matmul_float32(const WhittleBatchMatmulFloat32* p,
                                                const float* a,
                                                const float* b,
                                                float* output) {
    const WhittleMatrices* s = &p->matrices;
    int32_t batch, r, c, k;
    for (batch = 0; batch < s->batch0 * s->batch1 * s->batch2; ++batch) {
        const int32_t i0 = batch / (s->batch1 * s->batch2);
        const int32_t i1 = batch / s->batch2 % s->batch1;
        const int32_t i2 = batch % s->batch2;
        const float* x = a + i0 * s->a_batch0 + i1 * s->a_batch1 + i2 * s->a_batch2;
        const float* y = b + i0 * s->b_batch0 + i1 * s->b_batch1 + i2 * s->b_batch2;
        for (r = 0; r < s->rows; ++r) {
            for (c = 0; c < s->columns; ++c) {
                float sum = 0.0f;
                for (k = 0; k < s->depth; ++k) {
                    sum += x[r * s->a_row + k * s->a_depth] * y[k * s->b_depth + c * s->b_column];
                }
                *output++ = sum;
            }
        }
    }
}

/* Of int8 and of int16, which has no zero points and TFLite's requantization of 64-bit sums. */
typedef struct {
    WhittleMatrices matrices;
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* scale a * scale b / output scale = multiplier * 2^(shift - 31) */
    int32_t shift;
    int32_t minimum;
    int32_t maximum;
} WhittleBatchMatmulInteger;

static inline void whittle_batch_matmul_int8(const WhittleBatchMatmulInteger* p,
                                             const int8_t* a,
                                             const int8_t* b,
                                             int8_t* output) {
    const WhittleMatrices* s = &p->matrices;
    int32_t batch, r, c, k;
    for (batch = 0; batch < s->batch0 * s->batch1 * s->batch2; ++batch) {
        const int32_t i0 = batch / (s->batch1 * s->batch2);
        const int32_t i1 = batch / s->batch2 % s->batch1;
        const int32_t i2 = batch % s->batch2;
        const int8_t* x = a + i0 * s->a_batch0 + i1 * s->a_batch1 + i2 * s->a_batch2;
        const int8_t* y = b + i0 * s->b_batch0 + i1 * s->b_batch1 + i2 * s->b_batch2;
        for (r = 0; r < s->rows; ++r) {
            for (c = 0; c < s->columns; ++c) {
                uint32_t sum = 0;
                int32_t value;
                for (k = 0; k < s->depth; ++k) {
                    sum += (uint32_t)((x[r * s->a_row + k * s->a_depth] - p->a_zero_point) *
                                      (y[k * s->b_depth + c * s->b_column] - p->b_zero_point));
                }
                value = whittle_requantize((int32_t)sum, p->multiplier, p->shift);
                value = whittle_wrapping_add(value, p->output_zero_point);
                *output++ = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
            }
        }
    }
}

static inline void whittle_batch_matmul_int16(const WhittleBatchMatmulInteger* p,
                                              const int16_t* a,
                                              const int16_t* b,
                                              int16_t* output) {
    const WhittleMatrices* s = &p->matrices;
    int32_t batch, r, c, k;
    for (batch = 0; batch < s->batch0 * s->batch1 * s->batch2; ++batch) {
        const int32_t i0 = batch / (s->batch1 * s->batch2);
        const int32_t i1 = batch / s->batch2 % s->batch1;
        const int32_t i2 = batch % s->batch2;
        const int16_t* x = a + i0 * s->a_batch0 + i1 * s->a_batch1 + i2 * s->a_batch2;
        const int16_t* y = b + i0 * s->b_batch0 + i1 * s->b_batch1 + i2 * s->b_batch2;
        for (r = 0; r < s->rows; ++r) {
            for (c = 0; c < s->columns; ++c) {
                int64_t sum = 0;
                int32_t value;
                for (k = 0; k < s->depth; ++k) {
                    sum += x[r * s->a_row + k * s->a_depth] * y[k * s->b_depth + c * s->b_column];
                }
                value = whittle_requantize_int64(sum, p->multiplier, p->shift);
                *output++ = (int16_t)whittle_clamp(value, p->minimum, p->maximum);
            }
        }
    }
}

#endif
