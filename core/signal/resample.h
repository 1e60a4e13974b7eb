#ifndef WHITTLE_CORE_SIGNAL_RESAMPLE_H_
#define WHITTLE_CORE_SIGNAL_RESAMPLE_H_

/* From one sample rate to another, by a windowed sinc in as many phases as the rates' ratio needs.
 * C99 and C++17, freestanding, caller-owned memory. */

#include "core/signal/fft.h"

/* Output sample n lies at input sample n * down / up, in lowest terms. */
typedef struct {
    int32_t up, down;
    int32_t taps; /* of each phase, even */
} WhittleResampler;

#define WHITTLE_RESAMPLER_MAX_PHASES 2048
#define WHITTLE_RESAMPLER_MAX_RATIO 64
/* Zero crossings of the sinc on either side. */
#define WHITTLE_RESAMPLER_CROSSINGS 16

/* Returns 0, and a resampler without taps, when the rates (Hz) are not above 0, more than MAX_RATIO
 * apart, or need more than MAX_PHASES.
 */
static inline int whittle_resampler_init(int32_t from, int32_t to, WhittleResampler* r) {
    int32_t a = from, b = to;
    r->up = r->down = 1;
    r->taps = 0;
    if (from <= 0 || to <= 0) return 0;
    while (b != 0) {
        const int32_t rest = a % b;
        a = b;
        b = rest;
    }
    r->up = to / a;
    r->down = from / a;
    if (r->up > WHITTLE_RESAMPLER_MAX_PHASES) return 0;
    if (r->down / r->up >= WHITTLE_RESAMPLER_MAX_RATIO) return 0;
    if (r->up / r->down >= WHITTLE_RESAMPLER_MAX_RATIO) return 0;
    /* Downwards the sinc is as much wider as the new band is narrower. */
    r->taps = 2 * WHITTLE_RESAMPLER_CROSSINGS;
    if (r->down > r->up)
        r->taps = 2 * ((WHITTLE_RESAMPLER_CROSSINGS * r->down + r->up - 1) / r->up);
    return 1;
}

/* Fills table[up * taps]: phase p's taps for the samples around n * down / up with (n * down) % up
 * = p, under a Hann window, of sum 1. The pass band reaches to 90 % of the lower Nyquist frequency.
 */
static inline void whittle_resampler_prepare(const WhittleResampler* r, float* table) {
    const float band = 0.9f * (r->down > r->up ? (float)r->up / (float)r->down : 1.0f);
    const float half = (float)(r->taps / 2);
    int32_t p, k;
    for (p = 0; p < r->up; ++p) {
        float* row = table + p * r->taps;
        float sum = 0.0f;
        for (k = 0; k < r->taps; ++k) {
            const float away = (float)(k - r->taps / 2 + 1) - (float)p / (float)r->up;
            const float x = 3.14159265f * band * away;
            const float sinc = x == 0.0f ? 1.0f : whittle_sinf(x) / x;
            const float c = whittle_cosf(1.57079633f * away / half);
            row[k] = away >= half || away <= -half ? 0.0f : sinc * c * c;
            sum += row[k];
        }
        for (k = 0; k < r->taps; ++k) row[k] /= sum;
    }
}

/* How many samples come out of `count`. */
static inline int32_t whittle_resampled_count(const WhittleResampler* r, int32_t count) {
    return (int32_t)(((int64_t)count * r->up + r->down - 1) / r->down);
}

/* output[whittle_resampled_count(count)]; before and after the input there is silence. */
static inline void whittle_resample(const WhittleResampler* r,
                                    const float* table,
                                    const float* input,
                                    int32_t count,
                                    float* output) {
    const int32_t outputs = whittle_resampled_count(r, count);
    int32_t n, k;
    for (n = 0; n < outputs; ++n) {
        const int64_t place = (int64_t)n * r->down;
        const int32_t first = (int32_t)(place / r->up) - r->taps / 2 + 1;
        const float* row = table + (int32_t)(place % r->up) * r->taps;
        float sum = 0.0f;
        for (k = 0; k < r->taps; ++k) {
            const int32_t i = first + k;
            if (i >= 0 && i < count) sum += row[k] * input[i];
        }
        output[n] = sum;
    }
}

#endif
