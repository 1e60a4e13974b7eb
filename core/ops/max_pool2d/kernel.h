#ifndef WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_H_
#define WHITTLE_CORE_OPS_MAX_POOL2D_KERNEL_H_

/* Maximum pooling: output[n, oy, ox, c] = activation(maximum of input[n, y, x, c] over the taps of
 * the window that lie inside the image). Reference kernels, C99 and C++17, freestanding. */

#include "core/base/window.h"

typedef struct {
    WhittleWindow window; /* O == C */
    float minimum;        /* the fused activation clamps to minimum ... maximum */
    float maximum;
} WhittleMaxPool2dFloat32;

/* input [N, H, W, C], output [N, OH, OW, C]; it may lie over the input as
 * overlap.h says. NaN is passed over, and a window wholly
 * outside the image gives the minimum. */
static inline void whittle_max_pool2d_float32(const WhittleMaxPool2dFloat32* p,
                                              const float* input,
                                              float* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (c = 0; c < w->input_channels; ++c) {
                    float value = p->minimum;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            if (input[tap + c] > value) value = input[tap + c];
                        }
                    }
                    if (value > p->maximum) value = p->maximum;
                    *output++ = value;
                }
            }
        }
    }
}

/* Of int8 and of int16. Input and output have the same scale and zero point. */
typedef struct {
    WhittleWindow window;
    int32_t minimum;
    int32_t maximum;
} WhittleMaxPool2dInteger;

static inline void whittle_max_pool2d_int8(const WhittleMaxPool2dInteger* p,
                                           const int8_t* input,
                                           int8_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (c = 0; c < w->input_channels; ++c) {
                    int32_t value = p->minimum;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            if (input[tap + c] > value) value = input[tap + c];
                        }
                    }
                    *output++ = (int8_t)(value < p->maximum ? value : p->maximum);
                }
            }
        }
    }
}

static inline void whittle_max_pool2d_int16(const WhittleMaxPool2dInteger* p,
                                            const int16_t* input,
                                            int16_t* output) {
    const WhittleWindow* w = &p->window;
    int32_t n, oy, ox, c, ky, kx;
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox) {
                for (c = 0; c < w->input_channels; ++c) {
                    int32_t value = p->minimum;
                    for (ky = 0; ky < w->kernel_height; ++ky) {
                        for (kx = 0; kx < w->kernel_width; ++kx) {
                            const ptrdiff_t tap = whittle_window_tap(w, n, oy, ox, ky, kx);
                            if (tap < 0) continue;
                            if (input[tap + c] > value) value = input[tap + c];
                        }
                    }
                    *output++ = (int16_t)(value < p->maximum ? value : p->maximum);
                }
            }
        }
    }
}

#endif
