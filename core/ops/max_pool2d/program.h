#ifndef WHITTLE_CORE_OPS_MAX_POOL2D_PROGRAM_H_
#define WHITTLE_CORE_OPS_MAX_POOL2D_PROGRAM_H_

/* Maximum pooling in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: input,
 * output. */

#include "core/ops/max_pool2d/kernel.h"
#include "core/runtime/instruction_set.h"
#include "core/runtime/pool_check.h"
#if WHITTLE_HAS_HELIUM
#include "core/ops/max_pool2d/kernel_helium.h"
#endif
#if WHITTLE_HAS_ARM_DSP
#include "core/ops/max_pool2d/kernel_arm_dsp.h"
#endif
#if WHITTLE_HAS_PLAIN
#include "core/ops/max_pool2d/kernel_plain.h"
#endif

static inline int whittle_max_pool2d_check(uint32_t variant,
                                           const void* params,
                                           uint32_t params_bytes,
                                           const WhittleOperandInfo* operands,
                                           uint32_t operand_count) {
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        const WhittleWindow* w = (const WhittleWindow*)params;
        return whittle_pool_fits(1, params, params_bytes, operands, operand_count) &&
               w->dilation_height == 1 && w->dilation_width == 1;
    }
#endif
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        return whittle_pool_inside_fits(params, params_bytes, operands, operand_count, 4, 65535);
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_PLAIN, 1u)) {
        return whittle_pool_inside_fits(params, params_bytes, operands, operand_count, 1, 65535);
    }
#endif
    return whittle_pool_fits(variant, params, params_bytes, operands, operand_count);
}

static inline void whittle_max_pool2d_run(uint32_t variant,
                                          const void* params,
                                          void* const* operands) {
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        whittle_max_pool2d_int8_helium((const WhittleMaxPool2dInteger*)params,
                                       (const int8_t*)operands[0], (int8_t*)operands[1]);
        return;
    }
#endif
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        whittle_max_pool2d_int8_arm_dsp((const WhittleMaxPool2dInteger*)params,
                                        (const int8_t*)operands[0], (int8_t*)operands[1]);
        return;
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_PLAIN, 1u)) {
        whittle_max_pool2d_int8_plain((const WhittleMaxPool2dInteger*)params,
                                      (const int8_t*)operands[0], (int8_t*)operands[1]);
        return;
    }
#endif
    if (variant == 0) {
        whittle_max_pool2d_float32((const WhittleMaxPool2dFloat32*)params,
                                   (const float*)operands[0], (float*)operands[1]);
    } else if (variant == 1) {
        whittle_max_pool2d_int8((const WhittleMaxPool2dInteger*)params, (const int8_t*)operands[0],
                                (int8_t*)operands[1]);
    } else {
        whittle_max_pool2d_int16((const WhittleMaxPool2dInteger*)params,
                                 (const int16_t*)operands[0], (int16_t*)operands[1]);
    }
}

#endif
