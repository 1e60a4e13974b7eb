#ifndef WHITTLE_CORE_OPS_ADD_KERNEL_PLAIN_H_
#define WHITTLE_CORE_OPS_ADD_KERNEL_PLAIN_H_

/* int8 addition for cores without SIMD whose multiplier gives 32 bits. */

#include "core/base/plain.h"
#include "core/ops/add/kernel_halved.h"

/* b less its zero point, times 2^20, multiplied as whittle_multiply_high does: the factor 2^20 is
 * left out, since it only cuts off bits that are 0. |b| <= 255. */
static inline int32_t whittle_add_plain_product(int32_t b, int32_t multiplier) {
    return b * (multiplier >> 16) * 32 + ((b * (multiplier & 0xFFFF) + 1024) >> 11);
}

/* As whittle_add_int8 does for inputs a and b of such parameters. Each element is read before it is
 * written, in order. */
static inline void whittle_add_int8_plain(const WhittleAddHalved* p,
                                          const int8_t* a,
                                          const int8_t* b,
                                          int8_t* output) {
    const WhittlePlainScale how = {p->output_multiplier, p->output_offset, p->output_right};
    const int32_t b_half = (int32_t)(1u << (p->b_right - 1));
    const int8_t* const end = output + p->count;
    while (output != end) {
        const uint32_t x = (uint32_t)(*a++ - p->a_zero_point) << 19;
        const int32_t y = whittle_add_plain_product(*b++ - p->b_zero_point, p->b_multiplier);
        const uint32_t sum = x + (uint32_t)whittle_add_halved_shift(y, b_half, p->b_right);
        const int32_t value = whittle_plain_requantize(sum, &how);
        *output++ = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
    }
}

#endif
