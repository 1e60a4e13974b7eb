#ifndef WHITTLE_CORE_OPS_PAD_PROGRAM_H_
#define WHITTLE_CORE_OPS_PAD_PROGRAM_H_

/* Padding in a program image. Variant 0, any element type. Operands: input, output. */

#include "core/ops/pad/kernel.h"
#include "core/runtime/window_check.h"

static inline int whittle_pad_check(uint32_t variant,
                                    const void* params,
                                    uint32_t params_bytes,
                                    const WhittleOperandInfo* operands,
                                    uint32_t operand_count) {
    const WhittlePad* p = (const WhittlePad*)params;
    if (variant != 0 || operand_count != 2 || params_bytes != sizeof(WhittlePad)) return 0;
    {
        const int32_t input[5] = {p->input0, p->input1, p->input2, p->input3, p->input4};
        const int32_t output[5] = {p->output0, p->output1, p->output2, p->output3, p->output4};
        const int32_t before[5] = {p->before0, p->before1, p->before2, p->before3, p->before4};
        int i;
        for (i = 0; i < 5; ++i) {
            if (input[i] < 0 || before[i] < 0 || output[i] < input[i] ||
                before[i] > output[i] - input[i]) {
                return 0;
            }
        }
        if (p->element_bytes < 1 || p->element_bytes > 4) return 0;
        return whittle_operand_holds(&operands[0], whittle_checked_volume(input, 5),
                                     (uint32_t)p->element_bytes) &&
               whittle_operand_holds(&operands[1], whittle_checked_volume(output, 5),
                                     (uint32_t)p->element_bytes);
    }
}

static inline void whittle_pad_run(uint32_t variant, const void* params, void* const* operands) {
    (void)variant;
    whittle_pad((const WhittlePad*)params, operands[0], operands[1]);
}

#endif
