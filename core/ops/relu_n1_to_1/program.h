#ifndef WHITTLE_CORE_OPS_RELU_N1_TO_1_PROGRAM_H_
#define WHITTLE_CORE_OPS_RELU_N1_TO_1_PROGRAM_H_

/* The clip to -1 ... 1 in a program image. Variant 0: float32; the integers' are ReLU's. Operands:
 * input, output. */

#include "core/ops/relu/program.h"
#include "core/ops/relu_n1_to_1/kernel.h"

static inline int whittle_relu_n1_to_1_check(uint32_t variant,
                                             const void* params,
                                             uint32_t params_bytes,
                                             const WhittleOperandInfo* operands,
                                             uint32_t operand_count) {
    uint32_t count;
    if (variant != 0) {
        return whittle_relu_check(variant, params, params_bytes, operands, operand_count);
    }
    if (operand_count != 2 || params_bytes != sizeof(WhittleReluN1To1Float32)) return 0;
    count = whittle_checked_product(*(const int32_t*)params, 1);
    return whittle_operand_holds(&operands[0], count, 4) &&
           whittle_operand_holds(&operands[1], count, 4);
}

static inline void whittle_relu_n1_to_1_run(uint32_t variant,
                                            const void* params,
                                            void* const* operands) {
    if (variant != 0) {
        whittle_relu_run(variant, params, operands);
        return;
    }
    whittle_relu_n1_to_1_float32((const WhittleReluN1To1Float32*)params, (const float*)operands[0],
                                 (float*)operands[1]);
}

#endif
