#ifndef WHITTLE_CORE_RUNTIME_LANES_CHECK_H_
#define WHITTLE_CORE_RUNTIME_LANES_CHECK_H_

/* What the kernels in lanes (core/ops/int8_lanes.h) ask of their operands: input, weights, blocks,
 * scratch, output. */

#include "core/ops/int8_lanes_sets.h"
#include "core/runtime/window_check.h"

/* Whether the operand is a block for each eight of `channels` channels, constant, its shifts in
 * range. */
static inline int whittle_lanes_blocks_fit(int32_t channels, const WhittleOperandInfo* operand) {
    const WhittleLanesBlock* blocks = (const WhittleLanesBlock*)operand->constant;
    const uint32_t count = ((uint32_t)channels + WHITTLE_LANES - 1) / WHITTLE_LANES;
    uint32_t i, lane;
    if (channels < 0 || blocks == NULL ||
        !whittle_operand_holds(operand, count, sizeof(WhittleLanesBlock))) {
        return 0;
    }
    for (i = 0; i < count; ++i) {
        if (blocks[i].shift < 0 || blocks[i].shift > 31) return 0;
        for (lane = 0; lane < WHITTLE_LANES; ++lane) {
            if (!whittle_shift_in_range(blocks[i].exact_shift[lane])) return 0;
        }
    }
    return 1;
}

/* Whether weights [channels, elements], blocks and scratch are there as products need them. */
static inline int whittle_lanes_products_fit(const WhittleLanes* lanes,
                                             uint32_t elements,
                                             int32_t channels,
                                             const WhittleOperandInfo* operands) {
    const uint64_t steps =
        ((uint64_t)elements + (uint32_t)lanes->step_elements - 1) / (uint32_t)lanes->step_elements;
    const uint64_t blocks = ((uint64_t)(uint32_t)channels + WHITTLE_LANES - 1) / WHITTLE_LANES;
    const uint64_t block_bytes = steps * WHITTLE_LANES * (uint32_t)lanes->step_elements;
    if (elements > 0x0FFFFFFFu || !whittle_lanes_blocks_fit(channels, &operands[2])) return 0;
    return operands[1].bytes >= blocks * block_bytes &&
           steps * 4 * WHITTLE_LANES_ROWS <= operands[3].bytes &&
           whittle_is_scratch(&operands[3], (uint32_t)(steps * 4 * WHITTLE_LANES_ROWS));
}

/* Whether a window without groups over C channels has its operands. */
static inline int whittle_lanes_window_fits(const WhittleLanes* lanes,
                                            const WhittleWindow* w,
                                            int32_t input_zero_point,
                                            const WhittleOperandInfo* operands) {
    const int32_t elements[3] = {w->kernel_height, w->kernel_width, w->input_channels};
    return w->input_channels >= 1 && w->output_channels >= 1 &&
           whittle_window_fits(w, &operands[0], &operands[4], 1) &&
           whittle_zero_point_in_range(input_zero_point) &&
           whittle_lanes_products_fit(lanes, whittle_checked_volume(elements, 3),
                                      w->output_channels, operands);
}

#endif
