#ifndef WHITTLE_CORE_RUNTIME_POOL_CHECK_H_
#define WHITTLE_CORE_RUNTIME_POOL_CHECK_H_

#include "core/runtime/window_check.h"

/* What average_pool2d and max_pool2d check alike. Both have parameter structs of a window and two
 * words, and the operands input, output. Sums of 2^16 taps of int16 fit int32. */
static inline int whittle_pool_fits(uint32_t variant,
                                    const void* params,
                                    uint32_t params_bytes,
                                    const WhittleOperandInfo* operands,
                                    uint32_t operand_count) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    if (operand_count != 2 || variant > 2) return 0;
    if (params_bytes != sizeof(WhittleWindow) + 8 || w->input_channels != w->output_channels ||
        !whittle_window_fits(w, &operands[0], &operands[1],
                             variant == 0   ? 4
                             : variant == 1 ? 1
                                            : 2)) {
        return 0;
    }
    return variant == 0 || (int64_t)w->kernel_height * w->kernel_width < 65536;
}

/* The same of int8 kernels that find the taps inside the image at once (core/base/tap_rows.h),
 * for `step` channels together, of at most `taps` taps. */
static inline int whittle_pool_inside_fits(const void* params,
                                           uint32_t params_bytes,
                                           const WhittleOperandInfo* operands,
                                           uint32_t operand_count,
                                           int32_t step,
                                           int32_t taps) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    return whittle_pool_fits(1, params, params_bytes, operands, operand_count) &&
           w->input_channels > 0 && w->input_channels % step == 0 && w->dilation_height == 1 &&
           w->dilation_width == 1 && w->kernel_height * w->kernel_width <= taps;
}

#endif
