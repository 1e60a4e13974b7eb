#ifndef WHITTLE_CORE_OPS_SUB_KERNEL_H_
#define WHITTLE_CORE_OPS_SUB_KERNEL_H_

/* Subtraction: output = activation(a - b). The inputs are broadcast as
 * the parameters say. The output may lie over the inputs as overlap.h
 * says. Reference kernels,
 * C99 and C++17, freestanding. */

#include "core/base/broadcast.h"
#include "core/base/fixed_point.h"

typedef struct {
    WhittleBroadcast walk;
    float minimum; /* the fused activation clamps to minimum ... maximum */
    float maximum;
} WhittleSubFloat32;

static inline void whittle_sub_float32(const WhittleSubFloat32* p,
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
                    float value = *x - *y;
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
    int32_t a_multiplier; /* both inputs are brought to one scale, times 2^20 */
    int32_t a_shift;
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t output_multiplier;
    int32_t output_shift;
    int32_t minimum;
    int32_t maximum;
} WhittleSubInt8;

/* One element, with TFLite's headroom of 20 bits. */
static inline int8_t whittle_sub_one_int8(const WhittleSubInt8* p, int8_t a, int8_t b) {
    const int32_t x = whittle_requantize(whittle_wrapping_shift_left(a - p->a_zero_point, 20),
                                         p->a_multiplier, p->a_shift);
    const int32_t y = whittle_requantize(whittle_wrapping_shift_left(b - p->b_zero_point, 20),
                                         p->b_multiplier, p->b_shift);
    const int32_t difference =
        whittle_requantize(whittle_wrapping_subtract(x, y), p->output_multiplier, p->output_shift);
    return (int8_t)whittle_clamp(whittle_wrapping_add(difference, p->output_zero_point), p->minimum,
                                 p->maximum);
}

static inline void whittle_sub_int8(const WhittleSubInt8* p,
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
                    *output++ = whittle_sub_one_int8(p, *x, *y);
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

/* int16 has no zero points, and a headroom of 15 bits. */
typedef WhittleSubInt8 WhittleSubInt16;

static inline int16_t whittle_sub_one_int16(const WhittleSubInt16* p, int16_t a, int16_t b) {
    const int32_t x =
        whittle_requantize(whittle_wrapping_shift_left(a, 15), p->a_multiplier, p->a_shift);
    const int32_t y =
        whittle_requantize(whittle_wrapping_shift_left(b, 15), p->b_multiplier, p->b_shift);
    const int32_t difference =
        whittle_requantize(whittle_wrapping_subtract(x, y), p->output_multiplier, p->output_shift);
    return (int16_t)whittle_clamp(difference, p->minimum, p->maximum);
}

static inline void whittle_sub_int16(const WhittleSubInt16* p,
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
                    *output++ = whittle_sub_one_int16(p, *x, *y);
                    x += w->a_stride3;
                    y += w->b_stride3;
                }
            }
        }
    }
}

#endif
