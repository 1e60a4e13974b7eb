#ifndef WHITTLE_CORE_OPS_RELU6_KERNEL_H_
#define WHITTLE_CORE_OPS_RELU6_KERNEL_H_

/* ReLU6: output = min(max(0, input), 6): ReLU's kernels with an upper bound. */

#include "core/ops/relu/kernel.h"

#endif
