#ifndef WHITTLE_CORE_OPS_ADD_KERNEL_ARM_DSP_H_
#define WHITTLE_CORE_OPS_ADD_KERNEL_ARM_DSP_H_

/* int8 addition for Arm's DSP extension, whose multiplication gives the upper 32 bits rounded. */

#include "core/base/arm_dsp.h"
#include "core/ops/add/kernel_halved.h"

/* As whittle_add_int8 does for inputs a and b of such parameters. Each element is read before it is
 * written, in order. Twice the values of the reference go into a multiplication, and twice the sum:
 * it gives 32 bits of a product less than the reference's 33. */
static inline void whittle_add_int8_arm_dsp(const WhittleAddHalved* p,
                                            const int8_t* a,
                                            const int8_t* b,
                                            int8_t* output) {
    const uint32_t a_offset = (uint32_t)-p->a_zero_point << 20;
    const uint32_t b_offset = (uint32_t)-p->b_zero_point << 21;
    const int32_t b_multiplier = p->b_multiplier, b_right = p->b_right;
    const int32_t b_half = (int32_t)(1u << (b_right - 1));
    const WhittleDspRequantization how = {p->output_multiplier, p->output_offset, p->output_right};
    const int8_t* const end = output + p->count;
    while (output != end) {
        const uint32_t x = a_offset + ((uint32_t)*a++ << 20);
        const int32_t y =
            whittle_dsp_multiply_high((int32_t)(b_offset + ((uint32_t)*b++ << 21)), b_multiplier);
        const uint32_t scaled = (uint32_t)whittle_add_halved_shift(y, b_half, b_right);
        *output++ = (int8_t)whittle_dsp_requantize_doubled((int32_t)(x + 2u * scaled), how);
    }
    whittle_dsp_clamp(output - p->count, p->count, p->minimum, p->maximum);
}

#endif
