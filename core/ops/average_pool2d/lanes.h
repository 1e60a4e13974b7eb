#ifndef WHITTLE_CORE_OPS_AVERAGE_POOL2D_LANES_H_
#define WHITTLE_CORE_OPS_AVERAGE_POOL2D_LANES_H_

/* int8 average pooling, sixteen channels at once: plain C, which compilers turn into vectors. All
 * taps of these channels are read before they are written. */

#include "core/ops/average_pool2d/kernel.h"

#define WHITTLE_POOL_LANES 16

/* Adds sixteen channels. */
static inline void whittle_average_pool2d_add(const int8_t* from, int32_t* sums) {
    int32_t c;
    for (c = 0; c < WHITTLE_POOL_LANES; ++c) sums[c] += from[c];
}

/* Channels first ... first + channels - 1 of one output, channels <= 16. */
static inline void whittle_average_pool2d_lanes_one(const WhittleAveragePool2dInteger* p,
                                                    const int8_t* input,
                                                    const int32_t* place,
                                                    int32_t first,
                                                    int32_t channels,
                                                    int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t sums[WHITTLE_POOL_LANES] = {0};
    int32_t count = 0, ky, kx, c;
    for (ky = 0; ky < w->kernel_height; ++ky) {
        for (kx = 0; kx < w->kernel_width; ++kx) {
            const ptrdiff_t tap = whittle_window_tap(w, place[0], place[1], place[2], ky, kx);
            if (tap < 0) continue;
            ++count;
            if (channels == WHITTLE_POOL_LANES) {
                whittle_average_pool2d_add(input + tap + first, sums);
                continue;
            }
            for (c = 0; c < channels; ++c) sums[c] += input[tap + first + c];
        }
    }
    for (c = 0; c < channels; ++c) {
        output[first + c] =
            (int8_t)whittle_clamp(whittle_average_of(sums[c], count), p->minimum, p->maximum);
    }
}

static inline void whittle_average_pool2d_int8_lanes(const WhittleAveragePool2dInteger* p,
                                                     const int8_t* input,
                                                     int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t place[3], c;
    for (place[0] = 0; place[0] < w->batches; ++place[0]) {
        for (place[1] = 0; place[1] < w->output_height; ++place[1]) {
            for (place[2] = 0; place[2] < w->output_width; ++place[2]) {
                for (c = 0; c < w->input_channels; c += WHITTLE_POOL_LANES) {
                    const int32_t rest = w->input_channels - c;
                    whittle_average_pool2d_lanes_one(
                        p, input, place, c, whittle_clamp(rest, 1, WHITTLE_POOL_LANES), output);
                }
                output += w->output_channels;
            }
        }
    }
}

#endif
