#pragma once

#include <cstdint>

#include "core/base/status.h"
#include "core/data/dataset.h"

namespace whittle {

// What nets see of sounds and vibrations: spectra, computed by core/signal as a board computes
// them. Labels, targets and classes stay as they are.

// Log-mel energies, frame after frame, or the mel-frequency cepstral coefficients of each frame:
// (value - mean) * scale.
struct LogMelFeatures {
    std::int32_t frame = 480;  // samples, under a Hann window
    std::int32_t hop = 320;    // samples from one frame to the next
    std::int32_t bands = 40;
    std::int32_t coefficients =
        0;                 // cepstral, at most as many as bands; 0: the energies themselves
    float low = 20.0f;     // Hz
    float high = 7600.0f;  // Hz
    float floor = 1e-6f;   // energies below it are taken for it
    float mean = 0.0f;
    float scale = 1.0f;
};
// Whether they make sense for sounds of `length` samples.
Status check_log_mel(const LogMelFeatures& options, std::int32_t sample_rate, std::int32_t length);
// sounds: [length] float32; the result's features are [frames, bands or coefficients, 1].
Dataset log_mel_features(const Dataset& sounds,
                         const LogMelFeatures& options,
                         std::int32_t sample_rate);

// The logarithm of a window's spectrum, sensor after sensor: ln of the mean power of each band of
// frequencies, (value - mean) * scale. Each sensor's mean over the window is taken out before.
struct SpectrumFeatures {
    std::int32_t bands = 32;  // of equal width, up to half the sample rate
    float floor = 1e-6f;      // powers below it are taken for it
    float mean = 0.0f;
    float scale = 1.0f;
};
Status check_spectrum(const SpectrumFeatures& options, std::int32_t rows);
// windows: [rows, sensors] float32; the result's features are [sensors * bands].
Dataset spectrum_features(const Dataset& windows, const SpectrumFeatures& options);

}  // namespace whittle
