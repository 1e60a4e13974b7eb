#ifndef WHITTLE_CORE_OPS_ADD_PROGRAM_H_
#define WHITTLE_CORE_OPS_ADD_PROGRAM_H_

/* Addition in a program image. Variant 0: float32, 1: int8, 2: int16. Operands: a, b, output. */

#include "core/ops/add/kernel.h"
#include "core/ops/add/lanes.h"
#include "core/runtime/broadcast_check.h"
#include "core/runtime/instruction_set.h"
#if WHITTLE_HAS_HELIUM
#include "core/ops/add/kernel_helium.h"
#include "core/runtime/overlap.h"
#endif
#if WHITTLE_HAS_ARM_DSP
#include "core/ops/add/kernel_arm_dsp.h"
#endif
#if WHITTLE_HAS_PLAIN
#include "core/ops/add/kernel_plain.h"
#endif
#include "core/runtime/lanes_check.h"

/* Operands a, b, blocks, output; both inputs have the shape of the output. */
static inline int whittle_add_check_lanes(uint32_t variant,
                                          const void* params,
                                          uint32_t params_bytes,
                                          const WhittleOperandInfo* operands,
                                          uint32_t operand_count) {
    const WhittleBroadcast* w = (const WhittleBroadcast*)params;
    const int32_t sizes[4] = {w->size0, w->size1, w->size2, w->size3};
    const uint32_t count = whittle_checked_volume(sizes, 4);
    return (variant & 255u) == 1 && operand_count == 4 && params_bytes == sizeof(WhittleAddInt8) &&
           whittle_sizes_multiply(sizes, 4) && count < 0x7FFFFFF0u &&
           whittle_operand_holds(&operands[0], count, 1) &&
           whittle_operand_holds(&operands[1], count, 1) &&
           whittle_lanes_blocks_fit(3, &operands[2]) &&
           whittle_operand_holds(&operands[3], count, 1);
}

#if WHITTLE_HAS_ARM_DSP || WHITTLE_HAS_PLAIN
static inline int whittle_add_check_halved(const void* params,
                                           uint32_t params_bytes,
                                           const WhittleOperandInfo* operands,
                                           uint32_t operand_count) {
    const WhittleAddHalved* p = (const WhittleAddHalved*)params;
    uint32_t count;
    if (operand_count != 3 || params_bytes != sizeof *p || p->count < 0) return 0;
    count = (uint32_t)p->count;
    return whittle_operand_holds(&operands[0], count, 1) &&
           whittle_operand_holds(&operands[1], count, 1) &&
           whittle_operand_holds(&operands[2], count, 1) &&
           whittle_zero_point_in_range(p->a_zero_point) &&
           whittle_zero_point_in_range(p->b_zero_point) && p->b_multiplier >= 0 &&
           p->b_right >= 1 && p->b_right <= 31 && p->output_multiplier >= 0 &&
           p->output_right >= 1 && p->output_right <= 22;
}
#endif

static inline int whittle_add_check(uint32_t variant,
                                    const void* params,
                                    uint32_t params_bytes,
                                    const WhittleOperandInfo* operands,
                                    uint32_t operand_count) {
    const uint32_t element = variant == 0 ? 4 : variant;
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        const WhittleAddInt8* p = (const WhittleAddInt8*)params;
        return whittle_add_check(1, params, params_bytes, operands, operand_count) &&
               whittle_broadcast_clearance(&p->walk, 0) == 0 &&
               whittle_broadcast_clearance(&p->walk, 1) == 0 && p->a_shift <= 0 &&
               p->b_shift <= 0 && p->output_shift <= 0;
    }
#endif
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        return whittle_add_check_halved(params, params_bytes, operands, operand_count);
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_PLAIN, 1u)) {
        return whittle_add_check_halved(params, params_bytes, operands, operand_count);
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        return whittle_add_check_lanes(variant, params, params_bytes, operands, operand_count);
    }
    if (operand_count != 3 || variant > 2) return 0;
    if (params_bytes != (variant ? sizeof(WhittleAddInt8) : sizeof(WhittleAddFloat32))) return 0;
    if (variant != 0) {
        const WhittleAddInt8* p = (const WhittleAddInt8*)params;
        if (!whittle_zero_point_in_range(p->a_zero_point) ||
            !whittle_zero_point_in_range(p->b_zero_point) || !whittle_shift_in_range(p->a_shift) ||
            !whittle_shift_in_range(p->b_shift) || !whittle_shift_in_range(p->output_shift)) {
            return 0;
        }
    }
    return whittle_broadcast_fits((const WhittleBroadcast*)params, operands, element);
}

static inline void whittle_add_run(uint32_t variant, const void* params, void* const* operands) {
#if WHITTLE_HAS_HELIUM
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_HELIUM, 1u)) {
        whittle_add_int8_helium((const WhittleAddInt8*)params, (const int8_t*)operands[0],
                                (const int8_t*)operands[1], (int8_t*)operands[2]);
        return;
    }
#endif
#if WHITTLE_HAS_ARM_DSP
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_ARM_DSP, 1u)) {
        whittle_add_int8_arm_dsp((const WhittleAddHalved*)params, (const int8_t*)operands[0],
                                 (const int8_t*)operands[1], (int8_t*)operands[2]);
        return;
    }
#endif
#if WHITTLE_HAS_PLAIN
    if (variant == WHITTLE_VARIANT(WHITTLE_SET_PLAIN, 1u)) {
        whittle_add_int8_plain((const WhittleAddHalved*)params, (const int8_t*)operands[0],
                               (const int8_t*)operands[1], (int8_t*)operands[2]);
        return;
    }
#endif
    if (whittle_lanes_of(variant) != NULL) {
        whittle_add_int8_lanes(whittle_lanes_of(variant), (const WhittleAddInt8*)params,
                               (const int8_t*)operands[0], (const int8_t*)operands[1],
                               (const WhittleLanesBlock*)operands[2], (int8_t*)operands[3]);
    } else if (variant == 0) {
        whittle_add_float32((const WhittleAddFloat32*)params, (const float*)operands[0],
                            (const float*)operands[1], (float*)operands[2]);
    } else if (variant == 2) {
        whittle_add_int16((const WhittleAddInt16*)params, (const int16_t*)operands[0],
                          (const int16_t*)operands[1], (int16_t*)operands[2]);
    } else {
        whittle_add_int8((const WhittleAddInt8*)params, (const int8_t*)operands[0],
                         (const int8_t*)operands[1], (int8_t*)operands[2]);
    }
}

#endif
