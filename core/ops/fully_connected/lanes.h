#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_LANES_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_LANES_H_

/* int8 fully connected layers in lanes: four rows at once, or one. */

#include "core/ops/fully_connected/kernel.h"
#include "core/ops/int8_lanes.h"

/* Operands as the reference kernel's, but weights and blocks as core/ops/int8_pack.h makes them,
 * with 4 rows of scratch: 4 * 4 * steps bytes. */
static inline void whittle_fully_connected_int8_lanes(const WhittleLanes* lanes,
                                                      const WhittleFullyConnectedInt8* p,
                                                      const int8_t* input,
                                                      const int8_t* weights,
                                                      const WhittleLanesBlock* blocks,
                                                      uint8_t* scratch,
                                                      int8_t* output) {
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    const int32_t steps = whittle_lanes_steps(lanes, p->inputs);
    int32_t n, i;
    for (n = 0; n < p->rows; n += WHITTLE_LANES_ROWS) {
        const int32_t rows = whittle_clamp(p->rows - n, 1, WHITTLE_LANES_ROWS);
        for (i = 0; i < rows; ++i, input += p->inputs) {
            uint8_t* row = scratch + (ptrdiff_t)i * steps * 4;
            whittle_lanes_end_row(lanes, p->inputs,
                                  whittle_lanes_widen(lanes, input, p->inputs, row));
        }
        lanes->products(scratch, rows, steps, weights, blocks, p->outputs, &to, output);
        output += rows * p->outputs;
    }
}

#endif
