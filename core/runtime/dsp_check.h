#ifndef WHITTLE_CORE_RUNTIME_DSP_CHECK_H_
#define WHITTLE_CORE_RUNTIME_DSP_CHECK_H_

/* What kernels for Arm's DSP extension and for Helium ask of the constants that say how sums become
 * int8. */

#include "core/runtime/window_check.h"

/* Whether an operand has three words for each channel that whittle_dsp_requantize takes. */
static inline int whittle_dsp_requantization_fits(const WhittleOperandInfo* operand,
                                                  int32_t channels) {
    const int32_t* words = (const int32_t*)operand->constant;
    int32_t i;
    if (words == NULL || !whittle_operand_holds(operand, whittle_checked_product(channels, 3), 4)) {
        return 0;
    }
    for (i = 0; i < channels; ++i) {
        if (words[3 * i + 2] < 0 || words[3 * i + 2] > 31) return 0;
    }
    return 1;
}

/* Whether an operand is tables for `channels` channels, as core/base/helium.h says. */
static inline int whittle_helium_tables_fit(const WhittleOperandInfo* operand, int32_t channels) {
    const int32_t* words = (const int32_t*)operand->constant;
    int32_t i;
    if (words == NULL || channels < 0 || channels > 0x7FFFFFF ||
        !whittle_operand_holds(operand, ((uint32_t)channels + 3u) / 4u * 16u, 4)) {
        return 0;
    }
    for (i = 0; i < channels; ++i) {
        const int32_t shift = words[i / 4 * 16 + 12 + i % 4];
        if (shift > 0 || shift < -31) return 0;
    }
    return 1;
}

#endif
