#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_LANES_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_LANES_H_

/* int8 fully connected layers in lanes: one row, or some at once. */

#include "core/ops/fully_connected/kernel.h"
#include "core/ops/int8_lanes.h"

#define WHITTLE_FULLY_CONNECTED_LANES_ROWS 16 /* that are widened at once */

/* Bytes of scratch, rows having elements of so many bytes. */
static inline int64_t whittle_fully_connected_lanes_scratch_bytes(
    const WhittleFullyConnectedInt8* p, int32_t element_bytes) {
    const int32_t rows = whittle_clamp(p->rows, 1, WHITTLE_FULLY_CONNECTED_LANES_ROWS);
    return (int64_t)rows * p->inputs * element_bytes + WHITTLE_LANES_SLACK;
}

/* Operands as the reference kernel's, but weights, blocks and scratch as
 * core/ops/int8_pack.h says. */
static inline void whittle_fully_connected_int8_lanes(const WhittleLanes* lanes,
                                                      const WhittleFullyConnectedInt8* p,
                                                      const int8_t* input,
                                                      const void* weights,
                                                      const WhittleLanesBlock* blocks,
                                                      uint8_t* scratch,
                                                      int8_t* output) {
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    const int32_t none = 0;
    WhittleLanesRows rows = {scratch, &none, 0, 0, 1, 0};
    int32_t n;
    rows.row_bytes = (ptrdiff_t)p->inputs * whittle_lanes_element_bytes(lanes);
    rows.steps = whittle_lanes_steps(lanes, p->inputs);
    for (n = 0; n < p->rows; n += rows.rows) {
        rows.rows = whittle_clamp(p->rows - n, 1, WHITTLE_FULLY_CONNECTED_LANES_ROWS);
        lanes->widen(input + (ptrdiff_t)n * p->inputs, rows.rows * p->inputs, scratch);
        if (p->rows == 1) {
            lanes->row(scratch, rows.steps, (const int8_t*)weights, blocks, p->outputs, &to,
                       output);
        } else {
            lanes->products(&rows, weights, blocks, p->outputs, &to,
                            output + (ptrdiff_t)n * p->outputs);
        }
    }
}

#endif
