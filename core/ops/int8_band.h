#ifndef WHITTLE_CORE_OPS_INT8_BAND_H_
#define WHITTLE_CORE_OPS_INT8_BAND_H_

/* The lines of an image that windows move over, widened for the kernels in lanes with the padding
 * beside them: as many as some lines of outputs need, and as stay in the first-level cache. C99 and
 * C++17, freestanding. */

#include "core/base/window.h"
#include "core/ops/int8_lanes.h"

#define WHITTLE_BAND_BYTES 16384 /* more only where a single line of outputs needs more */

typedef struct {
    int32_t outputs; /* lines of outputs */
    int32_t lines;   /* of the image */
    int32_t apart;   /* lines of the image from one to the next; divides stride and tap distance */
    int32_t width;   /* pixels of a line */
    int32_t left;    /* of them on the left of the image */
    int32_t inside;  /* of them in the image */
    int64_t line_bytes; /* of one that is widened */
    int64_t bytes;      /* of all of them, with what aligns them and the slack after them */
} WhittleLanesBand;

static inline int32_t whittle_lanes_common_divisor(int32_t a, int32_t b) {
    while (b != 0) {
        const int32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* For a window that whittle_window_fits: `taps` lines high, one every `distance` lines, whose
 * channels take `channel_bytes` each once they are widened. Lines too long to count are as long as
 * can be. */
static inline WhittleLanesBand whittle_lanes_band(const WhittleWindow* w,
                                                  int32_t taps,
                                                  int32_t distance,
                                                  int32_t channel_bytes) {
    WhittleLanesBand band;
    int64_t stride, more;
    int64_t elements = (int64_t)(w->output_width - 1) * w->stride_width +
                       (int64_t)(w->kernel_width - 1) * w->dilation_width + 1;
    band.width = (int32_t)(w->output_width < 1 ? 0 : elements);
    band.left = whittle_clamp(w->pad_left, 0, band.width);
    band.inside = whittle_clamp(w->input_width, 0, band.width - band.left);
    band.apart = whittle_lanes_common_divisor(w->stride_height, distance);
    elements = (int64_t)band.width * w->input_channels;
    if (elements > 0x0FFFFFFF) elements = 0x0FFFFFFF;
    band.line_bytes = elements * channel_bytes;
    stride = w->stride_height / band.apart;
    band.lines = (taps - 1) * (distance / band.apart) + 1;
    more = elements == 0 ? 0 : (WHITTLE_BAND_BYTES / band.line_bytes - band.lines) / stride;
    if (more > w->output_height - 1) more = w->output_height - 1;
    if (more < 0) more = 0;
    band.outputs = 1 + (int32_t)more;
    band.lines += (int32_t)(more * stride);
    band.bytes = band.lines * band.line_bytes + WHITTLE_LANES_LINE + WHITTLE_LANES_SLACK;
    return band;
}

#endif
