#ifndef WHITTLE_CORE_OPS_DEQUANTIZE_KERNEL_H_
#define WHITTLE_CORE_OPS_DEQUANTIZE_KERNEL_H_

/* Dequantize: output = scale * (input - zero_point). The output may lie over the input as
 * overlap.h says. Reference kernels, C99 and C++17,
 * freestanding. */

#include "core/base/integer_element.h"

typedef struct {
    int32_t count; /* elements >= 0 */
    float scale;
    int32_t zero_point;
} WhittleDequantizeInt8;

static inline void whittle_dequantize_int8(const WhittleDequantizeInt8* p,
                                           const int8_t* input,
                                           float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) output[i] = p->scale * (float)(input[i] - p->zero_point);
}

typedef struct {
    int32_t count; /* elements >= 0 */
    float scale;
    int32_t zero_point;
    int32_t input_type; /* WHITTLE_ELEMENT_UINT8 or ..._INT16 */
} WhittleDequantizeInteger;

static inline void whittle_dequantize_integer(const WhittleDequantizeInteger* p,
                                              const void* input,
                                              float* output) {
    int32_t i;
    for (i = 0; i < p->count; ++i) {
        const int32_t steps = whittle_element_at(input, p->input_type, i) - p->zero_point;
        output[i] = p->scale * (float)steps;
    }
}

#endif
