#ifndef WHITTLE_CORE_OPS_CONCAT_KERNEL_H_
#define WHITTLE_CORE_OPS_CONCAT_KERNEL_H_

/* Concatenation along one dimension: row r of the output is row r of all inputs, one behind the
 * other. A row is what lies inside that dimension and all behind it. Elements of any type are
 * copied as they are. Reference kernel, C99 and C++17, freestanding. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WHITTLE_CONCAT_INPUTS 8

typedef struct {
    int32_t rows; /* >= 0 */
    /* Bytes of a row of each input, >= 0; 0 for inputs that are not there. */
    int32_t bytes0, bytes1, bytes2, bytes3, bytes4, bytes5, bytes6, bytes7;
} WhittleConcat;

/* Inputs that are not there may point anywhere. The output may lie over inputs as overlap.h says.
 */
static inline void whittle_concat(const WhittleConcat* p,
                                  const void* input0,
                                  const void* input1,
                                  const void* input2,
                                  const void* input3,
                                  const void* input4,
                                  const void* input5,
                                  const void* input6,
                                  const void* input7,
                                  void* output) {
    const void* const inputs[WHITTLE_CONCAT_INPUTS] = {input0, input1, input2, input3,
                                                       input4, input5, input6, input7};
    const int32_t bytes[WHITTLE_CONCAT_INPUTS] = {p->bytes0, p->bytes1, p->bytes2, p->bytes3,
                                                  p->bytes4, p->bytes5, p->bytes6, p->bytes7};
    uint8_t* to = (uint8_t*)output;
    int32_t row, k;
    for (row = 0; row < p->rows; ++row) {
        for (k = 0; k < WHITTLE_CONCAT_INPUTS; ++k) {
            if (bytes[k] == 0) continue;
            memmove(to, (const uint8_t*)inputs[k] + (ptrdiff_t)row * bytes[k], (size_t)bytes[k]);
            to += bytes[k];
        }
    }
}

#endif
