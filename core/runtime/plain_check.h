#ifndef WHITTLE_CORE_RUNTIME_PLAIN_CHECK_H_
#define WHITTLE_CORE_RUNTIME_PLAIN_CHECK_H_

/* What kernels for cores without SIMD ask of the constants that say how sums become int8. */

#include "core/base/plain.h"
#include "core/runtime/window_check.h"

static inline int whittle_plain_scale_fits(const WhittlePlainScale* to) {
    return to->multiplier >= 0 && to->right >= 1 && to->right <= 22;
}

#endif
