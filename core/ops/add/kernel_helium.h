#ifndef WHITTLE_CORE_OPS_ADD_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_ADD_KERNEL_HELIUM_H_

/* int8 addition of tensors of one shape for Helium, four elements at once. Elsewhere the same in
 * plain C, so that it can be tested anywhere. */

#include "core/ops/add/kernel.h"

#if defined(__ARM_FEATURE_MVE)

#include <arm_mve.h>

/* `count` elements. whittle_requantize rounds twice: before the second time negative values lose
 * one, unless that shift is 0. */
static inline void whittle_add_helium_elements(
    const WhittleAddInt8* p, const int8_t* a, const int8_t* b, int32_t count, int8_t* output) {
    register int32_t left __asm__("lr") = count;
    __asm__ volatile(
        "wlstp.32 lr, %[n], 2f\n1:\n\t"
        "vldrb.s32 q0, [%[a]], #4\n\tvsub.i32 q0, q0, %[za]\n\tvshl.i32 q0, q0, #20\n\t"
        "vqrdmulh.s32 q0, q0, %[ma]\n\tvqdmlah.s32 q0, q0, %[la]\n\tvrshl.s32 q0, q0, %q[sa]\n\t"
        "vldrb.s32 q1, [%[b]], #4\n\tvsub.i32 q1, q1, %[zb]\n\tvshl.i32 q1, q1, #20\n\t"
        "vqrdmulh.s32 q1, q1, %[mb]\n\tvqdmlah.s32 q1, q1, %[lb]\n\tvrshl.s32 q1, q1, %q[sb]\n\t"
        "vadd.i32 q0, q0, q1\n\tvqrdmulh.s32 q0, q0, %[m]\n\tvqdmlah.s32 q0, q0, %[l]\n\t"
        "vrshl.s32 q0, q0, %q[s]\n\tvadd.i32 q0, q0, %q[z]\n\t"
        "vmax.s32 q0, q0, %q[low]\n\tvmin.s32 q0, q0, %q[high]\n\t"
        "vstrb.32 q0, [%[to]], #4\n\tletp lr, 1b\n2:"
        : [a] "+l"(a), [b] "+l"(b), [to] "+l"(output), [n] "+r"(left)
        : [za] "r"(p->a_zero_point), [zb] "r"(p->b_zero_point), [ma] "r"(p->a_multiplier),
          [mb] "r"(p->b_multiplier), [m] "r"(p->output_multiplier), [la] "r"(p->a_shift < 0),
          [lb] "r"(p->b_shift < 0), [l] "r"(p->output_shift < 0), [sa] "w"(vdupq_n_s32(p->a_shift)),
          [sb] "w"(vdupq_n_s32(p->b_shift)), [s] "w"(vdupq_n_s32(p->output_shift)),
          [z] "w"(vdupq_n_s32(p->output_zero_point)), [low] "w"(vdupq_n_s32(p->minimum)),
          [high] "w"(vdupq_n_s32(p->maximum))
        : "cc", "d0", "d1", "d2", "d3", "memory");
}

#else

static inline void whittle_add_helium_elements(
    const WhittleAddInt8* p, const int8_t* a, const int8_t* b, int32_t count, int8_t* output) {
    int8_t values[4];
    int32_t i;
    for (; count > 0; count -= 4, a += 4, b += 4, output += 4) {
        const int32_t here = count < 4 ? count : 4;
        for (i = 0; i < here; ++i) values[i] = whittle_add_one_int8(p, a[i], b[i]);
        memcpy(output, values, (size_t)here);
    }
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
    whittle_add_helium_elements(p, a, b, count, output);
}

#endif
