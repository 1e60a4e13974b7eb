#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_PROGRAM_PLAIN_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_PROGRAM_PLAIN_H_

/* Fully connected for cores without SIMD in a program image. */

#include "core/ops/fully_connected/kernel_plain.h"
#include "core/runtime/instruction_set.h"
#include "core/runtime/plain_check.h"
#include "core/runtime/window_check.h"

#define WHITTLE_FULLY_CONNECTED_PLAIN WHITTLE_VARIANT(WHITTLE_SET_PLAIN, 1u)

/* Operands input, weights, bias, scales, output. */
static inline int whittle_fully_connected_check_plain(const void* params,
                                                      uint32_t params_bytes,
                                                      const WhittleOperandInfo* operands,
                                                      uint32_t operand_count) {
    const WhittleFullyConnectedPlain* p = (const WhittleFullyConnectedPlain*)params;
    const WhittlePlainScale* scales;
    int32_t channels, i;
    if (operand_count != 5 || params_bytes != sizeof *p || p->inputs < 1 || p->outputs < 1 ||
        (p->channel_stride != 0 && p->channel_stride != 1)) {
        return 0;
    }
    channels = p->channel_stride == 1 ? p->outputs : 1;
    scales = (const WhittlePlainScale*)operands[3].constant;
    if (scales == NULL ||
        !whittle_operand_holds(&operands[3], (uint32_t)channels, sizeof *scales)) {
        return 0;
    }
    for (i = 0; i < channels; ++i) {
        if (!whittle_plain_scale_fits(&scales[i])) return 0;
    }
    return whittle_operand_holds(&operands[0], whittle_checked_product(p->rows, p->inputs), 1) &&
           whittle_operand_holds(&operands[1],
                                 whittle_checked_product((p->outputs - 1) / 4 + 1, p->inputs), 4) &&
           whittle_operand_holds(&operands[2], (uint32_t)p->outputs, 4) &&
           whittle_operand_holds(&operands[4], whittle_checked_product(p->rows, p->outputs), 1);
}

static inline void whittle_fully_connected_run_plain(const void* params, void* const* operands) {
    whittle_fully_connected_int8_plain((const WhittleFullyConnectedPlain*)params,
                                       (const int8_t*)operands[0], (const int32_t*)operands[1],
                                       (const int32_t*)operands[2], (const int32_t*)operands[3],
                                       (int8_t*)operands[4]);
}

#endif
