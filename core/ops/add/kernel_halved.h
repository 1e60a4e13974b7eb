#ifndef WHITTLE_CORE_OPS_ADD_KERNEL_HALVED_H_
#define WHITTLE_CORE_OPS_ADD_KERNEL_HALVED_H_

/* int8 addition of dense tensors in the form of the kernels for small cores. Both inputs are
 * brought to twice the larger one's scale, so that this one, here a, is scaled by exactly 1/2,
 * which rounds nothing; the other by at most 1/2. */

#include "core/base/fixed_point.h"

typedef struct {
    int32_t count;
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t b_multiplier;      /* >= 0 */
    int32_t b_right;           /* 1 ... 31: its shift is -b_right */
    int32_t output_multiplier; /* >= 0 */
    int32_t output_offset;     /* 2^(output_right - 1) + output zero point * 2^output_right */
    int32_t output_right;      /* 1 ... 22 */
    int32_t minimum;
    int32_t maximum;
} WhittleAddHalved;

/* What whittle_rounding_shift_right gives behind whittle_multiply_high, for |value| < 2^29. */
static inline int32_t whittle_add_halved_shift(int32_t value, int32_t offset, int32_t right) {
    return (int32_t)((uint32_t)value + (uint32_t)(value >> 31) + (uint32_t)offset) >> right;
}

#endif
