#ifndef WHITTLE_CORE_OPS_PAD_V2_KERNEL_H_
#define WHITTLE_CORE_OPS_PAD_V2_KERNEL_H_

/* Padding with a value that the model brings: pad's kernel, which takes any. */

#include "core/ops/pad/kernel.h"

#endif
