#ifndef WHITTLE_CORE_RUNTIME_LANES_CHECK_H_
#define WHITTLE_CORE_RUNTIME_LANES_CHECK_H_

/* What the kernels in lanes (core/ops/int8_lanes.h) ask of their operands: input, weights, blocks,
 * scratch, output. */

#include "core/ops/int8_lanes_sets.h"
#include "core/runtime/window_check.h"

/* Whether the operand is so many blocks, constant, their shifts in range. */
static inline int whittle_lanes_blocks_fit(uint32_t count, const WhittleOperandInfo* operand) {
    const WhittleLanesBlock* blocks = (const WhittleLanesBlock*)operand->constant;
    uint32_t i, lane;
    if (blocks == NULL || !whittle_operand_holds(operand, count, sizeof(WhittleLanesBlock))) {
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

/* Whether there are weights and blocks for `channels` channels, of rows that are `runs` runs of
 * `elements` elements. Weights have `step_bytes` for each step of a channel. */
static inline int whittle_lanes_weights_fit(const WhittleLanes* lanes,
                                            uint32_t runs,
                                            uint32_t elements,
                                            uint32_t step_bytes,
                                            int32_t channels,
                                            const WhittleOperandInfo* operands) {
    const uint32_t blocks = whittle_lanes_blocks(lanes, channels);
    uint64_t steps;
    if (channels < 0 || elements > 0x0FFFFFFFu || runs > 0x0FFFFFFFu ||
        !whittle_lanes_blocks_fit(blocks, &operands[2])) {
        return 0;
    }
    steps = (uint64_t)whittle_lanes_steps(lanes, (int32_t)elements) * runs;
    return steps <= 0x0FFFFFFFu && steps * step_bytes * blocks * WHITTLE_LANES <= operands[1].bytes;
}

/* Whether the operand is scratch of so many bytes, which are few enough for offsets of 31 bits. */
static inline int whittle_lanes_scratch_fits(int64_t bytes, const WhittleOperandInfo* operand) {
    return bytes >= 0 && bytes <= 0x7FFFFFFF && whittle_is_scratch(operand, (uint32_t)bytes);
}

#endif
