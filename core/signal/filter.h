#ifndef WHITTLE_CORE_SIGNAL_FILTER_H_
#define WHITTLE_CORE_SIGNAL_FILTER_H_

/* Filters that take one sample after the other: finite impulse response and biquad. C99 and C++17,
 * freestanding, caller-owned memory. */

#include "core/base/exact_math.h"

#define WHITTLE_PI 3.14159265f

/* y[n] = sum over k of taps[k] x[n - k]. `history`[count] holds the last samples, the newest first;
 * zeros at the beginning. */
static inline float whittle_fir_step(const float* taps, int32_t count, float* history, float x) {
    float sum = taps[0] * x;
    int32_t k;
    for (k = count - 1; k > 0; --k) history[k] = history[k - 1];
    history[0] = x;
    for (k = 1; k < count; ++k) sum += taps[k] * history[k];
    return sum;
}

/* Low pass by the windowed sinc (Hamming): taps[count], symmetric, of sum 1; count odd. It delays
 * by (count - 1) / 2 samples. 0 < cutoff < sample_rate / 2, in Hz. */
static inline void whittle_fir_lowpass(float cutoff,
                                       float sample_rate,
                                       float* taps,
                                       int32_t count) {
    const int32_t middle = count / 2;
    const float turn = 2.0f * WHITTLE_PI * cutoff / sample_rate;
    float sum = 0.0f;
    int32_t k;
    for (k = 0; k < count; ++k) {
        const float away = (float)(k - middle);
        const float sinc = k == middle ? turn : whittle_sinf(turn * away) / away;
        const float bell =
            count == 1
                ? 1.0f
                : 0.54f + 0.46f * whittle_cosf(2.0f * WHITTLE_PI * away / (float)(count - 1));
        taps[k] = sinc * bell;
        sum += taps[k];
    }
    for (k = 0; k < count; ++k) taps[k] /= sum;
}

/* H(z) = (b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2) */
typedef struct {
    float b0, b1, b2, a1, a2;
} WhittleBiquad;

typedef struct {
    float first, second; /* zeros at the beginning */
} WhittleBiquadState;

/* Direct form II, transposed. */
static inline float whittle_biquad_step(const WhittleBiquad* f,
                                        WhittleBiquadState* state,
                                        float x) {
    const float y = f->b0 * x + state->first;
    state->first = f->b1 * x - f->a1 * y + state->second;
    state->second = f->b2 * x - f->a2 * y;
    return y;
}

/* The designs of Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients".
 * 0 < frequency < sample_rate / 2, in Hz; q > 0: 0.7071 for the flattest low and high pass. */
static inline WhittleBiquad whittle_biquad_lowpass(float frequency, float sample_rate, float q) {
    const float turn = 2.0f * WHITTLE_PI * frequency / sample_rate;
    const float c = whittle_cosf(turn), alpha = whittle_sinf(turn) / (2.0f * q);
    const float scale = 1.0f / (1.0f + alpha);
    WhittleBiquad f;
    f.b1 = (1.0f - c) * scale;
    f.b0 = f.b2 = 0.5f * f.b1;
    f.a1 = -2.0f * c * scale;
    f.a2 = (1.0f - alpha) * scale;
    return f;
}

static inline WhittleBiquad whittle_biquad_highpass(float frequency, float sample_rate, float q) {
    WhittleBiquad f = whittle_biquad_lowpass(frequency, sample_rate, q);
    const float turn = 2.0f * WHITTLE_PI * frequency / sample_rate;
    const float alpha = whittle_sinf(turn) / (2.0f * q);
    f.b1 = -(1.0f + whittle_cosf(turn)) / (1.0f + alpha);
    f.b0 = f.b2 = -0.5f * f.b1;
    return f;
}

/* Gain 1 at the frequency, its width set by q: frequency / q. */
static inline WhittleBiquad whittle_biquad_bandpass(float frequency, float sample_rate, float q) {
    WhittleBiquad f = whittle_biquad_lowpass(frequency, sample_rate, q);
    const float alpha = whittle_sinf(2.0f * WHITTLE_PI * frequency / sample_rate) / (2.0f * q);
    f.b0 = alpha / (1.0f + alpha);
    f.b1 = 0.0f;
    f.b2 = -f.b0;
    return f;
}

#endif
