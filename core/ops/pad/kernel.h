#ifndef WHITTLE_CORE_OPS_PAD_KERNEL_H_
#define WHITTLE_CORE_OPS_PAD_KERNEL_H_

/* Padding: the input inside a larger box of one value. Five dimensions, outermost first. Reference
 * kernels, C99 and C++17, freestanding. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    int32_t input0, input1, input2, input3, input4;      /* sizes of the input, each >= 0 */
    int32_t output0, output1, output2, output3, output4; /* of the output */
    int32_t before0, before1, before2, before3, before4; /* where the input begins in it */
    int32_t element_bytes;                               /* 1, 2 or 4 */
    int32_t value;                                       /* the bits of an element outside */
} WhittlePad;

/* Writes `count` elements outside. Returns their end. */
static inline uint8_t* whittle_pad_fill(const WhittlePad* p, int32_t count, uint8_t* to) {
    const size_t bytes = (size_t)p->element_bytes;
    /* Little-endian: the low bytes stand first. */
    for (; count > 0; --count, to += bytes) memcpy(to, &p->value, bytes);
    return to;
}

/* The output is written from its first element to its last; it may lie over the input as overlap.h
 * says. */
static inline void whittle_pad(const WhittlePad* p, const void* input, void* output) {
    const size_t row = (size_t)p->input4 * (size_t)p->element_bytes;
    const uint8_t* from = (const uint8_t*)input;
    uint8_t* to = (uint8_t*)output;
    int32_t i0, i1, i2, i3;
    for (i0 = -p->before0; i0 < p->output0 - p->before0; ++i0) {
        for (i1 = -p->before1; i1 < p->output1 - p->before1; ++i1) {
            for (i2 = -p->before2; i2 < p->output2 - p->before2; ++i2) {
                for (i3 = -p->before3; i3 < p->output3 - p->before3; ++i3) {
                    if (i0 < 0 || i0 >= p->input0 || i1 < 0 || i1 >= p->input1 || i2 < 0 ||
                        i2 >= p->input2 || i3 < 0 || i3 >= p->input3) {
                        to = whittle_pad_fill(p, p->output4, to);
                        continue;
                    }
                    to = whittle_pad_fill(p, p->before4, to);
                    memmove(to, from, row);
                    to = whittle_pad_fill(p, p->output4 - p->before4 - p->input4, to + row);
                    from += row;
                }
            }
        }
    }
}

#endif
