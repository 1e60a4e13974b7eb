#ifndef WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_LANES_H_
#define WHITTLE_CORE_OPS_DEPTHWISE_CONV2D_LANES_H_

/* int8 depthwise convolution in lanes. With as many outputs as inputs, eight or sixteen channels at
 * once, tap by tap; with one input channel it is a convolution like any other
 * (core/ops/conv2d/lanes.h). */

#include "core/ops/conv2d/lanes.h"
#include "core/ops/depthwise_conv2d/kernel.h"

/* Where the taps of one output begin; those outside the image at `outside`, C values of the zero
 * point. Returns whether all lie inside. */
static inline int whittle_depthwise_lanes_taps(const WhittleWindow* w,
                                               const int8_t* input,
                                               const int8_t* outside,
                                               const int32_t* place,
                                               const int8_t** taps) {
    int all_inside = 1;
    int32_t ky, kx;
    for (ky = 0; ky < w->kernel_height; ++ky) {
        for (kx = 0; kx < w->kernel_width; ++kx) {
            const ptrdiff_t tap = whittle_window_tap(w, place[0], place[1], place[2], ky, kx);
            *taps++ = tap < 0 ? outside : input + tap;
            all_inside &= tap >= 0;
        }
    }
    return all_inside;
}

/* One row of outputs, place[1] of the image place[0]. Where all taps of an output are inside and
 * the window's last column stays inside, the next one's follow from them. */
static inline void whittle_depthwise_lanes_line(const WhittleLanes* lanes,
                                                const WhittleDepthwiseConv2dInteger* p,
                                                const int8_t* input,
                                                const int16_t* weights,
                                                const WhittleLanesBlock* blocks,
                                                int32_t* place,
                                                const int8_t** taps,
                                                int8_t* output) {
    const WhittleLanesOutput to = {p->output_zero_point, p->minimum, p->maximum};
    const WhittleWindow* w = &p->window;
    const int32_t count = w->kernel_height * w->kernel_width;
    const int32_t reach = (w->kernel_width - 1) * w->dilation_width - w->pad_left;
    const int8_t* outside = taps[count];
    int inside = 0;
    int32_t ox, t;
    for (ox = 0; ox < w->output_width; ++ox, output += w->output_channels) {
        if (inside && ox * w->stride_width + reach < w->input_width) {
            for (t = 0; t < count; ++t) taps[t] += w->stride_width * w->input_channels;
        } else {
            place[2] = ox;
            inside = whittle_depthwise_lanes_taps(w, input, outside, place, taps);
        }
        lanes->depthwise(taps, (count + 1) & ~1, weights, blocks, w->output_channels, &to, output);
    }
}

/* M = 1, KH * KW <= WHITTLE_LANES_MAX_TAPS; weights int16 [C / 8, taps / 2, 8, 2]; C bytes of
 * scratch.
 */
static inline void whittle_depthwise_conv2d_int8_lanes(const WhittleLanes* lanes,
                                                       const WhittleDepthwiseConv2dInteger* p,
                                                       const int8_t* input,
                                                       const int16_t* weights,
                                                       const WhittleLanesBlock* blocks,
                                                       int8_t* scratch,
                                                       int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t count = w->kernel_height * w->kernel_width;
    const ptrdiff_t line = (ptrdiff_t)w->output_width * w->output_channels;
    const int8_t* taps[WHITTLE_LANES_MAX_TAPS + 1];
    int32_t place[3];
    memset(scratch, (uint8_t)p->input_zero_point, (size_t)w->input_channels);
    taps[count] = scratch; /* with a weight of 0, where the number is odd */
    for (place[0] = 0; place[0] < w->batches; ++place[0]) {
        for (place[1] = 0; place[1] < w->output_height; ++place[1], output += line) {
            whittle_depthwise_lanes_line(lanes, p, input, weights, blocks, place, taps, output);
        }
    }
}

#endif
