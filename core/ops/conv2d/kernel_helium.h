#ifndef WHITTLE_CORE_OPS_CONV2D_KERNEL_HELIUM_H_
#define WHITTLE_CORE_OPS_CONV2D_KERNEL_HELIUM_H_

/* int8 convolution in one group for Helium: four output channels at once, each pixel's window in
 * one piece. */

#include "core/base/helium.h"
#include "core/base/window.h"

typedef struct {
    WhittleWindow window;
    int32_t group_channels; /* = C */
    int32_t input_zero_point;
    int32_t minimum; /* clamp of the quantized output */
    int32_t maximum;
} WhittleConv2dHelium;

static inline int32_t whittle_conv2d_helium_depth(const WhittleWindow* w) {
    return w->kernel_height * w->kernel_width * w->input_channels;
}

/* One window. */
static inline int32_t whittle_conv2d_helium_scratch_bytes(const WhittleWindow* w) {
    return whittle_conv2d_helium_depth(w);
}

/* `taps` taps in a row of the image from column x on, those outside as zero points. Returns their
 * end.
 */
static inline int8_t* whittle_conv2d_helium_row(
    const WhittleConv2dHelium* p, const int8_t* row, int32_t x, int32_t taps, int8_t* to) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    const int32_t end = x + taps < w->input_width ? x + taps : w->input_width;
    const int32_t begin = x > 0 ? x : 0;
    int8_t* const last = to + taps * channels;
    if (row != 0 && begin < end) {
        for (; x < begin; ++x) {
            int32_t c;
            for (c = 0; c < channels; ++c) *to++ = (int8_t)p->input_zero_point;
        }
        whittle_helium_copy(to, row + (ptrdiff_t)begin * channels, (end - begin) * channels);
        to += (end - begin) * channels;
    }
    while (to < last) *to++ = (int8_t)p->input_zero_point;
    return to;
}

/* The window with its upper left corner at (y, x). */
static inline void whittle_conv2d_helium_window(
    const WhittleConv2dHelium* p, const int8_t* image, int32_t y, int32_t x, int8_t* to) {
    const WhittleWindow* w = &p->window;
    const int32_t taps = w->dilation_width == 1 ? w->kernel_width : 1;
    int32_t ky, kx;
    for (ky = 0; ky < w->kernel_height; ++ky, y += w->dilation_height) {
        const int inside = (uint32_t)y < (uint32_t)w->input_height;
        const int8_t* row = inside ? image + (ptrdiff_t)y * w->input_width * w->input_channels : 0;
        for (kx = 0; kx < w->kernel_width; kx += taps) {
            to = whittle_conv2d_helium_row(p, row, x + kx * w->dilation_width, taps, to);
        }
    }
}

/* input and output as for whittle_conv2d_int8; weights [O / 4][depth / 16][4][16], both rounded up,
 * zeros where there are fewer; tables [O / 4] as core/base/helium.h says, with -input_zero_point *
 * sum(weights[o]) folded into the biases. A pixel's window is read whole before each four outputs
 * of it are written. */
static inline void whittle_conv2d_int8_helium(const WhittleConv2dHelium* p,
                                              const int8_t* input,
                                              const int8_t* weights,
                                              const int32_t* tables,
                                              int8_t* scratch,
                                              int8_t* output) {
    const WhittleWindow* w = &p->window;
    const int32_t depth = whittle_conv2d_helium_depth(w);
    const int in_place = w->kernel_height == 1 && w->kernel_width == 1;
    int32_t n, oy, ox;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            const int32_t y = oy * w->stride_height - w->pad_top;
            for (ox = 0; ox < w->output_width; ++ox, output += w->output_channels) {
                const int32_t x = ox * w->stride_width - w->pad_left;
                const int8_t* window = scratch;
                if (in_place && (uint32_t)y < (uint32_t)w->input_height &&
                    (uint32_t)x < (uint32_t)w->input_width) {
                    window = input + ((ptrdiff_t)y * w->input_width + x) * w->input_channels;
                } else {
                    whittle_conv2d_helium_window(p, input, y, x, scratch);
                }
                whittle_helium_outputs(window, depth, weights, tables, p->minimum, p->maximum,
                                       w->output_channels, output);
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    }
}

#endif
