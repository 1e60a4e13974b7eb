#ifndef WHITTLE_CORE_OPS_MUL_KERNEL_H_
#define WHITTLE_CORE_OPS_MUL_KERNEL_H_

/* Multiplication, element by element: output = activation(a * b). The inputs are broadcast as
 * the parameters say. The output may lie over the inputs as overlap.h
 * says. Reference kernels,
 * C99 and C++17, freestanding. */

#include "core/base/broadcast.h"
#include "core/base/fixed_point.h"

typedef struct {
    WhittleBroadcast walk;
    float minimum; /* the fused activation clamps to minimum ... maximum */
    float maximum;
} WhittleMulFloat32;

static inline void whittle_mul_float32(const WhittleMulFloat32* p,
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
                    float value = *x * *y;
                    if (value < p->minimum) value = p->minimum;
                    if (value > p->maximum) value = p->maximum;
                    *output++ = value;
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

typedef struct {
    WhittleBroadcast walk;
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* scale a * scale b / output scale = multiplier * 2^(shift - 31) */
    int32_t shift;
    int32_t minimum;
    int32_t maximum;
} WhittleMulInt8;

static inline int8_t whittle_mul_one_int8(const WhittleMulInt8* p, int8_t a, int8_t b) {
    const int32_t product = (a - p->a_zero_point) * (b - p->b_zero_point);
    const int32_t scaled = whittle_requantize(product, p->multiplier, p->shift);
    return (int8_t)whittle_clamp(whittle_wrapping_add(scaled, p->output_zero_point), p->minimum,
                                 p->maximum);
}

static inline void whittle_mul_int8(const WhittleMulInt8* p,
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
                    *output++ = whittle_mul_one_int8(p, *x, *y);
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

/* int16 has no zero points. */
typedef WhittleMulInt8 WhittleMulInt16;

static inline int16_t whittle_mul_one_int16(const WhittleMulInt16* p, int16_t a, int16_t b) {
    return (int16_t)whittle_clamp(whittle_requantize(a * b, p->multiplier, p->shift), p->minimum,
                                  p->maximum);
}

static inline void whittle_mul_int16(const WhittleMulInt16* p,
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
                    *output++ = whittle_mul_one_int16(p, *x, *y);
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

#endif
