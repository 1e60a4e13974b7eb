/* Filters, resampling, and the statistics of a signal. */

#include <string.h>

#include "core/signal/filter.h"
#include "core/signal/resample.h"
#include "core/signal/statistics.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

/* A taps over B samples. */
static void fir_step(const int32_t shape[3]) {
    const float* taps = case_floats(shape[0], 1.0f);
    const float* samples = case_floats(shape[1], 1.0f);
    float* history = (float*)case_scratch(shape[0], 4);
    float* output = (float*)case_output(shape[1], 4);
    int32_t n;
    memset(history, 0, (size_t)shape[0] * 4u);
    for (n = 0; n < shape[1]; ++n) {
        output[n] = whittle_fir_step(taps, shape[0], history, samples[n]);
    }
}

/* A taps, cut off at B Hz of 16 kHz. */
static void fir_lowpass(const int32_t shape[3]) {
    whittle_fir_lowpass((float)shape[1], 16000.0f, (float*)case_output(shape[0], 4), shape[0]);
}

/* A Hz of 16 kHz, q of B / 100. */
static WhittleBiquad biquad_design(int32_t kind, float frequency, float q) {
    if (kind == 0) return whittle_biquad_lowpass(frequency, 16000.0f, q);
    if (kind == 1) return whittle_biquad_highpass(frequency, 16000.0f, q);
    return whittle_biquad_bandpass(frequency, 16000.0f, q);
}

static void biquad_designs(const int32_t shape[3]) {
    WhittleBiquad* output = (WhittleBiquad*)case_output(3, sizeof(WhittleBiquad));
    int32_t kind;
    for (kind = 0; kind < 3; ++kind) {
        output[kind] = biquad_design(kind, (float)shape[0], (float)shape[1] / 100.0f);
    }
}

/* A samples through the design C at B Hz. */
static void biquad_step(const int32_t shape[3]) {
    const WhittleBiquad filter = biquad_design(shape[2], (float)shape[1], 0.70710678f);
    const float* samples = case_floats(shape[0], 1.0f);
    float* output = (float*)case_output(shape[0], 4);
    WhittleBiquadState state = {0.0f, 0.0f};
    int32_t n;
    for (n = 0; n < shape[0]; ++n) output[n] = whittle_biquad_step(&filter, &state, samples[n]);
}

/* From A to B Hz: whether there is one, its phases and taps, and the samples that come of C. */
static void resampler_init(const int32_t shape[3]) {
    int32_t* output = (int32_t*)case_output(5, 4);
    WhittleResampler r;
    output[0] = whittle_resampler_init(shape[0], shape[1], &r);
    output[1] = r.up;
    output[2] = r.down;
    output[3] = r.taps;
    output[4] = whittle_resampled_count(&r, shape[2]);
}

static void resampler_prepare(const int32_t shape[3]) {
    WhittleResampler r;
    whittle_resampler_init(shape[0], shape[1], &r);
    whittle_resampler_prepare(&r, (float*)case_output(r.up * r.taps, 4));
}

/* From A to B Hz, C samples. */
static void resample(const int32_t shape[3]) {
    WhittleResampler r;
    float *table, *output;
    const float* input;
    whittle_resampler_init(shape[0], shape[1], &r);
    table = case_floats(r.up * r.taps, 1.0f);
    whittle_resampler_prepare(&r, table);
    input = case_floats(shape[2], 1.0f);
    output = (float*)case_output(whittle_resampled_count(&r, shape[2]), 4);
    whittle_resample(&r, table, input, shape[2], output);
}

static void mean_and_variance(const int32_t shape[3]) {
    const float* values = case_floats(shape[0], 100.0f);
    float* output = (float*)case_output(2, 4);
    output[0] = whittle_mean(values, shape[0]);
    output[1] = whittle_variance(values, shape[0], output[0]);
}

/* An output that begins as a copy of A values; B of 1: few different ones. */
static float* case_copied(const int32_t shape[3]) {
    const float* input = case_floats(shape[0], 5.0f);
    float* output = (float*)case_output(shape[0], 4);
    int32_t i;
    for (i = 0; i < shape[0]; ++i) {
        output[i] = shape[1] == 0 ? input[i] : (float)(int32_t)input[i];
    }
    return output;
}

static void normalize(const int32_t shape[3]) {
    whittle_normalize(case_copied(shape), shape[0], 1e-6f);
}

static void constant_normalize(const int32_t shape[3]) {
    float* output = (float*)case_output(shape[0], 4);
    int32_t i;
    for (i = 0; i < shape[0]; ++i) output[i] = 3.5f;
    whittle_normalize(output, shape[0], 1e-6f);
}

/* The C-th smallest. */
static void select_values(const int32_t shape[3]) {
    whittle_select(case_copied(shape), 0, shape[0] - 1, shape[2]);
}

/* What they give stands in the place of the first value. */
static void median(const int32_t shape[3]) {
    float* values = case_copied(shape);
    values[0] = whittle_median(values, shape[0]);
}

static void median_absolute_deviation(const int32_t shape[3]) {
    float* values = case_copied(shape);
    values[0] = whittle_median_absolute_deviation(values, shape[0]);
}

static const KernelCase cases[] = {
    {"fir_step", fir_step, {1, 9, 0}},
    {"fir_step", fir_step, {2, 9, 0}},
    {"fir_step", fir_step, {31, 100, 0}},
    {"fir_lowpass", fir_lowpass, {1, 1000, 0}},
    {"fir_lowpass", fir_lowpass, {3, 1000, 0}},
    {"fir_lowpass", fir_lowpass, {63, 7900, 0}},
    {"biquad_designs", biquad_designs, {50, 71, 0}},
    {"biquad_designs", biquad_designs, {4000, 400, 0}},
    {"biquad_designs", biquad_designs, {7900, 10, 0}},
    {"biquad_step", biquad_step, {200, 50, 0}},
    {"biquad_step", biquad_step, {200, 1000, 1}},
    {"biquad_step", biquad_step, {200, 3000, 2}},
    {"resampler_init", resampler_init, {44100, 16000, 1000}},
    {"resampler_init", resampler_init, {16000, 44100, 1}},
    {"resampler_init", resampler_init, {8000, 8000, 0}},
    {"resampler_init", resampler_init, {44101, 44103, 10}},
    {"resampler_init", resampler_init, {0, 16000, 10}},
    {"resampler_init", resampler_init, {1000000, 8000, 10}},
    {"resampler_prepare", resampler_prepare, {8000, 8000, 0}},
    {"resampler_prepare", resampler_prepare, {48000, 16000, 0}},
    {"resampler_prepare", resampler_prepare, {16000, 24000, 0}},
    {"resample", resample, {8000, 8000, 50}},
    {"resample", resample, {8000, 16000, 1}},
    {"resample", resample, {8000, 16000, 50}},
    {"resample", resample, {48000, 16000, 100}},
    {"resample", resample, {24000, 16000, 100}},
    {"resample", resample, {16000, 24000, 0}},
    {"mean_and_variance", mean_and_variance, {0, 0, 0}},
    {"mean_and_variance", mean_and_variance, {1, 0, 0}},
    {"mean_and_variance", mean_and_variance, {200, 0, 0}},
    {"normalize", normalize, {1, 0, 0}},
    {"normalize", normalize, {200, 0, 0}},
    {"constant_normalize", constant_normalize, {10, 0, 0}},
    {"select", select_values, {1, 0, 0}},
    {"select", select_values, {100, 0, 17}},
    {"select", select_values, {100, 1, 99}},
    {"median", median, {1, 0, 0}},
    {"median", median, {2, 0, 0}},
    {"median", median, {99, 0, 0}},
    {"median", median, {100, 1, 0}},
    {"median_absolute_deviation", median_absolute_deviation, {1, 0, 0}},
    {"median_absolute_deviation", median_absolute_deviation, {2, 0, 0}},
    {"median_absolute_deviation", median_absolute_deviation, {99, 0, 0}},
    {"median_absolute_deviation", median_absolute_deviation, {100, 1, 0}},
};

const KernelFamily filter_family = {cases, sizeof cases / sizeof cases[0]};
