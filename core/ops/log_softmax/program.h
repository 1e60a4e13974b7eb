#ifndef WHITTLE_CORE_OPS_LOG_SOFTMAX_PROGRAM_H_
#define WHITTLE_CORE_OPS_LOG_SOFTMAX_PROGRAM_H_

/* Log-softmax in a program image. Variant 0: float32, 1: int8. Operands: input, output. */

#include "core/ops/log_softmax/kernel.h"
#include "core/runtime/program.h"

static inline int whittle_log_softmax_check(uint32_t variant,
                                            const void* params,
                                            uint32_t params_bytes,
                                            const WhittleOperandInfo* operands,
                                            uint32_t operand_count) {
    /* Both parameter structs begin with rows, columns. */
    const int32_t* sizes = (const int32_t*)params;
    const uint32_t element = variant == 0 ? 4 : 1;
    uint32_t count;
    if (operand_count != 2 || variant > 1) return 0;
    if (params_bytes !=
        (variant ? sizeof(WhittleLogSoftmaxInt8) : sizeof(WhittleLogSoftmaxFloat32))) {
        return 0;
    }
    if (sizes[1] < 1) return 0;
    if (variant == 1) {
        const WhittleLogSoftmaxInt8* p = (const WhittleLogSoftmaxInt8*)params;
        if (p->columns > WHITTLE_LOG_SOFTMAX_MAX_COLUMNS || p->shift < 0 || p->shift > 30 ||
            p->multiplier < 0 || p->minimum_difference > 0 || p->minimum_difference < -256 ||
            !whittle_shift_in_range(p->inverse_shift)) {
            return 0;
        }
    }
    count = whittle_checked_product(sizes[0], sizes[1]);
    return whittle_operand_holds(&operands[0], count, element) &&
           whittle_operand_holds(&operands[1], count, element);
}

static inline void whittle_log_softmax_run(uint32_t variant,
                                           const void* params,
                                           void* const* operands) {
    if (variant == 0) {
        whittle_log_softmax_float32((const WhittleLogSoftmaxFloat32*)params,
                                    (const float*)operands[0], (float*)operands[1]);
    } else {
        whittle_log_softmax_int8((const WhittleLogSoftmaxInt8*)params, (const int8_t*)operands[0],
                                 (int8_t*)operands[1]);
    }
}

#endif
