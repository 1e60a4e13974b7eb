#ifndef WHITTLE_CORE_OPS_BATCH_MATMUL_PROGRAM_H_
#define WHITTLE_CORE_OPS_BATCH_MATMUL_PROGRAM_H_

/* Batch matmul in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: a, b, output.
 */

#include "core/ops/batch_matmul/kernel.h"
#include "core/runtime/window_check.h"

/* One more than the highest index that these sizes and strides reach; 0 for none; 2^32 - 1 when a
 * stride is negative or the index too high. */
static inline uint32_t whittle_matrices_extent(const int32_t* sizes, const int32_t* strides) {
    const uint32_t count = whittle_checked_volume(sizes, 5);
    uint64_t last = 0;
    int i;
    if (count == 0xFFFFFFFFu) return count;
    for (i = 0; i < 5; ++i) {
        if (strides[i] < 0) return 0xFFFFFFFFu;
        if (sizes[i] > 0) last += (uint64_t)(sizes[i] - 1) * (uint64_t)strides[i];
        if (last >= 0x7FFFFFFFu) return 0xFFFFFFFFu;
    }
    return count == 0 ? 0 : (uint32_t)last + 1u;
}

static inline int whittle_batch_matmul_check(uint32_t variant,
                                             const void* params,
                                             uint32_t params_bytes,
                                             const WhittleOperandInfo* operands,
                                             uint32_t operand_count) {
    const WhittleMatrices* s = (const WhittleMatrices*)params;
    const uint32_t element = variant == 0 ? 4 : variant;
    if (variant > 2 || operand_count != 3) return 0;
    if (params_bytes !=
        (variant == 0 ? sizeof(WhittleBatchMatmulFloat32) : sizeof(WhittleBatchMatmulInteger))) {
        return 0;
    }
    if (variant != 0) {
        const WhittleBatchMatmulInteger* p = (const WhittleBatchMatmulInteger*)params;
        if (variant == 1 &&
            (!whittle_shift_in_range(p->shift) || !whittle_zero_point_in_range(p->a_zero_point) ||
             !whittle_zero_point_in_range(p->b_zero_point))) {
            return 0;
        }
        if (variant == 2 && (p->multiplier < 0 || p->shift < -31 || p->shift > 7)) return 0;
    }
    {
        const int32_t a_sizes[5] = {s->batch0, s->batch1, s->batch2, s->rows, s->depth};
        const int32_t a_strides[5] = {s->a_batch0, s->a_batch1, s->a_batch2, s->a_row, s->a_depth};
        const int32_t b_sizes[5] = {s->batch0, s->batch1, s->batch2, s->depth, s->columns};
        const int32_t b_strides[5] = {s->b_batch0, s->b_batch1, s->b_batch2, s->b_depth,
                                      s->b_column};
        const int32_t output[5] = {s->batch0, s->batch1, s->batch2, s->rows, s->columns};
        return whittle_operand_holds(&operands[0], whittle_matrices_extent(a_sizes, a_strides),
                                     element) &&
               whittle_operand_holds(&operands[1], whittle_matrices_extent(b_sizes, b_strides),
                                     element) &&
               whittle_checked_volume(output, 3) != 0xFFFFFFFFu &&
               whittle_operand_holds(&operands[2], whittle_checked_volume(output, 5), element);
    }
}

static inline void whittle_batch_matmul_run(uint32_t variant,
                                            const void* params,
                                            void* const* operands) {
    if (variant == 0) {
        whittle_batch_matmul_float32((const WhittleBatchMatmulFloat32*)params,
                                     (const float*)operands[0], (const float*)operands[1],
                                     (float*)operands[2]);
    } else if (variant == 1) {
        whittle_batch_matmul_int8((const WhittleBatchMatmulInteger*)params,
                                  (const int8_t*)operands[0], (const int8_t*)operands[1],
                                  (int8_t*)operands[2]);
    } else {
        whittle_batch_matmul_int16((const WhittleBatchMatmulInteger*)params,
                                   (const int16_t*)operands[0], (const int16_t*)operands[1],
                                   (int16_t*)operands[2]);
    }
}

#endif
