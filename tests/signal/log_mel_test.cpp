#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <vector>

#include "core/base/random.h"
#include "core/signal/fixed_log_mel.h"
#include "tests/signal/pi.h"

namespace whittle {
namespace {

// What keyword spotting uses: frames of 30 ms at 16 kHz.
const WhittleMelOptions kSpeech = {.sample_rate = 16000,
                                   .frame = 480,
                                   .length = 512,
                                   .bands = 40,
                                   .low = 20,
                                   .high = 8000,
                                   .floor = 1e-10f};

double mel(double hz) { return 1127.0 * std::log(1.0 + hz / 700.0); }

// ln of the energies by the definitions, all in float64.
std::vector<double> by_definition(const WhittleMelOptions& o, const std::vector<double>& samples) {
    const int half = o.length / 2;
    const double low = mel(double(o.low));
    const double step = (mel(double(o.high)) - low) / (o.bands + 1);
    std::vector<double> energies(static_cast<std::size_t>(o.bands), 0.0);
    for (int k = 0; k <= half; ++k) {
        std::complex<double> bin = 0;
        for (int n = 0; n < o.frame; ++n) {
            const double window = 0.5 - 0.5 * std::cos(2 * kPi * n / o.frame);
            bin += samples[static_cast<std::size_t>(n)] * window *
                   std::polar(1.0, -2 * kPi * double(n) * k / o.length);
        }
        const double at = (mel(double(k) * double(o.sample_rate) / o.length) - low) / step;
        for (int band = 0; band < o.bands; ++band) {
            const double weight = 1.0 - std::fabs(at - (band + 1));
            if (weight > 0) energies[static_cast<std::size_t>(band)] += weight * std::norm(bin);
        }
    }
    for (double& energy : energies) energy = std::log(std::max(energy, double(o.floor)));
    return energies;
}

struct Tables {
    explicit Tables(const WhittleMelOptions& options)
        : o(options),
          window(static_cast<std::size_t>(o.frame)),
          roots(static_cast<std::size_t>(o.length)),
          bins(static_cast<std::size_t>(o.length) / 2 + 1),
          fixed_window(window.size()),
          fixed_roots(roots.size()),
          fixed_bins(bins.size()) {
        REQUIRE(whittle_mel_options_valid(&o) != 0);
        whittle_hann_window(window.data(), o.frame);
        whittle_real_fft_prepare(o.length, roots.data());
        whittle_mel_prepare(&o, bins.data());
        whittle_fixed_log_mel_prepare(&o, window.data(), fixed_window.data(), fixed_roots.data(),
                                      fixed_bins.data(), &fixed);
    }

    std::vector<float> in_floats(const std::vector<std::int16_t>& samples) const {
        std::vector<float> scaled;
        for (const std::int16_t sample : samples)
            scaled.push_back(static_cast<float>(sample) / 32768.0f);
        std::vector<float> scratch(2 * static_cast<std::size_t>(o.length));
        std::vector<float> result(static_cast<std::size_t>(o.bands));
        whittle_log_mel(&o, window.data(), roots.data(), bins.data(), scaled.data(), scratch.data(),
                        result.data());
        return result;
    }

    std::vector<double> in_integers(const std::vector<std::int16_t>& samples) const {
        std::vector<std::int32_t> scratch(static_cast<std::size_t>(o.length));
        std::vector<std::uint64_t> energies(static_cast<std::size_t>(o.bands));
        std::vector<std::int16_t> result(energies.size());
        whittle_fixed_log_mel(&fixed, samples.data(), scratch.data(), energies.data(),
                              result.data());
        std::vector<double> values;
        for (const std::int16_t value : result) values.push_back(value / 1024.0);
        return values;
    }

    WhittleMelOptions o;
    std::vector<float> window, roots;
    std::vector<WhittleMelBin> bins;
    std::vector<std::uint16_t> fixed_window;
    std::vector<std::int32_t> fixed_roots;
    std::vector<WhittleFixedMelBin> fixed_bins;
    WhittleFixedLogMel fixed;
};

// Tones with harmonics, chirps and noise, from full scale to a whisper.
std::vector<std::vector<std::int16_t>> sounds(int count) {
    std::vector<std::vector<std::int16_t>> all;
    Random random(11);
    for (const double loudness : {1.0, 0.3, 0.01, 0.0005}) {
        std::vector<std::int16_t> tone, chirp, noise, voice;
        const auto add = [&](std::vector<std::int16_t>& to, double value) {
            to.push_back(static_cast<std::int16_t>(
                std::lround(std::clamp(loudness * value, -1.0, 1.0) * 32767)));
        };
        for (int n = 0; n < count; ++n) {
            const double t = n / 16000.0;
            add(tone, std::sin(2 * kPi * 997 * t));
            add(chirp, std::sin(2 * kPi * (200 + 60000 * t) * t));
            add(noise, double(random.uniform(-1.0f, 1.0f)));
            double sum = 0;
            for (int h = 1; h < 20; ++h) sum += std::sin(2 * kPi * 130 * h * t + h * h) / h;
            add(voice, sum / 3);
        }
        for (const auto& sound : {tone, chirp, noise, voice}) all.push_back(sound);
    }
    return all;
}

TEST_CASE("log-mel energies are those of the definition, in floats and in whole numbers") {
    double worst_float = 0;
    double worst_fixed = 0;
    for (const int length : {512, 1024}) {
        WhittleMelOptions options = kSpeech;
        options.length = length;
        options.frame = length == 512 ? 480 : 1024;
        const Tables tables(options);
        for (const auto& sound : sounds(options.frame)) {
            const std::vector<double> exact = by_definition(options, [&] {
                std::vector<double> scaled;
                for (const std::int16_t sample : sound) scaled.push_back(sample / 32768.0);
                return scaled;
            }());
            const std::vector<float> floats = tables.in_floats(sound);
            const std::vector<double> integers = tables.in_integers(sound);
            const double loudest = *std::max_element(exact.begin(), exact.end());
            for (std::size_t band = 0; band < exact.size(); ++band) {
                // 60 dB below: a factor of a million in energy.
                if (exact[band] < loudest - std::log(1e6)) continue;
                worst_float = std::max(worst_float, std::fabs(double(floats[band]) - exact[band]));
                worst_fixed = std::max(worst_fixed, std::fabs(integers[band] - exact[band]));
            }
        }
    }
    CAPTURE(worst_float);
    CAPTURE(worst_fixed);
    // The Fourier transform's error is about 1e-7 of the loudest bin, in energy 60 dB below 2e-4.
    CHECK(worst_float < 0.002);
    CHECK(worst_fixed < 0.01);
}

TEST_CASE("silence is the floor, and full scale does not overflow") {
    const Tables tables(kSpeech);
    const std::vector<std::int16_t> silence(480, 0);
    for (const float value : tables.in_floats(silence)) CHECK(value == whittle_logf(1e-10f));
    for (const double value : tables.in_integers(silence))
        CHECK(value == doctest::Approx(std::log(1e-10)).epsilon(1e-4));
    std::vector<std::int16_t> square;
    for (int n = 0; n < 480; ++n) square.push_back(n / 8 % 2 == 0 ? 32767 : -32768);
    const std::vector<float> floats = tables.in_floats(square);
    const std::vector<double> integers = tables.in_integers(square);
    const float loudest = *std::max_element(floats.begin(), floats.end());
    for (std::size_t band = 0; band < floats.size(); ++band) {
        if (floats[band] > loudest - 13.8f)
            CHECK(integers[band] == doctest::Approx(double(floats[band])).epsilon(0.002));
    }
    const std::vector<std::int16_t> lowest(480, -32768);
    CHECK(tables.in_integers(lowest)[0] ==
          doctest::Approx(double(tables.in_floats(lowest)[0])).epsilon(0.01));
}

TEST_CASE("every bin between the outer middles is shared out whole") {
    const Tables tables(kSpeech);
    std::vector<float> sums(40, 0.0f);
    for (std::size_t k = 0; k < tables.bins.size(); ++k) {
        const WhittleMelBin& bin = tables.bins[k];
        const double hz = double(k) * 16000 / 512;
        CHECK((bin.upper < 0) == (hz < 20));
        if (bin.upper < 0) continue;
        CHECK(bin.upper <= 40);
        CHECK(bin.rise >= 0.0f);
        CHECK(bin.rise <= 1.0f);
        if (bin.upper < 40) sums[static_cast<std::size_t>(bin.upper)] += bin.rise;
        if (bin.upper > 0) sums[static_cast<std::size_t>(bin.upper) - 1] += 1.0f - bin.rise;
    }
    for (std::size_t band = 20; band < 40; ++band) CHECK(sums[band] > 1.0f);
}

TEST_CASE("options that make no sense are refused") {
    const auto valid = [](auto change) {
        WhittleMelOptions options = kSpeech;
        change(options);
        return whittle_mel_options_valid(&options) != 0;
    };
    CHECK(valid([](WhittleMelOptions&) {}));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.length = 500; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.frame = 513; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.frame = 0; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.bands = 0; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.bands = 129; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.high = 8001; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.low = 9000; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.low = -1; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.floor = 0; }));
    CHECK_FALSE(valid([](WhittleMelOptions& o) { o.sample_rate = std::nanf(""); }));
}

TEST_CASE("cepstral coefficients are an orthonormal transform") {
    const int bands = 40;
    std::vector<float> cosines(bands * bands);
    whittle_mfcc_prepare(bands, bands, cosines.data());
    for (int a = 0; a < bands; ++a) {
        for (int b = 0; b <= a; ++b) {
            double product = 0;
            for (int m = 0; m < bands; ++m)
                product += double(cosines[std::size_t(a * bands + m)]) *
                           double(cosines[std::size_t(b * bands + m)]);
            REQUIRE(std::fabs(product - (a == b ? 1.0 : 0.0)) < 1e-6);
        }
    }
    std::vector<float> flat(bands, 2.0f);
    std::vector<float> mfcc(13);
    whittle_mfcc(cosines.data(), bands, 13, flat.data(), mfcc.data());
    CHECK(mfcc[0] == doctest::Approx(2.0 * std::sqrt(40.0)).epsilon(1e-6));
    for (std::size_t k = 1; k < mfcc.size(); ++k) CHECK(std::fabs(mfcc[k]) < 1e-5f);
    // k = 2 by hand: sqrt(2/40) sum of ln_m cos(2 pi (m + 1/2) / 40)
    std::vector<float> ramp(bands);
    double expected = 0;
    for (int m = 0; m < bands; ++m) {
        ramp[std::size_t(m)] = static_cast<float>(m * m);
        expected += std::sqrt(2.0 / 40) * m * m * std::cos(kPi * 2 * (m + 0.5) / 40);
    }
    whittle_mfcc(cosines.data(), bands, 3, ramp.data(), mfcc.data());
    CHECK(double(mfcc[2]) == doctest::Approx(expected).epsilon(1e-5));
}

TEST_CASE("log2 in whole numbers, at every size") {
    CHECK(whittle_log2_q14(1) == 0);
    CHECK(whittle_log2_q14(std::uint64_t{1} << 63) == 63 << 14);
    Random random(2);
    for (int i = 0; i < 10000; ++i) {
        const std::uint64_t value =
            ((std::uint64_t{random.next()} << 32) | random.next()) >> random.below(64);
        if (value == 0) continue;
        const double exact = std::log2(static_cast<double>(value)) * 16384;
        // Rounded down, and the squares lose another bit.
        REQUIRE(whittle_log2_q14(value) <= exact + 1e-6);
        REQUIRE(whittle_log2_q14(value) > exact - 2.0);
    }
}

}  // namespace
}  // namespace whittle
