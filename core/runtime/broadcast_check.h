#ifndef WHITTLE_CORE_RUNTIME_BROADCAST_CHECK_H_
#define WHITTLE_CORE_RUNTIME_BROADCAST_CHECK_H_

#include "core/base/broadcast.h"
#include "core/runtime/program.h"

/* One more than the highest index that sizes and strides reach, 0 for an empty walk, 2^32 - 1 when
 * a number is negative or the index too high: also in an empty walk, whose outer dimensions are
 * walked through. */
static inline uint32_t whittle_broadcast_extent(const int32_t* sizes, const int32_t* strides) {
    uint64_t last = 0;
    int empty = 0;
    int i;
    for (i = 0; i < 4; ++i) {
        if (sizes[i] < 0 || strides[i] < 0) return 0xFFFFFFFFu;
        if (sizes[i] == 0) {
            empty = 1;
        } else {
            /* Each summand stays below 2^62, and four of them below 2^64. */
            last += (uint64_t)(sizes[i] - 1) * (uint64_t)strides[i];
        }
    }
    if (last >= 0x7FFFFFFFu) return 0xFFFFFFFFu;
    return empty ? 0 : (uint32_t)last + 1u;
}

/* Whether inputs a and b and the output (operands 0, 1, 2) hold what the walk touches. */
static inline int whittle_broadcast_fits(const WhittleBroadcast* walk,
                                         const WhittleOperandInfo* operands,
                                         uint32_t element_bytes) {
    const int32_t sizes[4] = {walk->size0, walk->size1, walk->size2, walk->size3};
    const int32_t a[4] = {walk->a_stride0, walk->a_stride1, walk->a_stride2, walk->a_stride3};
    const int32_t b[4] = {walk->b_stride0, walk->b_stride1, walk->b_stride2, walk->b_stride3};
    uint64_t count = 1;
    int i;
    for (i = 0; i < 4; ++i) {
        if (sizes[i] < 0) return 0;
        count *= (uint32_t)sizes[i];
        if (count > 0x7FFFFFFFu) return 0;
    }
    return whittle_operand_holds(&operands[0], whittle_broadcast_extent(sizes, a), element_bytes) &&
           whittle_operand_holds(&operands[1], whittle_broadcast_extent(sizes, b), element_bytes) &&
           whittle_operand_holds(&operands[2], (uint32_t)count, element_bytes);
}

#endif
