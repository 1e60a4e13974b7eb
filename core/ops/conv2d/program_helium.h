#ifndef WHITTLE_CORE_OPS_CONV2D_PROGRAM_HELIUM_H_
#define WHITTLE_CORE_OPS_CONV2D_PROGRAM_HELIUM_H_

/* Convolution for Helium in a program image. */

#include "core/ops/conv2d/kernel_helium.h"
#include "core/runtime/dsp_check.h"
#include "core/runtime/instruction_set.h"

#define WHITTLE_CONV2D_HELIUM WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)

/* Operands input, weights, tables, scratch, output. */
static inline int whittle_conv2d_check_helium(const void* params,
                                              uint32_t params_bytes,
                                              const WhittleOperandInfo* operands,
                                              uint32_t operand_count) {
    const WhittleConv2dHelium* p = (const WhittleConv2dHelium*)params;
    const WhittleWindow* w = &p->window;
    int32_t weights[4];
    uint32_t depth;
    if (operand_count != 5 || params_bytes != sizeof *p) return 0;
    weights[0] = w->input_channels;
    weights[1] = w->kernel_height;
    weights[2] = w->kernel_width;
    depth = whittle_checked_volume(weights, 3);
    if (p->group_channels != w->input_channels || w->input_channels < 1 || w->output_channels < 1 ||
        w->output_channels > 0x7FFFFFF || depth > 0x7FFFFFF ||
        !whittle_window_fits(w, &operands[0], &operands[4], 1)) {
        return 0;
    }
    weights[0] = (w->output_channels + 3) / 4;
    weights[1] = (int32_t)((depth + 15u) / 16u);
    weights[2] = 64;
    return whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 3), 1) &&
           whittle_helium_tables_fit(&operands[2], w->output_channels) &&
           whittle_is_scratch(&operands[3], depth);
}

static inline void whittle_conv2d_run_helium(const void* params, void* const* operands) {
    whittle_conv2d_int8_helium((const WhittleConv2dHelium*)params, (const int8_t*)operands[0],
                               (const int8_t*)operands[1], (const int32_t*)operands[2],
                               (int8_t*)operands[3], (int8_t*)operands[4]);
}

#endif
