#ifndef WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_PLAIN_H_
#define WHITTLE_CORE_OPS_AVERAGE_POOL2D_KERNEL_PLAIN_H_

/* int8 average pooling for cores without SIMD, which divide slowly or not at all: of at most 256
 * taps, for which a multiplication of 32 bits divides exactly. */

#include "core/base/tap_rows.h"
#include "core/ops/average_pool2d/kernel.h"

/* 2^24 / count rounded up, 1 <= count <= 256. For n = |sum| + count / 2 <= 128.5 * count the
 * product n * reciprocal is below 2^32, and exceeds n * 2^24 / count by at most n < 2^24 / count,
 * so that its upper 8 bits are n / count. */
static inline uint32_t whittle_average_pool2d_reciprocal(int32_t count) {
    return (uint32_t)(((1 << 24) + count - 1) / count);
}

/* The sum over the taps inside of one channel, the first of which stands at `tap`. */
static inline int32_t whittle_average_pool2d_plain_sum(const int8_t* tap,
                                                       int32_t channels,
                                                       const WhittleTapRows* inside) {
    int32_t sum = 0, rows;
    for (rows = inside->rows; rows > 0; --rows, tap += inside->gap) {
        const int8_t* const end = tap + inside->row;
        do {
            sum += *tap;
            tap += channels;
        } while (tap != end);
    }
    return sum;
}

/* As whittle_average_pool2d_int8, with at most 256 taps and dilations of 1; in its order of reading
 * and writing. */
static inline void whittle_average_pool2d_int8_plain(const WhittleAveragePool2dInteger* p,
                                                     const int8_t* input,
                                                     int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c, count = 1;
    uint32_t reciprocal = 1u << 24;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                const WhittleTapRows inside = whittle_tap_rows(w, oy, ox);
                if (inside.rows > 0 && inside.taps != count) {
                    count = inside.taps;
                    reciprocal = whittle_average_pool2d_reciprocal(count);
                }
                for (c = 0; c < w->input_channels; ++c) {
                    const int32_t sum = whittle_average_pool2d_plain_sum(
                        input + inside.first + c, w->input_channels, &inside);
                    const uint32_t size = (uint32_t)(sum < 0 ? -sum : sum) + (uint32_t)count / 2u;
                    const int32_t mean = (int32_t)(size * reciprocal >> 24);
                    *output++ =
                        (int8_t)whittle_clamp(sum < 0 ? -mean : mean, p->minimum, p->maximum);
                }
            }
        }
        input += (ptrdiff_t)w->input_height * w->input_width * w->input_channels;
    }
}

#endif
