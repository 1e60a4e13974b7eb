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

#endif
