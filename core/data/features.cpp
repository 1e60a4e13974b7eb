#include "core/data/features.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "core/base/exact_math.h"
#include "core/signal/mel.h"

namespace whittle {
namespace {

std::int32_t transform_length(std::int32_t frame) {
    std::int32_t length = 2;
    while (length < frame && length < WHITTLE_FFT_MAX_LENGTH) length *= 2;
    return length;
}

WhittleMelOptions mel_options(const LogMelFeatures& options, std::int32_t sample_rate) {
    WhittleMelOptions mel;
    mel.sample_rate = static_cast<float>(sample_rate);
    mel.frame = options.frame;
    mel.length = transform_length(options.frame);
    mel.bands = options.bands;
    mel.low = options.low;
    mel.high = options.high;
    mel.floor = options.floor;
    return mel;
}

Error bad_features(std::string expected, std::string found) {
    return {.place = "features", .expected = std::move(expected), .found = std::move(found)};
}

// The same samples with other features.
Dataset with_features(const Dataset& data, Shape shape, std::vector<float> features) {
    Dataset out;
    out.name = data.name;
    out.feature_shape = std::move(shape);
    out.features = std::move(features);
    out.target_shape = data.target_shape;
    out.targets = data.targets;
    out.labels = data.labels;
    out.class_names = data.class_names;
    return out;
}

// What becomes of one frame of sound.
class MelFrame {
public:
    MelFrame(const LogMelFeatures& options, std::int32_t sample_rate)
        : mel_(mel_options(options, sample_rate)),
          coefficients_(options.coefficients),
          window_(static_cast<std::size_t>(mel_.frame)),
          roots_(static_cast<std::size_t>(mel_.length)),
          bins_(static_cast<std::size_t>(mel_.length) / 2 + 1),
          scratch_(2 * static_cast<std::size_t>(mel_.length)),
          energies_(static_cast<std::size_t>(mel_.bands)),
          cosines_(static_cast<std::size_t>(mel_.bands) * static_cast<std::size_t>(coefficients_)) {
        whittle_hann_window(window_.data(), mel_.frame);
        whittle_real_fft_prepare(mel_.length, roots_.data());
        whittle_mel_prepare(&mel_, bins_.data());
        whittle_mfcc_prepare(mel_.bands, coefficients_, cosines_.data());
    }

    std::size_t size() const {
        return static_cast<std::size_t>(coefficients_ > 0 ? coefficients_ : mel_.bands);
    }

    // samples[frame]; out[size()]
    void compute(const float* samples, float* out) {
        float* const energies = coefficients_ > 0 ? energies_.data() : out;
        whittle_log_mel(&mel_, window_.data(), roots_.data(), bins_.data(), samples,
                        scratch_.data(), energies);
        if (coefficients_ == 0) return;
        whittle_mfcc(cosines_.data(), mel_.bands, coefficients_, energies, out);
    }

private:
    WhittleMelOptions mel_;
    std::int32_t coefficients_;
    std::vector<float> window_, roots_;
    std::vector<WhittleMelBin> bins_;
    std::vector<float> scratch_, energies_, cosines_;
};

// Powers of the bins of one sensor's window under a Hann window, without the window's mean.
class WindowSpectrum {
public:
    explicit WindowSpectrum(std::int32_t rows) : rows_(rows), length_(transform_length(rows)) {
        window_.resize(static_cast<std::size_t>(rows));
        roots_.resize(static_cast<std::size_t>(length_));
        values_.resize(static_cast<std::size_t>(length_));
        power_.resize(static_cast<std::size_t>(length_) / 2 + 1);
        whittle_hann_window(window_.data(), rows);
        whittle_real_fft_prepare(length_, roots_.data());
    }

    // `sample`: [rows, sensors].
    const std::vector<float>& of(const float* sample, std::size_t sensors, std::size_t sensor) {
        float sum = 0.0f;
        for (std::size_t r = 0; r < window_.size(); ++r) sum += sample[r * sensors + sensor];
        const float mean = sum / static_cast<float>(rows_);
        std::fill(values_.begin(), values_.end(), 0.0f);
        for (std::size_t r = 0; r < window_.size(); ++r) {
            values_[r] = (sample[r * sensors + sensor] - mean) * window_[r];
        }
        whittle_real_fft(roots_.data(), length_, values_.data());
        whittle_power_spectrum(values_.data(), length_, power_.data());
        return power_;
    }

private:
    std::int32_t rows_;
    std::int32_t length_;
    std::vector<float> window_, roots_, values_, power_;
};

}  // namespace

Status check_log_mel(const LogMelFeatures& options, std::int32_t sample_rate, std::int32_t length) {
    const WhittleMelOptions mel = mel_options(options, sample_rate);
    if (options.hop < 1 || options.frame < 1 || length < options.frame) {
        return bad_features(
            "a frame of at most the sound's " + std::to_string(length) + " samples",
            std::to_string(options.frame) + ", every " + std::to_string(options.hop));
    }
    if (options.coefficients < 0 || options.coefficients > options.bands) {
        return bad_features(
            "at most as many coefficients as there are bands, " + std::to_string(options.bands),
            std::to_string(options.coefficients));
    }
    if (whittle_mel_options_valid(&mel) == 0) {
        return bad_features("1 to " + std::to_string(WHITTLE_MEL_MAX_BANDS) +
                                " bands between 0 Hz and half the sample rate of " +
                                std::to_string(sample_rate) + " Hz, and a floor above 0",
                            std::to_string(options.bands) + " bands from " +
                                std::to_string(options.low) + " to " +
                                std::to_string(options.high) + " Hz");
    }
    return {};
}

Dataset log_mel_features(const Dataset& sounds,
                         const LogMelFeatures& options,
                         std::int32_t sample_rate) {
    const auto length = static_cast<std::int32_t>(sounds.feature_count());
    assert(check_log_mel(options, sample_rate, length).ok());
    MelFrame frame(options, sample_rate);
    const std::int32_t frames = whittle_frame_count(length, options.frame, options.hop);
    const auto& samples = std::get<std::vector<float>>(sounds.features);
    std::vector<float> features(sounds.size() * static_cast<std::size_t>(frames) * frame.size());
    float* out = features.data();
    for (std::size_t s = 0; s < sounds.size(); ++s) {
        const float* from = samples.data() + s * sounds.feature_count();
        for (std::int32_t f = 0; f < frames; ++f, from += options.hop, out += frame.size()) {
            frame.compute(from, out);
        }
    }
    for (float& value : features) value = (value - options.mean) * options.scale;
    return with_features(sounds, {frames, static_cast<std::int32_t>(frame.size()), 1},
                         std::move(features));
}

Status check_spectrum(const SpectrumFeatures& options, std::int32_t rows) {
    if (rows >= 2 && rows <= WHITTLE_FFT_MAX_LENGTH && options.bands >= 1 &&
        options.bands <= transform_length(rows) / 2 && options.floor > 0.0f) {
        return {};
    }
    return bad_features(
        "windows of 2 to " + std::to_string(WHITTLE_FFT_MAX_LENGTH) +
            " rows, and at least 1 band, of at least one frequency each",
        std::to_string(rows) + " rows, " + std::to_string(options.bands) + " bands");
}

Dataset spectrum_features(const Dataset& windows, const SpectrumFeatures& options) {
    const std::int32_t rows = windows.feature_shape[0];
    assert(check_spectrum(options, rows).ok());
    const auto sensors = static_cast<std::size_t>(windows.feature_shape[1]);
    const auto bands = static_cast<std::size_t>(options.bands);
    const auto& values = std::get<std::vector<float>>(windows.features);
    WindowSpectrum spectrum(rows);
    std::vector<float> features;
    features.reserve(windows.size() * sensors * bands);
    for (std::size_t s = 0; s < windows.size(); ++s) {
        for (std::size_t sensor = 0; sensor < sensors; ++sensor) {
            const std::vector<float>& power =
                spectrum.of(values.data() + s * windows.feature_count(), sensors, sensor);
            const std::size_t bins =
                power.size() - 1;  // without the mean, which has been taken out
            for (std::size_t b = 0; b < bands; ++b) {
                const std::size_t first = 1 + b * bins / bands;
                const std::size_t end = 1 + (b + 1) * bins / bands;
                float sum = 0.0f;
                for (std::size_t k = first; k < end; ++k) sum += power[k];
                const float mean = sum / static_cast<float>(end - first);
                const float log_power = whittle_logf(std::max(mean, options.floor));
                features.push_back((log_power - options.mean) * options.scale);
            }
        }
    }
    return with_features(windows, {static_cast<std::int32_t>(sensors * bands)},
                         std::move(features));
}

}  // namespace whittle
