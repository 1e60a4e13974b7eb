#ifndef WHITTLE_CORE_OPS_PAD_OVERLAP_H_
#define WHITTLE_CORE_OPS_PAD_OVERLAP_H_

/* The output is written in order; each row of the input moves at once, when all before it is
 * written. */

#include "core/ops/pad/kernel.h"
#include "core/runtime/overlap.h"

static inline int64_t whittle_pad_clearance(uint32_t variant,
                                            const void* params,
                                            uint32_t operand) {
    const WhittlePad* p = (const WhittlePad*)params;
    const int64_t input = (int64_t)p->input0 * p->input1 * p->input2 * p->input3;
    int64_t last; /* where the last row goes, in elements */
    (void)variant;
    (void)operand;
    if (input == 0 || p->input4 == 0) return 0;
    last = p->before0 + p->input0 - 1;
    last = last * p->output1 + p->before1 + p->input1 - 1;
    last = last * p->output2 + p->before2 + p->input2 - 1;
    last = last * p->output3 + p->before3 + p->input3 - 1;
    last = last * p->output4 + p->before4;
    return (last - (input - 1) * p->input4) * p->element_bytes;
}

#endif
