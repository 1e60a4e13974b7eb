#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_HELIUM_H_

/* int8 fully connected for Helium: four outputs at once. */

#include "core/base/helium.h"

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t inputs;  /* I >= 1 */
    int32_t outputs; /* O >= 1 */
    int32_t minimum; /* clamp of the quantized output */
    int32_t maximum;
} WhittleFullyConnectedHelium;

/* input [N, I]; weights [O / 4][I / 16][4][16], both rounded up, zeros where there are fewer;
 * tables [O / 4] as core/base/helium.h says, biases as for whittle_fully_connected_int8; output [N,
 * O]. A row is read whole before each four outputs of it are written. */
static inline void whittle_fully_connected_int8_helium(const WhittleFullyConnectedHelium* p,
                                                       const int8_t* input,
                                                       const int8_t* weights,
                                                       const int32_t* tables,
                                                       int8_t* output) {
    int32_t n;
    for (n = 0; n < p->rows; ++n, input += p->inputs, output += p->outputs) {
        whittle_helium_outputs(input, p->inputs, weights, tables, p->minimum, p->maximum,
                               p->outputs, output);
    }
}

#endif
