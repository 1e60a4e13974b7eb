#ifndef WHITTLE_CORE_RUNTIME_WINDOW_CHECK_H_
#define WHITTLE_CORE_RUNTIME_WINDOW_CHECK_H_

#include "core/base/window.h"
#include "core/runtime/program.h"

/* The product of `count` sizes, 2^32 - 1 when one is negative or it reaches 2^31. A size of 0 makes
 * it 0, but never hides a negative one. */
static inline uint32_t whittle_checked_volume(const int32_t* sizes, int count) {
    uint64_t volume = 1;
    int saturated = 0;
    int i;
    for (i = 0; i < count; ++i) {
        if (sizes[i] < 0) return 0xFFFFFFFFu;
        volume *= (uint32_t)sizes[i];
        if (volume > 0x7FFFFFFFu) {
            volume = 0x7FFFFFFFu;
            saturated = 1;
        }
    }
    return volume != 0 && saturated ? 0xFFFFFFFFu : (uint32_t)volume;
}

/* Whether int32 holds the product of any of these sizes, none negative; a size of 0 excuses none.
 */
static inline int whittle_sizes_multiply(const int32_t* sizes, int count) {
    uint64_t volume = 1;
    int i;
    for (i = 0; i < count; ++i) {
        if (sizes[i] < 0) return 0;
        if (sizes[i] > 0) volume *= (uint32_t)sizes[i];
        if (volume > 0x7FFFFFFFu) return 0;
    }
    return 1;
}

/* Whether the last place that the window reaches along one dimension can be computed in int32. */
static inline int whittle_window_reaches(
    int32_t outputs, int32_t stride, int32_t kernel, int32_t dilation, int32_t pad) {
    if (outputs < 0 || stride < 1 || kernel < 1 || dilation < 1 || pad < 0) return 0;
    return (int64_t)outputs * stride < 0x3FFFFFFF && (int64_t)kernel * dilation < 0x3FFFFFFF &&
           pad < 0x3FFFFFFF;
}

/* Whether the window's numbers make sense, `input` holds its image and `output` its result. */
static inline int whittle_window_fits(const WhittleWindow* w,
                                      const WhittleOperandInfo* input,
                                      const WhittleOperandInfo* output,
                                      uint32_t element_bytes) {
    const int32_t in[4] = {w->batches, w->input_height, w->input_width, w->input_channels};
    const int32_t out[4] = {w->batches, w->output_height, w->output_width, w->output_channels};
    return whittle_window_reaches(w->output_height, w->stride_height, w->kernel_height,
                                  w->dilation_height, w->pad_top) &&
           whittle_window_reaches(w->output_width, w->stride_width, w->kernel_width,
                                  w->dilation_width, w->pad_left) &&
           whittle_operand_holds(input, whittle_checked_volume(in, 4), element_bytes) &&
           whittle_operand_holds(output, whittle_checked_volume(out, 4), element_bytes);
}

/* Whether the operands are a multiplier (int32) and a shift (int8, constant, in range) for each of
 * `channels` channels. */
static inline int whittle_multipliers_fit(int32_t channels,
                                          const WhittleOperandInfo* multipliers,
                                          const WhittleOperandInfo* shifts,
                                          int32_t lowest_shift,
                                          int32_t highest_shift) {
    const int8_t* values = (const int8_t*)shifts->constant;
    int32_t i;
    if (channels < 0 || !whittle_operand_holds(multipliers, (uint32_t)channels, 4) ||
        !whittle_operand_holds(shifts, (uint32_t)channels, 1) || values == NULL) {
        return 0;
    }
    for (i = 0; i < channels; ++i) {
        if (values[i] < lowest_shift || values[i] > highest_shift) return 0;
    }
    return 1;
}

#endif
