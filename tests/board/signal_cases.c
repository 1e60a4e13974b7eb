/* Windows, Fourier transforms, mel spectra in floats and in whole numbers. */

#include <string.h>

#include "core/signal/fixed_log_mel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

/* A samples; B: 0 Hann, 1 Hamming, 2 of a floor of a half. */
static void window(const int32_t shape[3]) {
    float* output = (float*)case_output(shape[0], 4);
    if (shape[1] == 0) {
        whittle_hann_window(output, shape[0]);
    } else if (shape[1] == 1) {
        whittle_hamming_window(output, shape[0]);
    } else {
        whittle_raised_cosine(0.5f, output, shape[0]);
    }
}

/* Frames of B samples, every C, in 0 ... A - 1 samples. */
static void frame_count(const int32_t shape[3]) {
    int32_t* output = (int32_t*)case_output(shape[0], 4);
    int32_t samples;
    for (samples = 0; samples < shape[0]; ++samples) {
        output[samples] = whittle_frame_count(samples, shape[1], shape[2]);
    }
}

/* Around A powers of two. */
static void is_fft_length(const int32_t shape[3]) {
    int32_t* output = (int32_t*)case_output(3 * shape[0], 4);
    int32_t i;
    for (i = 0; i < 3 * shape[0]; ++i) {
        output[i] = whittle_is_fft_length((1 << (i / 3)) + i % 3 - 1);
    }
}

static void unit_root(const int32_t shape[3]) {
    float* output = (float*)case_output(2 * shape[0], 4);
    int32_t k;
    for (k = 0; k < shape[0]; ++k) {
        whittle_unit_root(k, shape[0], &output[2 * k], &output[2 * k + 1]);
    }
}

static float* case_roots(int32_t length) {
    float* roots = case_floats(length, 1.0f);
    whittle_real_fft_prepare(length, roots);
    return roots;
}

static void real_fft_prepare(const int32_t shape[3]) {
    whittle_real_fft_prepare(shape[0], (float*)case_output(shape[0], 4));
}

/* An output that begins as a copy of pseudo-random values. */
static float* case_in_place(int32_t count) {
    const float* input = case_floats(count, 1.0f);
    float* output = (float*)case_output(count, 4);
    memcpy(output, input, (size_t)count * 4u);
    return output;
}

static void complex_fft(const int32_t shape[3]) {
    const float* roots = case_roots(2 * shape[0]);
    whittle_complex_fft(roots, shape[0], case_in_place(2 * shape[0]));
}

static void real_fft(const int32_t shape[3]) {
    const float* roots = case_roots(shape[0]);
    whittle_real_fft(roots, shape[0], case_in_place(shape[0]));
}

static void power_spectrum(const int32_t shape[3]) {
    const float* transformed = case_floats(shape[0], 8.0f);
    whittle_power_spectrum(transformed, shape[0], (float*)case_output(shape[0] / 2 + 1, 4));
}

/* Frames of B samples, every C, of A samples: the powers of each under a Hann window. */
static void short_time_spectrum(const int32_t shape[3]) {
    const int32_t length = shape[1], bins = length / 2 + 1;
    const int32_t frames = whittle_frame_count(shape[0], length, shape[2]);
    const float* roots = case_roots(length);
    const float* samples = case_floats(shape[0], 1.0f);
    float* bell = case_floats(length, 1.0f);
    float* work = (float*)case_scratch(length, 4);
    float* output;
    int32_t f, i;
    whittle_hann_window(bell, length);
    output = (float*)case_output(frames * bins, 4);
    for (f = 0; f < frames; ++f) {
        for (i = 0; i < length; ++i) work[i] = samples[f * shape[2] + i] * bell[i];
        whittle_real_fft(roots, length, work);
        whittle_power_spectrum(work, length, output + f * bins);
    }
}

/* A frequencies up to 8 kHz and their mels, there and back. */
static void mel_scale(const int32_t shape[3]) {
    const float* hz = case_floats(shape[0], 4000.0f);
    float* output = (float*)case_output(2 * shape[0], 4);
    int32_t i;
    for (i = 0; i < shape[0]; ++i) {
        output[2 * i] = whittle_mel_from_hz(hz[i] + 4000.0f);
        output[2 * i + 1] = whittle_hz_from_mel(output[2 * i]);
    }
}

/* The smallest transform that holds the frame, of sound at 16 kHz. */
static WhittleMelOptions mel_options(int32_t frame, int32_t bands) {
    WhittleMelOptions o;
    o.sample_rate = 16000.0f;
    o.frame = frame;
    o.length = 2;
    while (o.length < frame) o.length *= 2;
    o.bands = bands;
    o.low = 60.0f;
    o.high = 7600.0f;
    o.floor = 1e-6f;
    return o;
}

/* One setting after the other at its bounds and just outside. */
static void mel_options_valid(const int32_t shape[3]) {
    static const int32_t lengths[] = {0, 1, 2, 256, 257, 32768, 65536};
    static const int32_t bands[] = {-1, 0, 1, WHITTLE_MEL_MAX_BANDS, WHITTLE_MEL_MAX_BANDS + 1};
    static const float highs[] = {59.0f, 60.0f, 61.0f, 8000.0f, 8001.0f};
    const int32_t count = shape[0];
    int32_t* output = (int32_t*)case_output(count, 4);
    int32_t i;
    for (i = 0; i < count; ++i) {
        WhittleMelOptions o = mel_options(200, 20);
        if (i < 7) {
            o.length = lengths[i];
            o.frame = 1;
        } else if (i < 12) {
            o.bands = bands[i - 7];
        } else if (i < 17) {
            o.high = highs[i - 12];
        } else if (i < 20) {
            o.floor = (float)(i - 18);
        } else {
            o.frame = 256 * (i - 20) + (i - 21);
        }
        output[i] = whittle_mel_options_valid(&o);
    }
}

static WhittleMelBin* case_mel_bins(const WhittleMelOptions* o) {
    WhittleMelBin* bins = (WhittleMelBin*)(void*)case_int32(2 * (o->length / 2 + 1), 0, 1);
    whittle_mel_prepare(o, bins);
    return bins;
}

/* A: frame, B: bands. */
static void mel_prepare(const int32_t shape[3]) {
    const WhittleMelOptions o = mel_options(shape[0], shape[1]);
    whittle_mel_prepare(&o, (WhittleMelBin*)case_output(o.length / 2 + 1, 8));
}

static void mel_energies(const int32_t shape[3]) {
    const WhittleMelOptions o = mel_options(shape[0], shape[1]);
    const WhittleMelBin* bins = case_mel_bins(&o);
    const float* power = case_floats(o.length / 2 + 1, 4.0f);
    whittle_mel_energies(&o, bins, power, (float*)case_output(o.bands, 4));
}

/* Of samples of that size; 0 for silence, which is the floor. */
static void log_mel_of(const int32_t shape[3], float loudness) {
    const WhittleMelOptions o = mel_options(shape[0], shape[1]);
    float* bell = case_floats(o.frame, 1.0f);
    const float* roots = case_roots(o.length);
    const WhittleMelBin* bins = case_mel_bins(&o);
    const float* samples = case_floats(o.frame, loudness);
    float* work = (float*)case_scratch(2 * o.length, 4);
    whittle_hann_window(bell, o.frame);
    whittle_log_mel(&o, bell, roots, bins, samples, work, (float*)case_output(o.bands, 4));
}

static void log_mel(const int32_t shape[3]) { log_mel_of(shape, 1.0f); }
static void log_mel_quiet(const int32_t shape[3]) { log_mel_of(shape, 0.0005f); }
static void log_mel_silence(const int32_t shape[3]) { log_mel_of(shape, 0.0f); }

/* A: bands, B: coefficients. */
static void mfcc_prepare(const int32_t shape[3]) {
    whittle_mfcc_prepare(shape[0], shape[1], (float*)case_output(shape[0] * shape[1], 4));
}

static void mfcc(const int32_t shape[3]) {
    float* cosines = case_floats(shape[0] * shape[1], 1.0f);
    const float* energies = case_floats(shape[0], 14.0f);
    whittle_mfcc_prepare(shape[0], shape[1], cosines);
    whittle_mfcc(cosines, shape[0], shape[1], energies, (float*)case_output(shape[1], 4));
}

/* The tables of frame A and B bands; C: which of them is the output. */
static void fixed_log_mel_prepare(const int32_t shape[3]) {
    const WhittleMelOptions o = mel_options(shape[0], shape[1]);
    const int32_t elements[3] = {o.frame, o.length, o.length / 2 + 1};
    const uint32_t bytes[3] = {2, 4, 4};
    float* bell = case_floats(o.frame, 1.0f);
    void* tables[3];
    WhittleFixedLogMel fixed;
    int32_t i;
    whittle_hamming_window(bell, o.frame);
    for (i = 0; i < 3; ++i) {
        if (i != shape[2]) tables[i] = case_scratch(elements[i], bytes[i]);
    }
    tables[shape[2]] = case_output(elements[shape[2]], bytes[shape[2]]);
    whittle_fixed_log_mel_prepare(&o, bell, (uint16_t*)tables[0], (int32_t*)tables[1],
                                  (WhittleFixedMelBin*)tables[2], &fixed);
}

/* What whittle_fixed_log_mel_prepare() makes of them, as inputs of a case. */
static WhittleFixedLogMel case_fixed_tables(const WhittleMelOptions* o) {
    float* bell = (float*)case_scratch(o->frame, 4);
    uint16_t* bell_table = (uint16_t*)(void*)case_int16(o->frame);
    int32_t* roots = case_int32(o->length, 0, 1);
    int32_t* bins = case_int32(o->length / 2 + 1, 0, 1);
    WhittleFixedLogMel fixed;
    whittle_hann_window(bell, o->frame);
    whittle_fixed_log_mel_prepare(o, bell, bell_table, roots, (WhittleFixedMelBin*)(void*)bins,
                                  &fixed);
    return fixed;
}

static void fixed_complex_fft(const int32_t shape[3]) {
    const int32_t count = shape[0];
    const float* roots = case_roots(2 * count);
    int32_t* rounded = case_int32(2 * count, 0, 1);
    const int32_t* input = case_int32(2 * count, 1 - (1 << 30), 1 << 30);
    int32_t* output;
    int32_t i;
    for (i = 0; i < 2 * count; ++i) rounded[i] = whittle_rounded(1073741824.0f * roots[i]);
    output = (int32_t*)case_output(2 * count, 4);
    memcpy(output, input, (size_t)count * 8u);
    whittle_fixed_complex_fft(rounded, count, output);
}

/* A: length of the transform. */
static void fixed_bin_powers(const int32_t shape[3]) {
    const int32_t length = shape[0];
    const float* roots = case_roots(length);
    int32_t* rounded = case_int32(length, 0, 1);
    const int32_t* data = case_int32(length, 1 - (1 << 30), 1 << 30);
    uint64_t* output;
    int32_t i, k;
    for (i = 0; i < length; ++i) rounded[i] = whittle_rounded(1073741824.0f * roots[i]);
    output = (uint64_t*)case_output(length / 4 * 2, 8);
    for (k = 1; k <= length / 4; ++k) {
        whittle_fixed_bin_powers(rounded, length, data, k, &output[2 * k - 2], &output[2 * k - 1]);
    }
}

/* Of A numbers of every length, and those around powers of two. */
static void log2_q14(const int32_t shape[3]) {
    int32_t* output = (int32_t*)case_output(3 * shape[0], 4);
    int32_t i;
    for (i = 0; i < shape[0]; ++i) {
        const uint64_t power = (uint64_t)1 << (i % 64);
        const uint64_t low = case_random();
        const uint64_t any = ((uint64_t)case_random() << 32 | low) >> (i % 64);
        output[3 * i] = whittle_log2_q14(power);
        output[3 * i + 1] = whittle_log2_q14(power > 1 ? power - 1 : 1);
        output[3 * i + 2] = whittle_log2_q14(any > 0 ? any : 1);
    }
}

/* Of A samples, B bits quieter each time, until silence; the first are as low as samples go. */
static void headroom(const int32_t shape[3]) {
    const int16_t* input = case_int16(shape[0]);
    int16_t* work = (int16_t*)case_scratch(shape[0], 2);
    int32_t* output = (int32_t*)case_output(18, 4);
    int32_t bits, i;
    for (bits = 0; bits < 18; ++bits) {
        for (i = 0; i < shape[0]; ++i) {
            work[i] = (int16_t)(bits == 0 ? -32768 : input[i] / (1 << (bits - 1)));
        }
        output[bits] = whittle_headroom(work, shape[0]);
    }
}

/* Samples of all of their range divided by `divisor`; 0: silence. */
static void fixed_log_mel_of(const int32_t shape[3], int32_t divisor) {
    const WhittleMelOptions o = mel_options(shape[0], shape[1]);
    const WhittleFixedLogMel fixed = case_fixed_tables(&o);
    int16_t* samples = case_int16(o.frame);
    int32_t* work = (int32_t*)case_scratch(o.length, 4);
    uint64_t* energies = (uint64_t*)case_scratch(o.bands, 8);
    int32_t i;
    for (i = 0; i < o.frame; ++i) samples[i] = (int16_t)(divisor ? samples[i] / divisor : 0);
    whittle_fixed_log_mel(&fixed, samples, work, energies, (int16_t*)case_output(o.bands, 2));
}

static void fixed_log_mel(const int32_t shape[3]) { fixed_log_mel_of(shape, 1); }
static void fixed_log_mel_quiet(const int32_t shape[3]) { fixed_log_mel_of(shape, 2000); }
static void fixed_log_mel_silence(const int32_t shape[3]) { fixed_log_mel_of(shape, 0); }

static const KernelCase cases[] = {
    {"window", window, {0, 0, 0}},
    {"window", window, {1, 0, 0}},
    {"window", window, {2, 1, 0}},
    {"window", window, {63, 1, 0}},
    {"window", window, {64, 0, 0}},
    {"window", window, {65, 2, 0}},
    {"frame_count", frame_count, {50, 7, 3}},
    {"frame_count", frame_count, {20, 1, 1}},
    {"is_fft_length", is_fft_length, {18, 0, 0}},
    {"unit_root", unit_root, {1, 0, 0}},
    {"unit_root", unit_root, {8, 0, 0}},
    {"unit_root", unit_root, {77, 0, 0}},
    {"real_fft_prepare", real_fft_prepare, {2, 0, 0}},
    {"real_fft_prepare", real_fft_prepare, {64, 0, 0}},
    {"complex_fft", complex_fft, {1, 0, 0}},
    {"complex_fft", complex_fft, {2, 0, 0}},
    {"complex_fft", complex_fft, {64, 0, 0}},
    {"real_fft", real_fft, {2, 0, 0}},
    {"real_fft", real_fft, {4, 0, 0}},
    {"real_fft", real_fft, {8, 0, 0}},
    {"real_fft", real_fft, {256, 0, 0}},
    {"power_spectrum", power_spectrum, {2, 0, 0}},
    {"power_spectrum", power_spectrum, {64, 0, 0}},
    {"short_time_spectrum", short_time_spectrum, {63, 64, 32}},
    {"short_time_spectrum", short_time_spectrum, {64, 64, 32}},
    {"short_time_spectrum", short_time_spectrum, {150, 32, 16}},
    {"mel_scale", mel_scale, {100, 0, 0}},
    {"mel_options_valid", mel_options_valid, {23, 0, 0}},
    {"mel_prepare", mel_prepare, {2, 1, 0}},
    {"mel_prepare", mel_prepare, {128, 20, 0}},
    {"mel_prepare", mel_prepare, {16, 128, 0}},
    {"mel_energies", mel_energies, {2, 1, 0}},
    {"mel_energies", mel_energies, {128, 20, 0}},
    {"log_mel", log_mel, {1, 1, 0}},
    {"log_mel", log_mel, {100, 13, 0}},
    {"log_mel", log_mel, {128, 20, 0}},
    {"log_mel_quiet", log_mel_quiet, {100, 13, 0}},
    {"log_mel_silence", log_mel_silence, {65, 3, 0}},
    {"mfcc_prepare", mfcc_prepare, {1, 1, 0}},
    {"mfcc_prepare", mfcc_prepare, {20, 13, 0}},
    {"mfcc", mfcc, {1, 1, 0}},
    {"mfcc", mfcc, {13, 13, 0}},
    {"mfcc", mfcc, {20, 12, 0}},
    {"fixed_log_mel_prepare", fixed_log_mel_prepare, {100, 13, 0}},
    {"fixed_log_mel_prepare", fixed_log_mel_prepare, {100, 13, 1}},
    {"fixed_log_mel_prepare", fixed_log_mel_prepare, {100, 13, 2}},
    {"fixed_complex_fft", fixed_complex_fft, {1, 0, 0}},
    {"fixed_complex_fft", fixed_complex_fft, {2, 0, 0}},
    {"fixed_complex_fft", fixed_complex_fft, {64, 0, 0}},
    {"fixed_bin_powers", fixed_bin_powers, {4, 0, 0}},
    {"fixed_bin_powers", fixed_bin_powers, {64, 0, 0}},
    {"log2_q14", log2_q14, {130, 0, 0}},
    {"headroom", headroom, {1, 0, 0}},
    {"headroom", headroom, {50, 0, 0}},
    {"fixed_log_mel", fixed_log_mel, {1, 1, 0}},
    {"fixed_log_mel", fixed_log_mel, {100, 13, 0}},
    {"fixed_log_mel", fixed_log_mel, {200, 20, 0}},
    {"fixed_log_mel", fixed_log_mel, {256, 40, 0}},
    {"fixed_log_mel_quiet", fixed_log_mel_quiet, {200, 20, 0}},
    {"fixed_log_mel_silence", fixed_log_mel_silence, {65, 3, 0}},
};

const KernelFamily signal_family = {cases, sizeof cases / sizeof cases[0]};
