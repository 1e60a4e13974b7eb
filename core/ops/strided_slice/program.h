#ifndef WHITTLE_CORE_OPS_STRIDED_SLICE_PROGRAM_H_
#define WHITTLE_CORE_OPS_STRIDED_SLICE_PROGRAM_H_

/* Strided slice in a program image. Variant 0, any element type. Operands: input, output. */

#include "core/ops/strided_slice/kernel.h"
#include "core/runtime/walk_check.h"

/* Whether the walk stays between element 0 and what the operand holds. */
static inline int whittle_strided_slice_fits(const WhittleStridedSlice* p,
                                             const WhittleOperandInfo* input) {
    const WhittleStridedWalk* w = &p->walk;
    const int32_t sizes[6] = {w->size0, w->size1, w->size2, w->size3, w->size4, w->size5};
    const int32_t strides[6] = {w->stride0, w->stride1, w->stride2,
                                w->stride3, w->stride4, w->stride5};
    int64_t lowest = p->first, highest = p->first;
    int i;
    for (i = 0; i < 6; ++i) {
        /* Sizes lie in 1 ... 2^31 - 1 here: each summand is below 2^62 and checked before the next
         * one is added. */
        const int64_t reach = (int64_t)(sizes[i] - 1) * strides[i];
        if (reach < 0) lowest += reach;
        if (reach > 0) highest += reach;
        if (lowest < 0 || highest >= 0x7FFFFFFF) return 0;
    }
    return whittle_operand_holds(input, (uint32_t)highest + 1u, (uint32_t)p->element_bytes);
}

static inline int whittle_strided_slice_check(uint32_t variant,
                                              const void* params,
                                              uint32_t params_bytes,
                                              const WhittleOperandInfo* operands,
                                              uint32_t operand_count) {
    const WhittleStridedSlice* p = (const WhittleStridedSlice*)params;
    uint32_t count;
    if (variant != 0 || operand_count != 2 || params_bytes != sizeof(WhittleStridedSlice)) return 0;
    if (p->element_bytes < 1 || p->element_bytes > 8 || p->first < 0) return 0;
    count = whittle_walk_volume(&p->walk);
    if (!whittle_operand_holds(&operands[1], count, (uint32_t)p->element_bytes)) return 0;
    return count == 0 ? p->first == 0 : whittle_strided_slice_fits(p, &operands[0]);
}

static inline void whittle_strided_slice_run(uint32_t variant,
                                             const void* params,
                                             void* const* operands) {
    (void)variant;
    whittle_strided_slice((const WhittleStridedSlice*)params, operands[0], operands[1]);
}

#endif
