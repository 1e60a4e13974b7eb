#ifndef WHITTLE_CORE_SIGNAL_MEL_H_
#define WHITTLE_CORE_SIGNAL_MEL_H_

/* From a frame of sound to log-mel energies and mel-frequency cepstral coefficients. C99 and C++17,
 * freestanding, caller-owned memory. */

#include "core/signal/window.h"

typedef struct {
    float sample_rate; /* Hz */
    int32_t frame;     /* samples in a frame */
    int32_t length;    /* of the Fourier transform: a power of two >= frame; zeros are added */
    int32_t bands;     /* 1 ... WHITTLE_MEL_MAX_BANDS */
    float low, high;   /* Hz, 0 <= low < high <= sample_rate / 2: the outer feet of the bands */
    float floor;       /* > 0: energies below it are taken for it */
} WhittleMelOptions;

#define WHITTLE_MEL_MAX_BANDS 128

/* mel = 1127 ln(1 + f / 700), f in Hz (O'Shaughnessy, "Speech Communication", 1987). */
static inline float whittle_mel_from_hz(float hz) {
    return 1127.0f * whittle_logf(1.0f + hz / 700.0f);
}
static inline float whittle_hz_from_mel(float mel) {
    return 700.0f * (whittle_expf(mel / 1127.0f) - 1.0f);
}

static inline int whittle_mel_options_valid(const WhittleMelOptions* o) {
    return whittle_is_fft_length(o->length) && o->frame >= 1 && o->frame <= o->length &&
           o->bands >= 1 && o->bands <= WHITTLE_MEL_MAX_BANDS && o->sample_rate > 0.0f &&
           o->low >= 0.0f && o->low < o->high && o->high <= 0.5f * o->sample_rate &&
           o->floor > 0.0f;
}

/* Where a bin of the spectrum goes: its power times `rise` to band `upper`, and times 1 - rise to
 * the band before. Bands are triangles over the mel scale, each reaching from the middle of one
 * neighbour to the middle of the other. */
typedef struct {
    int32_t upper; /* 0 ... bands; -1: outside of all bands */
    float rise;    /* 0 ... 1 */
} WhittleMelBin;

/* `low`: mel of the lowest foot; `step`: from one band's middle to the next. */
static inline WhittleMelBin whittle_mel_bin(const WhittleMelOptions* o,
                                            float low,
                                            float step,
                                            int32_t k) {
    const float hz = (float)k * o->sample_rate / (float)o->length;
    const float position = (whittle_mel_from_hz(hz) - low) / step;
    WhittleMelBin bin = {-1, 0.0f};
    if (hz >= o->low && hz <= o->high && position >= 0.0f) {
        bin.upper = (int32_t)position < o->bands ? (int32_t)position : o->bands;
        bin.rise = position - (float)bin.upper < 1.0f ? position - (float)bin.upper : 1.0f;
    }
    return bin;
}

/* Fills bins[length / 2 + 1]. */
static inline void whittle_mel_prepare(const WhittleMelOptions* o, WhittleMelBin* bins) {
    const float low = whittle_mel_from_hz(o->low);
    const float step = (whittle_mel_from_hz(o->high) - low) / (float)(o->bands + 1);
    int32_t k;
    for (k = 0; k <= o->length / 2; ++k) bins[k] = whittle_mel_bin(o, low, step, k);
}

/* energies[bands] from power[length / 2 + 1]; sums run upwards over the bins. */
static inline void whittle_mel_energies(const WhittleMelOptions* o,
                                        const WhittleMelBin* bins,
                                        const float* power,
                                        float* energies) {
    int32_t k;
    for (k = 0; k < o->bands; ++k) energies[k] = 0.0f;
    for (k = 0; k <= o->length / 2; ++k) {
        const int32_t upper = bins[k].upper;
        const float rising = bins[k].rise * power[k];
        if (upper < 0) continue;
        if (upper < o->bands) energies[upper] += rising;
        if (upper > 0) energies[upper - 1] += power[k] - rising;
    }
}

/* One frame: log_mel[b] = ln(max(energy b, floor)). samples[frame]; window[frame];
 * roots[length] from whittle_real_fft_prepare(); scratch[2 length]. */
static inline void whittle_log_mel(const WhittleMelOptions* o,
                                   const float* window,
                                   const float* roots,
                                   const WhittleMelBin* bins,
                                   const float* samples,
                                   float* scratch,
                                   float* log_mel) {
    float* power = scratch + o->length;
    int32_t i;
    for (i = 0; i < o->frame; ++i) scratch[i] = samples[i] * window[i];
    for (; i < o->length; ++i) scratch[i] = 0.0f;
    whittle_real_fft(roots, o->length, scratch);
    whittle_power_spectrum(scratch, o->length, power);
    whittle_mel_energies(o, bins, power, log_mel);
    for (i = 0; i < o->bands; ++i) {
        log_mel[i] = whittle_logf(log_mel[i] > o->floor ? log_mel[i] : o->floor);
    }
}

/* Fills cosines[coefficients * bands] of the orthonormal discrete cosine transform, type II:
 * sqrt(2 / M) cos(pi k (m + 1/2) / M), the first row times sqrt(1/2). coefficients <= bands = M. */
static inline void whittle_mfcc_prepare(int32_t bands, int32_t coefficients, float* cosines) {
    const float scale = whittle_sqrtf(2.0f / (float)bands);
    int32_t k, m;
    for (k = 0; k < coefficients; ++k) {
        for (m = 0; m < bands; ++m) {
            float c, s;
            whittle_unit_root((int32_t)(((int64_t)k * (2 * m + 1)) % (4 * bands)), 4 * bands, &c,
                              &s);
            cosines[k * bands + m] = k == 0 ? whittle_sqrtf(1.0f / (float)bands) : scale * c;
        }
    }
}

/* mfcc[coefficients] from log_mel[bands]. */
static inline void whittle_mfcc(
    const float* cosines, int32_t bands, int32_t coefficients, const float* log_mel, float* mfcc) {
    int32_t k, m;
    for (k = 0; k < coefficients; ++k) {
        float sum = 0.0f;
        for (m = 0; m < bands; ++m) sum += cosines[k * bands + m] * log_mel[m];
        mfcc[k] = sum;
    }
}

#endif
