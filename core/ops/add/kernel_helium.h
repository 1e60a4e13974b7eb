#ifndef WHITTLE_CORE_OPS_ADD_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_ADD_KERNEL_HELIUM_H_

/* int8 addition of tensors of one shape for Helium, four elements at once. Elsewhere the same in
 * plain C, so that it can be tested anywhere. */

#include "core/ops/add/kernel.h"

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* whittle_requantize of four values; -31 <= shift <= 0. */
static inline int32x4_t whittle_add_helium_requantize(int32x4_t v,
                                                      int32_t multiplier,
                                                      int32_t shift) {
    v = vqrdmulhq_n_s32(v, multiplier);
    if (shift == 0) return v;
    return vrshlq_s32(vaddq_s32(v, vshrq_n_s32(v, 31)), vdupq_n_s32(shift));
}

static inline int32x4_t whittle_add_helium_load(const int8_t* from,
                                                int32_t zero_point,
                                                mve_pred16_t lanes) {
    return vshlq_n_s32(vsubq_n_s32(vldrbq_z_s32(from, lanes), zero_point), 20);
}

static inline void whittle_add_helium_four(
    const WhittleAddInt8* p, const int8_t* a, const int8_t* b, int32_t count, int8_t* output) {
    const mve_pred16_t lanes = vctp32q((uint32_t)count);
    const int32x4_t x = whittle_add_helium_requantize(
        whittle_add_helium_load(a, p->a_zero_point, lanes), p->a_multiplier, p->a_shift);
    const int32x4_t y = whittle_add_helium_requantize(
        whittle_add_helium_load(b, p->b_zero_point, lanes), p->b_multiplier, p->b_shift);
    int32x4_t v =
        whittle_add_helium_requantize(vaddq_s32(x, y), p->output_multiplier, p->output_shift);
    v = vaddq_n_s32(v, p->output_zero_point);
    v = vminq_s32(vmaxq_s32(v, vdupq_n_s32(p->minimum)), vdupq_n_s32(p->maximum));
    vstrbq_p_s32(output, v, lanes);
}

#else

static inline void whittle_add_helium_four(
    const WhittleAddInt8* p, const int8_t* a, const int8_t* b, int32_t count, int8_t* output) {
    int8_t values[4];
    int32_t i;
    for (i = 0; i < 4 && i < count; ++i) values[i] = whittle_add_one_int8(p, a[i], b[i]);
    memcpy(output, values, (size_t)(count < 4 ? count : 4));
}

#endif

/* As whittle_add_int8, all of a, b and output dense and no shift above 0. Four elements are read
 * before they are written. */
static inline void whittle_add_int8_helium(const WhittleAddInt8* p,
                                           const int8_t* a,
                                           const int8_t* b,
                                           int8_t* output) {
    const WhittleBroadcast* w = &p->walk;
    const int32_t count = w->size0 * w->size1 * w->size2 * w->size3;
    int32_t i;
    for (i = 0; i < count; i += 4) whittle_add_helium_four(p, a + i, b + i, count - i, output + i);
}

#endif
