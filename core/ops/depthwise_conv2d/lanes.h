#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_LANES_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_LANES_H_

/* int8 depthwise convolution in lanes. With as many outputs as inputs, the lines of the image are
 * paired, each with the one that the window's next line lies over, and two products are added at
 * once; with one input channel it is a convolution like any other (core/ops/conv2d/lanes.h). */

#include "core/ops/conv2d/lanes.h"
#include "core/ops/depthwise_conv2d/kernel.h"

/* The window's lines in pairs; the last one may have a partner with weights of 0. */
static inline WhittleLanesBand whittle_depthwise_lanes_band(const WhittleWindow* w) {
    return whittle_lanes_band(w, w->kernel_height / 2 + w->kernel_height % 2,
                              2 * w->dilation_height, 4);
}

static inline int32_t whittle_depthwise_lanes_taps(const WhittleWindow* w) {
    return (w->kernel_height / 2 + w->kernel_height % 2) * w->kernel_width;
}

/* Bytes of scratch, of a window whose taps fit in 29 bits; more than fit in 31 bits where there are
 * more: where the taps are, the band, a line outside the image. */
static inline int64_t whittle_depthwise_lanes_scratch_bytes(const WhittleWindow* w) {
    const WhittleLanesBand band = whittle_depthwise_lanes_band(w);
    return 4 * (int64_t)whittle_depthwise_lanes_taps(w) + band.bytes + band.line_bytes / 4;
}

/* Fills the band with the pairs from line y on. */
static inline void whittle_depthwise_lanes_fill(const WhittleLanes* lanes,
                                                const WhittleWindow* w,
                                                const WhittleLanesBand* band,
                                                int32_t zero_point,
                                                const int8_t* image,
                                                const int8_t* outside,
                                                int32_t y,
                                                uint8_t* to) {
    const ptrdiff_t line = (ptrdiff_t)w->input_width * w->input_channels;
    const int32_t inside = band->inside * w->input_channels;
    const int32_t left = band->left * w->input_channels;
    const int32_t right = (band->width - band->left) * w->input_channels - inside;
    int32_t i;
    for (i = 0; i < band->lines; ++i, y += band->apart, to += band->line_bytes) {
        const int32_t next = y + w->dilation_height;
        uint8_t* middle = to + 4 * (ptrdiff_t)left;
        whittle_lanes_pad_int16(2 * left, zero_point, to);
        lanes->pairs(y < 0 || y >= w->input_height ? outside : image + y * line,
                     next < 0 || next >= w->input_height ? outside : image + next * line, inside,
                     middle);
        whittle_lanes_pad_int16(2 * right, zero_point, middle + 4 * (ptrdiff_t)inside);
    }
}

/* M = 1. Operands as the reference kernel's, but weights, blocks and scratch as
 * core/ops/int8_pack.h says. */
static inline void whittle_depthwise_conv2d_int8_lanes(const WhittleLanes* lanes,
                                                       const WhittleDepthwiseConv2dInteger* p,
                                                       const int8_t* input,
                                                       const int16_t* weights,
                                                       const WhittleLanesBlock* blocks,
                                                       uint8_t* scratch,
                                                       int8_t* output) {
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    const WhittleWindow* w = &p->window;
    const WhittleLanesBand band = whittle_depthwise_lanes_band(w);
    const int32_t taps = whittle_depthwise_lanes_taps(w);
    const int32_t pair_bytes = 2 * w->dilation_height / band.apart * (int32_t)band.line_bytes;
    const ptrdiff_t image = (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    int32_t* offsets = (int32_t*)(void*)scratch;
    uint8_t* lines = whittle_lanes_aligned(scratch + 4 * (ptrdiff_t)taps);
    uint8_t* outside = scratch + 4 * (ptrdiff_t)taps + band.bytes;
    WhittleLanesRows rows = {NULL, offsets, 0, w->output_width, taps, 1};
    int32_t n, oy, i;
    if (w->output_width < 1) return;
    if (w->output_width > 1) rows.row_bytes = 4 * (ptrdiff_t)w->stride_width * w->input_channels;
    for (i = 0; i < taps; ++i) {
        offsets[i] = i / w->kernel_width * pair_bytes +
                     4 * (i % w->kernel_width) * w->dilation_width * w->input_channels;
    }
    memset(outside, (uint8_t)p->input_zero_point, (size_t)(band.line_bytes / 4));
    for (n = 0; n < w->batches; ++n, input += image) {
        for (oy = 0; oy < w->output_height; oy += band.outputs) {
            whittle_depthwise_lanes_fill(lanes, w, &band, p->input_zero_point, input,
                                         (const int8_t*)outside, oy * w->stride_height - w->pad_top,
                                         lines);
            for (i = 0; i < band.outputs && oy + i < w->output_height; ++i) {
                rows.first = lines + i * (w->stride_height / band.apart) * band.line_bytes;
                lanes->depthwise(&rows, weights, blocks, w->output_channels, &to, output);
                output += (ptrdiff_t)w->output_width * w->output_channels;
            }
        }
    }
}

#endif
