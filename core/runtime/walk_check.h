#ifndef WHITTLE_CORE_RUNTIME_WALK_CHECK_H_
#define WHITTLE_CORE_RUNTIME_WALK_CHECK_H_

#include "core/base/strided_walk.h"
#include "core/runtime/window_check.h"

/* One more than the highest index that the walk reaches from `first` on, 0 for an empty walk,
 * 2^32 - 1 when a number is negative or the index too high. */
static inline uint32_t whittle_walk_extent(const WhittleStridedWalk* w, int32_t first) {
    const int32_t sizes[6] = {w->size0, w->size1, w->size2, w->size3, w->size4, w->size5};
    const int32_t strides[6] = {w->stride0, w->stride1, w->stride2,
                                w->stride3, w->stride4, w->stride5};
    const uint32_t count = whittle_checked_volume(sizes, 6);
    uint64_t last = (uint64_t)(first < 0 ? 0 : first);
    int i;
    if (count == 0xFFFFFFFFu || first < 0) return 0xFFFFFFFFu;
    for (i = 0; i < 6; ++i) {
        if (strides[i] < 0) return 0xFFFFFFFFu;
        if (sizes[i] > 0) last += (uint64_t)(sizes[i] - 1) * (uint64_t)strides[i];
        if (last >= 0x7FFFFFFFu) return 0xFFFFFFFFu;
    }
    return count == 0 ? 0 : (uint32_t)last + 1u;
}

/* The number of the walk's elements, 2^32 - 1 when that is too many. */
static inline uint32_t whittle_walk_volume(const WhittleStridedWalk* w) {
    const int32_t sizes[6] = {w->size0, w->size1, w->size2, w->size3, w->size4, w->size5};
    return whittle_checked_volume(sizes, 6);
}

/* Whether an operator of one walk, its first index and the bytes of an element (the whole parameter
 * struct) fits its operands input and output. */
static inline int whittle_walk_copy_fits(const void* params,
                                         uint32_t params_bytes,
                                         const WhittleOperandInfo* operands,
                                         uint32_t operand_count) {
    const WhittleStridedWalk* w = (const WhittleStridedWalk*)params;
    const int32_t* rest = (const int32_t*)(w + 1);
    if (operand_count != 2 || params_bytes != sizeof(WhittleStridedWalk) + 8) return 0;
    if (rest[1] < 1 || rest[1] > 8) return 0;
    return whittle_operand_holds(&operands[0], whittle_walk_extent(w, rest[0]),
                                 (uint32_t)rest[1]) &&
           whittle_operand_holds(&operands[1], whittle_walk_volume(w), (uint32_t)rest[1]);
}

#endif
