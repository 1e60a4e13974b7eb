/* One frame of sound as keyword spotting takes them, 30 ms at 16 kHz, made into 40 log-mel
 * energies: in floats, then in whole numbers, each between the marks of an instruction counter. The
 * first region is empty; what it costs is subtracted from the others. The tables are made before,
 * outside of the regions. Needs about 12 KB of static memory. */

#include "core/signal/fixed_log_mel.h"
#include "measured_run.h"
#include "semihosting.h"

enum { FRAME = 480, LENGTH = 512, BINS = LENGTH / 2 + 1, BANDS = 40 };

/* One after the other in the same memory. */
static union {
    struct {
        float window[FRAME], roots[LENGTH], samples[FRAME], scratch[2 * LENGTH], log_mel[BANDS];
        WhittleMelBin bins[BINS];
    } floats;
    struct {
        uint64_t energies[BANDS];
        float float_window[FRAME];
        uint16_t window[FRAME];
        int32_t roots[LENGTH], scratch[LENGTH];
        int16_t samples[FRAME], log_mel[BANDS];
        WhittleFixedMelBin bins[BINS];
    } fixed;
} memory;

static WhittleFixedLogMel tables;
static const WhittleMelOptions options = {16000.0f, FRAME, LENGTH, BANDS, 20.0f, 7600.0f, 1e-10f};

/* A saw tooth of 200 Hz under noise (Numerical Recipes' quick generator). */
static int16_t sample(int32_t n) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (int16_t)((n % 80 - 40) * 300 + (int32_t)(state >> 19) - 4096);
}

__attribute__((noinline)) static void float_frame(void) {
    whittle_log_mel(&options, memory.floats.window, memory.floats.roots, memory.floats.bins,
                    memory.floats.samples, memory.floats.scratch, memory.floats.log_mel);
}

__attribute__((noinline)) static void fixed_frame(void) {
    whittle_fixed_log_mel(&tables, memory.fixed.samples, memory.fixed.scratch,
                          memory.fixed.energies, memory.fixed.log_mel);
}

static void prepare_floats(void) {
    int32_t i;
    whittle_hann_window(memory.floats.window, FRAME);
    whittle_real_fft_prepare(LENGTH, memory.floats.roots);
    whittle_mel_prepare(&options, memory.floats.bins);
    for (i = 0; i < FRAME; ++i) memory.floats.samples[i] = (float)sample(i) / 32768.0f;
}

static void prepare_fixed(void) {
    int32_t i;
    whittle_hann_window(memory.fixed.float_window, FRAME);
    whittle_fixed_log_mel_prepare(&options, memory.fixed.float_window, memory.fixed.window,
                                  memory.fixed.roots, memory.fixed.bins, &tables);
    for (i = 0; i < FRAME; ++i) memory.fixed.samples[i] = sample(i);
}

int main(void) {
    whittle_region_begin();
    whittle_region_end();
    prepare_floats();
    whittle_region_begin();
    float_frame();
    whittle_region_end();
    prepare_fixed();
    whittle_region_begin();
    fixed_frame();
    whittle_region_end();
    semihosting_exit(0);
}
