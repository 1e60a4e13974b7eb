#ifndef WHITTLE_CORE_OPS_CONV2D_LANES_H_
#define WHITTLE_CORE_OPS_CONV2D_LANES_H_

/* int8 convolution without groups in lanes: the windows of four outputs become rows, and rows are
 * multiplied with the weights of eight or sixteen channels at once. A tile's inputs are read before
 * its outputs are written, so the clearance is that of the reference. */

#include "core/ops/conv2d/kernel.h"
#include "core/ops/int8_lanes.h"

/* The taps of row ky of a window as row elements. Returns the place after them. */
static inline uint8_t* whittle_conv2d_lanes_taps(const WhittleLanes* lanes,
                                                 const WhittleWindow* w,
                                                 int32_t zero_point,
                                                 const int8_t* line,
                                                 int32_t x,
                                                 uint8_t* to) {
    const int32_t channels = w->input_channels;
    int32_t kx;
    if (w->dilation_width == 1) {
        const int32_t left = whittle_clamp(-x, 0, w->kernel_width);
        const int32_t end = whittle_clamp(w->input_width - x, left, w->kernel_width);
        if (left > 0) to = whittle_lanes_pad(lanes, left * channels, zero_point, to);
        if (end > left) {
            to = whittle_lanes_widen(lanes, line + (ptrdiff_t)(x + left) * channels,
                                     (end - left) * channels, to);
        }
        if (end == w->kernel_width) return to;
        return whittle_lanes_pad(lanes, (w->kernel_width - end) * channels, zero_point, to);
    }
    for (kx = 0; kx < w->kernel_width; ++kx, x += w->dilation_width) {
        to = x < 0 || x >= w->input_width
                 ? whittle_lanes_pad(lanes, channels, zero_point, to)
                 : whittle_lanes_widen(lanes, line + (ptrdiff_t)x * channels, channels, to);
    }
    return to;
}

/* The window of one output as a row. */
static inline void whittle_conv2d_lanes_row(const WhittleLanes* lanes,
                                            const WhittleWindow* w,
                                            int32_t zero_point,
                                            const int8_t* image,
                                            int32_t oy,
                                            int32_t ox,
                                            uint8_t* to) {
    const int32_t line_elements = w->kernel_width * w->input_channels;
    const int32_t x = ox * w->stride_width - w->pad_left;
    int32_t y = oy * w->stride_height - w->pad_top;
    int32_t ky;
    for (ky = 0; ky < w->kernel_height; ++ky, y += w->dilation_height) {
        if (y < 0 || y >= w->input_height) {
            to = whittle_lanes_pad(lanes, line_elements, zero_point, to);
        } else {
            const int8_t* line = image + (ptrdiff_t)y * w->input_width * w->input_channels;
            to = whittle_conv2d_lanes_taps(lanes, w, zero_point, line, x, to);
        }
    }
    whittle_lanes_end_row(lanes, w->kernel_height * line_elements, to);
}

/* Whether windows are single pixels, one after another, that fill whole steps: rows as they stand.
 */
static inline int whittle_conv2d_lanes_is_dense(const WhittleLanes* lanes, const WhittleWindow* w) {
    return w->kernel_height == 1 && w->kernel_width == 1 && w->stride_height == 1 &&
           w->stride_width == 1 && w->pad_top == 0 && w->pad_left == 0 &&
           w->output_height == w->input_height && w->output_width == w->input_width &&
           w->input_channels % lanes->step_elements == 0;
}

/* Such a convolution: four pixels at once. */
static inline void whittle_conv2d_lanes_dense(const WhittleLanes* lanes,
                                              const WhittleWindow* w,
                                              const WhittleLanesOutput* to,
                                              const int8_t* input,
                                              const int8_t* weights,
                                              const WhittleLanesBlock* blocks,
                                              uint8_t* scratch,
                                              int8_t* output) {
    const int32_t steps = w->input_channels / lanes->step_elements;
    int32_t rest = w->batches * w->input_height * w->input_width;
    for (; rest > 0; rest -= WHITTLE_LANES_ROWS) {
        const int32_t rows = rest < WHITTLE_LANES_ROWS ? rest : WHITTLE_LANES_ROWS;
        whittle_lanes_widen(lanes, input, rows * w->input_channels, scratch);
        lanes->products(scratch, rows, steps, weights, blocks, w->output_channels, to, output);
        input += rows * w->input_channels;
        output += rows * w->output_channels;
    }
}

/* Operands as the reference kernel's, but weights and blocks as core/ops/int8_pack.h makes them,
 * with 4 rows of scratch: 4 * 4 * steps bytes. */
static inline void whittle_conv2d_int8_lanes(const WhittleLanes* lanes,
                                             const WhittleWindow* w,
                                             int32_t zero_point,
                                             const WhittleLanesOutput* to,
                                             const int8_t* input,
                                             const int8_t* weights,
                                             const WhittleLanesBlock* blocks,
                                             uint8_t* scratch,
                                             int8_t* output) {
    const int32_t steps =
        whittle_lanes_steps(lanes, w->kernel_height * w->kernel_width * w->input_channels);
    const ptrdiff_t image = (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    int32_t n, oy, ox, rows = 0;
    if (whittle_conv2d_lanes_is_dense(lanes, w)) {
        whittle_conv2d_lanes_dense(lanes, w, to, input, weights, blocks, scratch, output);
        return;
    }
    for (n = 0; n < w->batches; ++n, input += image) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                whittle_conv2d_lanes_row(lanes, w, zero_point, input, oy, ox,
                                         scratch + (ptrdiff_t)rows * steps * 4);
                if (++rows < WHITTLE_LANES_ROWS) continue;
                lanes->products(scratch, rows, steps, weights, blocks, w->output_channels, to,
                                output);
                output += rows * w->output_channels;
                rows = 0;
            }
        }
    }
    if (rows > 0) {
        lanes->products(scratch, rows, steps, weights, blocks, w->output_channels, to, output);
    }
}

#endif
