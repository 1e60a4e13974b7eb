#ifndef WHITTLE_CORE_SIGNAL_FIXED_LOG_MEL_H_
#define WHITTLE_CORE_SIGNAL_FIXED_LOG_MEL_H_

/* Log-mel energies of 16-bit sound in whole numbers, for boards without a floating-point unit: what
 * whittle_log_mel() gives for the samples divided by 32,768, as int16 in units of 1/1024. Only
 * preparing the tables needs floats; that may be done elsewhere. Against float64 the error is at
 * most 0.01 in bands within 60 dB of the loudest one (tests/signal/log_mel_test.cpp). C99 and
 * C++17, freestanding, caller-owned memory. */

#include "core/signal/mel.h"

typedef struct {
    int16_t upper; /* as in WhittleMelBin */
    uint16_t rise; /* in units of 2^-15 */
} WhittleFixedMelBin;

typedef struct {
    int32_t frame, length, bands; /* as in WhittleMelOptions */
    int32_t log2_length;
    int16_t floor;          /* ln of the lowest energy, in units of 1/1024 */
    const uint16_t* window; /* [frame] in units of 2^-15, at most 32,768 */
    const int32_t* roots;   /* [length] in units of 2^-30, as in whittle_real_fft_prepare() */
    const WhittleFixedMelBin* bins; /* [length / 2 + 1] */
} WhittleFixedLogMel;

static inline int32_t whittle_rounded(float value) {
    return (int32_t)(value < 0.0f ? value - 0.5f : value + 0.5f);
}

/* Fills window[frame], roots[length] and bins[length / 2 + 1], and the structure. The options are
 * valid; their floor is at least 1e-13. */
static inline void whittle_fixed_log_mel_prepare(const WhittleMelOptions* o,
                                                 const float* float_window,
                                                 uint16_t* window,
                                                 int32_t* roots,
                                                 WhittleFixedMelBin* bins,
                                                 WhittleFixedLogMel* out) {
    int32_t i;
    out->frame = o->frame;
    out->length = o->length;
    out->bands = o->bands;
    out->log2_length = 0;
    while ((1 << out->log2_length) < o->length) ++out->log2_length;
    out->floor = (int16_t)whittle_rounded(1024.0f * whittle_logf(o->floor));
    for (i = 0; i < o->frame; ++i)
        window[i] = (uint16_t)whittle_rounded(32768.0f * float_window[i]);
    for (i = 0; i < o->length / 2; ++i) {
        float c, s;
        whittle_unit_root(i, o->length, &c, &s);
        roots[2 * i] = whittle_rounded(1073741824.0f * c);
        roots[2 * i + 1] = whittle_rounded(1073741824.0f * s);
    }
    {
        const float low = whittle_mel_from_hz(o->low);
        const float step = (whittle_mel_from_hz(o->high) - low) / (float)(o->bands + 1);
        for (i = 0; i <= o->length / 2; ++i) {
            const WhittleMelBin bin = whittle_mel_bin(o, low, step, i);
            const int32_t rise = whittle_rounded(32768.0f * bin.rise);
            bins[i].upper = (int16_t)bin.upper;
            bins[i].rise = (uint16_t)(rise > 32768 ? 32768 : rise);
        }
    }
    out->window = window;
    out->roots = roots;
    out->bins = bins;
}

/* (c re + s im) / 2 and (c im - s re) / 2, rounded, for a root in units of 2^-30. */
static inline int32_t whittle_half_turned(int32_t c, int32_t a, int32_t s, int32_t b) {
    const int64_t product = (int64_t)c * a + (int64_t)s * b;
    return (int32_t)((product + ((int64_t)1 << 30)) >> 31);
}

/* As whittle_complex_fft(), divided by `count`: every stage is halved, so that nothing overflows
 * that begins with a magnitude below 2^30 sqrt 2. */
static inline void whittle_fixed_complex_fft(const int32_t* roots, int32_t count, int32_t* data) {
    int32_t size, i, j = 0, start;
    for (i = 1; i < count; ++i) {
        int32_t bit = count >> 1;
        while (j & bit) {
            j ^= bit;
            bit >>= 1;
        }
        j |= bit;
        if (i < j) {
            const int32_t re = data[2 * i], im = data[2 * i + 1];
            data[2 * i] = data[2 * j];
            data[2 * i + 1] = data[2 * j + 1];
            data[2 * j] = re;
            data[2 * j + 1] = im;
        }
    }
    for (size = 2; size <= count; size *= 2) {
        const int32_t half = size / 2;
        const int32_t stride = 2 * count / size;
        for (j = 0; j < half; ++j) {
            const int32_t c = roots[2 * j * stride];
            const int32_t s = roots[2 * j * stride + 1];
            for (start = j; start < count; start += size) {
                int32_t* a = data + 2 * start;
                int32_t* b = a + 2 * half;
                const int32_t re = whittle_half_turned(c, b[0], s, b[1]);
                const int32_t im = whittle_half_turned(c, b[1], -s, b[0]);
                b[0] = (a[0] >> 1) - re;
                b[1] = (a[1] >> 1) - im;
                a[0] = (a[0] >> 1) + re;
                a[1] = (a[1] >> 1) + im;
            }
        }
    }
}

/* |X[k] / length|^2 in place of bin k, from the transform of even and odd samples as one complex
 * signal. 0 < k <= length / 4 gives the bins k and length / 2 - k. */
static inline void whittle_fixed_bin_powers(const int32_t* roots,
                                            int32_t length,
                                            const int32_t* data,
                                            int32_t k,
                                            uint64_t* low,
                                            uint64_t* high) {
    const int32_t* z = data + 2 * k;
    const int32_t* m = data + (length - 2 * k);
    const int64_t even_re = ((int64_t)z[0] + m[0]) >> 1, even_im = ((int64_t)z[1] - m[1]) >> 1;
    const int32_t odd_re = (int32_t)(((int64_t)z[1] + m[1]) >> 1);
    const int32_t odd_im = (int32_t)(((int64_t)m[0] - z[0]) >> 1);
    const int32_t turned_re = whittle_half_turned(roots[2 * k], odd_re, roots[2 * k + 1], odd_im);
    const int32_t turned_im = whittle_half_turned(roots[2 * k], odd_im, -roots[2 * k + 1], odd_re);
    const int64_t a = (even_re >> 1) + turned_re, b = (even_im >> 1) + turned_im;
    const int64_t c = (even_re >> 1) - turned_re, d = (even_im >> 1) - turned_im;
    *low = (uint64_t)(a * a) + (uint64_t)(b * b);
    *high = (uint64_t)(c * c) + (uint64_t)(d * d);
}

/* log2 of value >= 1 in units of 2^-14, rounded down: the whole part by counting, the bits of the
 * fraction by squaring the mantissa. */
static inline int32_t whittle_log2_q14(uint64_t value) {
    int32_t whole = 63, bit, result;
    uint64_t mantissa = value;
    while (!(mantissa & ((uint64_t)1 << 63))) {
        mantissa <<= 1;
        --whole;
    }
    mantissa >>= 32; /* 1 ... 2 in units of 2^-31 */
    result = whole << 14;
    for (bit = 1 << 13; bit > 0; bit >>= 1) {
        mantissa = mantissa * mantissa >> 31;
        if (mantissa & ((uint64_t)1 << 32)) {
            mantissa >>= 1;
            result += bit;
        }
    }
    return result;
}

/* By how many bits the samples can grow and stay within 2^15; 16 for silence. */
static inline int32_t whittle_headroom(const int16_t* samples, int32_t count) {
    int32_t peak = 0, bits = 0, i;
    for (i = 0; i < count; ++i) {
        const int32_t size = samples[i] < 0 ? -(int32_t)samples[i] : samples[i];
        if (size > peak) peak = size;
    }
    if (peak == 0) return 16;
    while (peak << (bits + 1) <= 32768) ++bits;
    return bits;
}

/* One frame: samples[frame], scratch[length], energies[bands] to work in, log_mel[bands]. */
static inline void whittle_fixed_log_mel(const WhittleFixedLogMel* o,
                                         const int16_t* samples,
                                         int32_t* scratch,
                                         uint64_t* energies,
                                         int16_t* log_mel) {
    const int32_t headroom = whittle_headroom(samples, o->frame);
    const int32_t half = o->length / 2;
    int32_t i, k;
    for (i = 0; i < o->bands; ++i) energies[i] = 0;
    for (i = 0; i < o->frame; ++i) {
        scratch[i] = (int32_t)samples[i] * (1 << (headroom & 15)) * o->window[i];
    }
    for (; i < o->length; ++i) scratch[i] = 0;
    whittle_fixed_complex_fft(o->roots, half, scratch);
    for (k = 0; k <= half / 2; ++k) {
        uint64_t power[2];
        int32_t end;
        if (k == 0) {
            const int64_t sum = ((int64_t)scratch[0] + scratch[1]) >> 1;
            const int64_t difference = ((int64_t)scratch[0] - scratch[1]) >> 1;
            power[0] = (uint64_t)(sum * sum);
            power[1] = (uint64_t)(difference * difference);
        } else {
            whittle_fixed_bin_powers(o->roots, o->length, scratch, k, &power[0], &power[1]);
        }
        for (end = 0; end < (k == half - k ? 1 : 2); ++end) {
            const WhittleFixedMelBin* bin = &o->bins[end == 0 ? k : half - k];
            const uint64_t whole = power[end] >> 16;
            if (bin->upper < 0) continue;
            if (bin->upper < o->bands) energies[bin->upper] += whole * bin->rise;
            if (bin->upper > 0) energies[bin->upper - 1] += whole * (uint64_t)(32768 - bin->rise);
        }
    }
    for (i = 0; i < o->bands; ++i) {
        /* energies = E 2^(59 + 2 headroom) / length^2; ln 2 = 45,426 / 65,536 */
        int32_t ln = o->floor;
        if (energies[i] > 0) {
            const int32_t exponent = 59 + 2 * headroom - 2 * o->log2_length;
            const int64_t log2 = (int64_t)whittle_log2_q14(energies[i]) - ((int64_t)exponent << 14);
            ln = (int32_t)((log2 * 45426 + (1 << 19)) >> 20);
        }
        log_mel[i] = (int16_t)(ln < o->floor ? o->floor : ln > 32767 ? 32767 : ln);
    }
}

#endif
