#ifndef WHITTLE_CORE_OPS_RESHAPE_KERNEL_H_
#define WHITTLE_CORE_OPS_RESHAPE_KERNEL_H_

/* Reshape: the same elements under another shape. C99 and C++17, freestanding. */

#include <stdint.h>
#include <string.h>

typedef struct {
    int32_t bytes; /* of the tensor, >= 0 */
} WhittleReshape;

/* Any dtype. The output may overlap the input. */
static inline void whittle_reshape(const WhittleReshape* p, const void* input, void* output) {
    if (output != input) memmove(output, input, (size_t)p->bytes);
}

#endif
