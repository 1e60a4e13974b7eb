#ifndef WHITTLE_CORE_OPS_CONV2D_LANES_H_
#define WHITTLE_CORE_OPS_CONV2D_LANES_H_

/* int8 convolution without groups in lanes: some lines of the image are widened, and the windows
 * over them are rows to multiply. All that a line of outputs reads has been read before it is
 * written, so the clearance is that of the reference. */

#include "core/ops/conv2d/kernel.h"
#include "core/ops/int8_band.h"

#define WHITTLE_CONV2D_LANES_PIXELS 64 /* that are widened at once where windows are pixels */

/* Whether windows are single pixels, whole lines of them. */
static inline int whittle_conv2d_lanes_is_pointwise(const WhittleWindow* w) {
    return w->kernel_height == 1 && w->kernel_width == 1 && w->stride_height == 1 &&
           w->stride_width == 1 && w->pad_left == 0 && w->output_width == w->input_width;
}

/* Whether the lines also stand one after another. */
static inline int whittle_conv2d_lanes_is_dense(const WhittleWindow* w) {
    return whittle_conv2d_lanes_is_pointwise(w) && w->pad_top == 0 &&
           (w->output_height == w->input_height ||
            (w->batches == 1 && w->output_height < w->input_height));
}

/* Whether the columns of a window lie next to one another, so that a line of it is one run. */
static inline int whittle_conv2d_lanes_is_close(const WhittleWindow* w) {
    return w->kernel_width == 1 || w->dilation_width == 1;
}

/* Bytes of scratch, rows having elements of so many bytes; more than fit in 31 bits where there are
 * more. For windows that whittle_window_fits, whose taps fit in 29 bits; enough for every run over
 * some of their lines (core/base/kept_rows.h). */
static inline int64_t whittle_conv2d_lanes_scratch_bytes(const WhittleWindow* w,
                                                         int32_t element_bytes) {
    const int32_t columns = whittle_conv2d_lanes_is_close(w) ? 1 : w->kernel_width;
    const int64_t dense = (int64_t)WHITTLE_CONV2D_LANES_PIXELS * w->input_channels * element_bytes +
                          WHITTLE_LANES_LINE + WHITTLE_LANES_SLACK;
    const int64_t bands =
        4 * (int64_t)w->kernel_height * columns +
        whittle_lanes_band(w, w->kernel_height, w->dilation_height, element_bytes).bytes;
    return whittle_conv2d_lanes_is_pointwise(w) && dense > bands ? dense : bands;
}

/* Windows that are pixels, some of them at once. */
static inline void whittle_conv2d_lanes_dense(const WhittleLanes* lanes,
                                              const WhittleWindow* w,
                                              const WhittleLanesOutput* to,
                                              const int8_t* input,
                                              const void* weights,
                                              const WhittleLanesBlock* blocks,
                                              uint8_t* scratch,
                                              int8_t* output) {
    const int32_t none = 0;
    int32_t rest = w->batches * w->output_height * w->output_width;
    WhittleLanesRows rows = {NULL, &none, 0, 0, 1, 0};
    uint8_t* pixels = whittle_lanes_aligned(scratch);
    rows.first = pixels;
    rows.row_bytes = (ptrdiff_t)w->input_channels * whittle_lanes_element_bytes(lanes);
    rows.steps = whittle_lanes_steps(lanes, w->input_channels);
    for (; rest > 0; rest -= rows.rows) {
        rows.rows = whittle_clamp(rest, 1, WHITTLE_CONV2D_LANES_PIXELS);
        lanes->widen(input, rows.rows * w->input_channels, pixels);
        lanes->products(&rows, weights, blocks, w->output_channels, to, output);
        input += (ptrdiff_t)rows.rows * w->input_channels;
        output += (ptrdiff_t)rows.rows * w->output_channels;
    }
}

/* Fills the band with the lines of the image from line y on. */
static inline void whittle_conv2d_lanes_fill(const WhittleLanes* lanes,
                                             const WhittleWindow* w,
                                             const WhittleLanesBand* band,
                                             int32_t zero_point,
                                             const int8_t* image,
                                             int32_t y,
                                             uint8_t* to) {
    const int32_t inside = band->inside * w->input_channels;
    const int32_t left = band->left * w->input_channels;
    const int32_t right = (band->width - band->left) * w->input_channels - inside;
    const int32_t element_bytes = whittle_lanes_element_bytes(lanes);
    int32_t i;
    for (i = 0; i < band->lines; ++i, y += band->apart, to += band->line_bytes) {
        uint8_t* middle = to + (ptrdiff_t)left * element_bytes;
        whittle_lanes_pad(lanes, left, zero_point, to);
        if (y < 0 || y >= w->input_height) {
            whittle_lanes_pad(lanes, inside, zero_point, middle);
        } else {
            lanes->widen(image + (ptrdiff_t)y * w->input_width * w->input_channels, inside, middle);
        }
        whittle_lanes_pad(lanes, right, zero_point, middle + (ptrdiff_t)inside * element_bytes);
    }
}

/* Where the runs of a window begin in the band, and how long they are. Returns the band's place. */
static inline uint8_t* whittle_conv2d_lanes_runs(const WhittleLanes* lanes,
                                                 const WhittleWindow* w,
                                                 const WhittleLanesBand* band,
                                                 uint8_t* scratch,
                                                 WhittleLanesRows* rows) {
    const int close = whittle_conv2d_lanes_is_close(w);
    const int32_t pixel_bytes = w->input_channels * whittle_lanes_element_bytes(lanes);
    const int32_t line_bytes = w->dilation_height / band->apart * (int32_t)band->line_bytes;
    const int32_t columns = close ? 1 : w->kernel_width;
    int32_t* offsets = (int32_t*)(void*)scratch;
    int32_t run;
    rows->runs = w->kernel_height * columns;
    for (run = 0; run < rows->runs; ++run) {
        offsets[run] = run / columns * line_bytes + run % columns * w->dilation_width * pixel_bytes;
    }
    rows->offsets = offsets;
    rows->row_bytes = w->output_width > 1 ? (ptrdiff_t)w->stride_width * pixel_bytes : 0;
    rows->rows = w->output_width;
    rows->steps = whittle_lanes_steps(lanes, (close ? w->kernel_width : 1) * w->input_channels);
    return whittle_lanes_aligned(scratch + 4 * (ptrdiff_t)rows->runs);
}

/* Operands as the reference kernel's, but weights, blocks and scratch as
 * core/ops/int8_pack.h says. */
static inline void whittle_conv2d_int8_lanes(const WhittleLanes* lanes,
                                             const WhittleWindow* w,
                                             int32_t zero_point,
                                             const WhittleLanesOutput* to,
                                             const int8_t* input,
                                             const void* weights,
                                             const WhittleLanesBlock* blocks,
                                             uint8_t* scratch,
                                             int8_t* output) {
    const ptrdiff_t image = (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    WhittleLanesBand band;
    WhittleLanesRows rows;
    uint8_t* lines;
    int32_t n, oy, i;
    if (whittle_conv2d_lanes_is_dense(w)) {
        whittle_conv2d_lanes_dense(lanes, w, to, input, weights, blocks, scratch, output);
        return;
    }
    if (w->output_width < 1) return;
    band = whittle_lanes_band(w, w->kernel_height, w->dilation_height,
                              whittle_lanes_element_bytes(lanes));
    lines = whittle_conv2d_lanes_runs(lanes, w, &band, scratch, &rows);
    for (n = 0; n < w->batches; ++n, input += image) {
        for (oy = 0; oy < w->output_height; oy += band.outputs) {
            whittle_conv2d_lanes_fill(lanes, w, &band, zero_point, input,
                                      oy * w->stride_height - w->pad_top, lines);
            for (i = 0; i < band.outputs && oy + i < w->output_height; ++i) {
                rows.first = lines + i * (w->stride_height / band.apart) * band.line_bytes;
                lanes->products(&rows, weights, blocks, w->output_channels, to, output);
                output += (ptrdiff_t)w->output_width * w->output_channels;
            }
        }
    }
}

#endif
