#include "core/data/features.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace whittle {
namespace {

constexpr double kPi = 3.14159265358979324;

// One sound or window of a tone on every sensor, of `cycles` periods in `rows` samples.
Dataset tone(std::int32_t rows, std::int32_t sensors, double cycles, double offset) {
    Dataset data;
    data.feature_shape = sensors > 1 ? Shape{rows, sensors} : Shape{rows};
    std::vector<float> values;
    for (std::int32_t r = 0; r < rows; ++r) {
        for (std::int32_t s = 0; s < sensors; ++s) {
            values.push_back(
                static_cast<float>(offset + (s + 1) * std::sin(2 * kPi * cycles * r / rows)));
        }
    }
    data.features = values;
    data.labels = {0};
    data.class_names = {"tone", "other"};
    data.target_shape = {2};
    return data;
}

TEST_CASE("a tone's log-mel energy is largest in the band it lies in, in every frame") {
    LogMelFeatures options;
    options.bands = 20;
    options.high = 4000.0f;
    for (const double hz : {300.0, 1000.0, 3000.0}) {
        CAPTURE(hz);
        const Dataset sound = tone(8000, 1, hz / 2.0, 0.0);  // half a second at 16 kHz
        REQUIRE(check_log_mel(options, 16000, 8000).ok());
        const Dataset mel = log_mel_features(sound, options, 16000);
        REQUIRE(mel.feature_shape == Shape{24, 20, 1});  // 1 + (8000 - 480) / 320
        CHECK(mel.labels == sound.labels);
        CHECK(mel.class_names == sound.class_names);
        const auto& values = std::get<std::vector<float>>(mel.features);
        REQUIRE(values.size() == 480);
        const auto position = [](double f) { return std::log(1.0 + f / 700.0); };
        const double step = (position(4000.0) - position(20.0)) / 21.0;
        const double middle = (position(hz) - position(20.0)) / step - 1.0;
        for (std::size_t frame = 0; frame < 24; ++frame) {
            const auto row = values.begin() + static_cast<std::ptrdiff_t>(frame * 20);
            const auto loudest = std::max_element(row, row + 20) - row;
            CHECK(std::fabs(static_cast<double>(loudest) - middle) <= 0.75);
        }
    }
}

TEST_CASE("cepstral coefficients are the cosine transform of the log-mel energies") {
    LogMelFeatures options;
    options.bands = 20;
    options.high = 4000.0f;
    const Dataset sound = tone(2000, 1, 60.0, 0.0);
    const Dataset mel = log_mel_features(sound, options, 16000);
    options.coefficients = 13;
    options.mean = 1.5f;
    options.scale = 0.25f;
    const Dataset mfcc = log_mel_features(sound, options, 16000);
    REQUIRE(mfcc.feature_shape == Shape{5, 13, 1});  // 1 + (2000 - 480) / 320
    const auto& energies = std::get<std::vector<float>>(mel.features);
    const auto& values = std::get<std::vector<float>>(mfcc.features);
    for (std::size_t f = 0; f < 5; ++f) {
        for (std::size_t k = 0; k < 13; ++k) {
            double sum = 0.0;
            for (std::size_t m = 0; m < 20; ++m) {
                sum += double(energies[20 * f + m]) *
                       std::cos(kPi * double(k) * (double(m) + 0.5) / 20.0);
            }
            sum *= std::sqrt((k == 0 ? 1.0 : 2.0) / 20.0);
            // 20 products of magnitudes up to 14, rounded to 24 bits each.
            CHECK(std::fabs(double(values[13 * f + k]) - (sum - 1.5) * 0.25) < 1e-5);
        }
    }
    options.coefficients = 21;
    CHECK_FALSE(check_log_mel(options, 16000, 2000).ok());
}

TEST_CASE("mean and scale are applied, and silence is the floor") {
    LogMelFeatures options;
    options.mean = -10.0f;
    options.scale = 0.5f;
    options.floor = 1e-4f;
    Dataset silence = tone(480, 1, 0.0, 0.0);
    const Dataset mel = log_mel_features(silence, options, 16000);
    for (const float value : std::get<std::vector<float>>(mel.features)) {
        CHECK(value == doctest::Approx((std::log(1e-4) + 10.0) / 2.0).epsilon(1e-5));
    }
}

TEST_CASE("a window's spectrum has its power where the vibration is, for each sensor") {
    SpectrumFeatures options;
    options.bands = 8;
    // 200 rows become 256: 25 periods are at bin 32 of 128, the border of bands 1 and 2.
    for (const double offset : {0.0, 9.81}) {
        const Dataset spectrum = spectrum_features(tone(200, 3, 30.0, offset), options);
        REQUIRE(spectrum.feature_shape == Shape{24});
        const auto& values = std::get<std::vector<float>>(spectrum.features);
        for (std::size_t sensor = 0; sensor < 3; ++sensor) {
            const auto row = values.begin() + static_cast<std::ptrdiff_t>(sensor * 8);
            CHECK(std::max_element(row, row + 8) - row == 2);  // bin 38.4 of 128
            // Twice the amplitude is four times the power.
            const double wanted = 2.0 * std::log(static_cast<double>(sensor + 1));
            CHECK(row[2] - values[2] == doctest::Approx(wanted).epsilon(1e-3));
        }
    }
}

TEST_CASE("features that make no sense are refused") {
    CHECK(check_log_mel({}, 16000, 480).ok());
    CHECK_FALSE(check_log_mel({}, 16000, 479).ok());
    CHECK_FALSE(check_log_mel({}, 8000, 8000).ok());  // bands up to 7,600 Hz
    LogMelFeatures bad;
    bad.hop = 0;
    CHECK_FALSE(check_log_mel(bad, 16000, 16000).ok());
    bad = {};
    bad.bands = 129;
    CHECK_FALSE(check_log_mel(bad, 16000, 16000).ok());
    bad = {};
    bad.frame = 40000;
    CHECK_FALSE(check_log_mel(bad, 16000, 100000).ok());
    CHECK(check_spectrum({}, 64).ok());
    CHECK_FALSE(check_spectrum({}, 32).ok());  // 16 frequencies for 32 bands
    CHECK_FALSE(check_spectrum({}, 1).ok());
    CHECK_FALSE(check_spectrum({}, 40000).ok());
}

}  // namespace
}  // namespace whittle
