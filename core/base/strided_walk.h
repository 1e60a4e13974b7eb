#ifndef WHITTLE_CORE_BASE_STRIDED_WALK_H_
#define WHITTLE_CORE_BASE_STRIDED_WALK_H_

/* How an operator that moves elements walks over them. C99 and C++17, freestanding. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Six dimensions, outermost first; strides count elements. Kernels' parameters begin with this. */
typedef struct {
    int32_t size0, size1, size2, size3, size4, size5;             /* each >= 0 */
    int32_t stride0, stride1, stride2, stride3, stride4, stride5; /* each >= 0 */
} WhittleStridedWalk;

/* Where one size is 0 the others may be anything. */
static inline int32_t whittle_walk_count(const WhittleStridedWalk* w) {
    return (int32_t)((uint32_t)w->size0 * (uint32_t)w->size1 * (uint32_t)w->size2 *
                     (uint32_t)w->size3 * (uint32_t)w->size4 * (uint32_t)w->size5);
}

/* The offset of element `index` of the walk, in row-major order of its sizes. */
static inline ptrdiff_t whittle_walk_offset(const WhittleStridedWalk* w, int32_t index) {
    ptrdiff_t offset = (ptrdiff_t)(index % w->size5) * w->stride5;
    index /= w->size5;
    offset += (ptrdiff_t)(index % w->size4) * w->stride4;
    index /= w->size4;
    offset += (ptrdiff_t)(index % w->size3) * w->stride3;
    index /= w->size3;
    offset += (ptrdiff_t)(index % w->size2) * w->stride2;
    index /= w->size2;
    offset += (ptrdiff_t)(index % w->size1) * w->stride1;
    return offset + (ptrdiff_t)(index / w->size1) * w->stride0;
}

/* Copies the walk's elements of `bytes` each from `input` + `first` on to a dense `output`, in
 * order; each may lie where it goes. */
static inline void whittle_walk_copy(
    const WhittleStridedWalk* w, int32_t first, int32_t bytes, const void* input, void* output) {
    const uint8_t* from = (const uint8_t*)input + (ptrdiff_t)first * bytes;
    uint8_t* to = (uint8_t*)output;
    int32_t i0, i1, i2, i3, i4, i5;
    for (i0 = 0; i0 < w->size0; ++i0) {
        for (i1 = 0; i1 < w->size1; ++i1) {
            for (i2 = 0; i2 < w->size2; ++i2) {
                for (i3 = 0; i3 < w->size3; ++i3) {
                    for (i4 = 0; i4 < w->size4; ++i4) {
                        ptrdiff_t at = (ptrdiff_t)i0 * w->stride0 + (ptrdiff_t)i1 * w->stride1 +
                                       (ptrdiff_t)i2 * w->stride2 + (ptrdiff_t)i3 * w->stride3 +
                                       (ptrdiff_t)i4 * w->stride4;
                        for (i5 = 0; i5 < w->size5; ++i5, at += w->stride5, to += bytes) {
                            memmove(to, from + at * bytes, (size_t)bytes);
                        }
                    }
                }
            }
        }
    }
}

#endif
