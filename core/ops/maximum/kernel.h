#ifndef WHITTLE_CORE_OPS_MAXIMUM_KERNEL_H_
#define WHITTLE_CORE_OPS_MAXIMUM_KERNEL_H_

/* Maximum: the larger of a and b, element by element. The inputs are broadcast as the parameters
 * say. The output may lie over the inputs as overlap.h
 * says. Integers are compared as they stand:
 * inputs and output share one scale. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/broadcast.h"

typedef struct {
    WhittleBroadcast walk;
} WhittleMaximum;

/* Where one of the two is NaN, b. */
static inline void whittle_maximum_float32(const WhittleMaximum* p,
                                           const float* a,
                                           const float* b,
                                           float* output) {
    const WhittleBroadcast* w = &p->walk;
    int32_t i0, i1, i2, i3;
    for (i0 = 0; i0 < w->size0; ++i0) {
        for (i1 = 0; i1 < w->size1; ++i1) {
            for (i2 = 0; i2 < w->size2; ++i2) {
                const float* x = a + i0 * w->a_stride0 + i1 * w->a_stride1 + i2 * w->a_stride2;
                const float* y = b + i0 * w->b_stride0 + i1 * w->b_stride1 + i2 * w->b_stride2;
                for (i3 = 0; i3 < w->size3; ++i3) {
                    *output++ = *x > *y ? *x : *y;
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

static inline void whittle_maximum_int8(const WhittleMaximum* p,
                                        const int8_t* a,
                                        const int8_t* b,
                                        int8_t* output) {
    const WhittleBroadcast* w = &p->walk;
    int32_t i0, i1, i2, i3;
    for (i0 = 0; i0 < w->size0; ++i0) {
        for (i1 = 0; i1 < w->size1; ++i1) {
            for (i2 = 0; i2 < w->size2; ++i2) {
                const int8_t* x = a + i0 * w->a_stride0 + i1 * w->a_stride1 + i2 * w->a_stride2;
                const int8_t* y = b + i0 * w->b_stride0 + i1 * w->b_stride1 + i2 * w->b_stride2;
                for (i3 = 0; i3 < w->size3; ++i3) {
                    *output++ = *x > *y ? *x : *y;
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

static inline void whittle_maximum_int16(const WhittleMaximum* p,
                                         const int16_t* a,
                                         const int16_t* b,
                                         int16_t* output) {
    const WhittleBroadcast* w = &p->walk;
    int32_t i0, i1, i2, i3;
    for (i0 = 0; i0 < w->size0; ++i0) {
        for (i1 = 0; i1 < w->size1; ++i1) {
            for (i2 = 0; i2 < w->size2; ++i2) {
                const int16_t* x = a + i0 * w->a_stride0 + i1 * w->a_stride1 + i2 * w->a_stride2;
                const int16_t* y = b + i0 * w->b_stride0 + i1 * w->b_stride1 + i2 * w->b_stride2;
                for (i3 = 0; i3 < w->size3; ++i3) {
                    *output++ = *x > *y ? *x : *y;
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

#endif
