#ifndef WHITTLE_CORE_SIGNAL_WINDOW_H_
#define WHITTLE_CORE_SIGNAL_WINDOW_H_

/* Windows for frames of a signal, periodic: frames that overlap by half add up to a constant. C99
 * and C++17, freestanding. */

#include "core/signal/fft.h"

/* w[n] = floor + (1 - floor) (1 - cos(2 pi n / N)) / 2 */
static inline void whittle_raised_cosine(float floor, float* window, int32_t length) {
    int32_t n;
    for (n = 0; n < length; ++n) {
        float c, s;
        whittle_unit_root(n, length, &c, &s);
        window[n] = floor + (1.0f - floor) * (0.5f - 0.5f * c);
    }
}

static inline void whittle_hann_window(float* window, int32_t length) {
    whittle_raised_cosine(0.0f, window, length);
}

static inline void whittle_hamming_window(float* window, int32_t length) {
    whittle_raised_cosine(0.08f, window, length);
}

/* How many whole frames a signal holds: frame i begins at sample i * hop. frame, hop > 0. */
static inline int32_t whittle_frame_count(int32_t samples, int32_t frame, int32_t hop) {
    return samples < frame ? 0 : 1 + (samples - frame) / hop;
}

#endif
