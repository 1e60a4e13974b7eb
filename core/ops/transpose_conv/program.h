#ifndef WHITTLE_CORE_OPS_TRANSPOSE_CONV_PROGRAM_H_
#define WHITTLE_CORE_OPS_TRANSPOSE_CONV_PROGRAM_H_

/* Convolution in a program image. Variant 0: float32, operands input, weights, bias, output.
 * Variants 1: int8, 2: int16 with int64 bias, 3: int16 with int32 bias; operands input, weights,
 * bias, multipliers, shifts, output. */

#include "core/ops/conv2d/program.h"
#include "core/ops/transpose_conv/kernel.h"

static inline int whittle_transpose_conv_check(uint32_t variant,
                                               const void* params,
                                               uint32_t params_bytes,
                                               const WhittleOperandInfo* operands,
                                               uint32_t operand_count) {
    const WhittleWindow* w = (const WhittleWindow*)params;
    int32_t weights[4];
    if (variant > 3 || operand_count != (variant == 0 ? 4u : 6u)) return 0;
    if (params_bytes != (variant == 0 ? sizeof(WhittleTransposeConvFloat32)
                                      : sizeof(WhittleTransposeConvInteger))) {
        return 0;
    }
    weights[0] = w->output_channels;
    weights[1] = w->kernel_height;
    weights[2] = w->kernel_width;
    weights[3] = w->input_channels;
    if (w->input_channels < 1 || w->output_channels < 1 ||
        !whittle_window_fits(w, &operands[0], &operands[operand_count - 1],
                             variant == 0   ? 4
                             : variant == 1 ? 1
                                            : 2) ||
        !whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 4),
                               variant == 0 ? 4 : 1)) {
        return 0;
    }
    if (variant == 0) return whittle_operand_holds(&operands[2], (uint32_t)w->output_channels, 4);
    return whittle_conv2d_check_integer(
        variant, w->output_channels, ((const WhittleTransposeConvInteger*)params)->input_zero_point,
        operands);
}

static inline void whittle_transpose_conv_run(uint32_t variant,
                                              const void* params,
                                              void* const* operands) {
    const WhittleTransposeConvInteger* p = (const WhittleTransposeConvInteger*)params;
    const int8_t* weights = (const int8_t*)operands[1];
    if (variant == 0) {
        whittle_transpose_conv_float32((const WhittleTransposeConvFloat32*)params,
                                       (const float*)operands[0], (const float*)operands[1],
                                       (const float*)operands[2], (float*)operands[3]);
    } else if (variant == 1) {
        whittle_transpose_conv_int8(p, (const int8_t*)operands[0], weights,
                                    (const int32_t*)operands[2], (const int32_t*)operands[3],
                                    (const int8_t*)operands[4], (int8_t*)operands[5]);
    } else if (variant == 2) {
        whittle_transpose_conv_int16(p, (const int16_t*)operands[0], weights,
                                     (const int32_t*)operands[2], (const int32_t*)operands[3],
                                     (const int8_t*)operands[4], (int16_t*)operands[5]);
    } else {
        whittle_transpose_conv_int16_bias32(
            p, (const int16_t*)operands[0], weights, (const int32_t*)operands[2],
            (const int32_t*)operands[3], (const int8_t*)operands[4], (int16_t*)operands[5]);
    }
}

#endif
