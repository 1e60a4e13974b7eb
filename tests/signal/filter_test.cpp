#include "core/signal/filter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "core/base/random.h"
#include "core/signal/resample.h"
#include "core/signal/statistics.h"
#include "tests/signal/pi.h"

namespace whittle {
namespace {

double gain(const WhittleBiquad& f, double frequency, double rate) {
    const std::complex<double> z = std::polar(1.0, -2.0 * kPi * frequency / rate);
    const std::complex<double> over = double(f.b0) + double(f.b1) * z + double(f.b2) * z * z;
    const std::complex<double> under = 1.0 + double(f.a1) * z + double(f.a2) * z * z;
    return std::abs(over / under);
}

TEST_CASE("a finite impulse response answers an impulse with its taps") {
    const float taps[] = {0.5f, -1.0f, 2.0f, 0.25f};
    float history[4] = {};
    float x = 1.0f;
    for (const float tap : taps) {
        CHECK(whittle_fir_step(taps, 4, history, x) == tap);
        x = 0.0f;
    }
    CHECK(whittle_fir_step(taps, 4, history, 0.0f) == 0.0f);
    float none[1] = {};
    CHECK(whittle_fir_step(taps, 1, none, 3.0f) == 1.5f);
}

TEST_CASE("a windowed sinc passes what is below the cutoff and stops what is above") {
    std::vector<float> taps(101);
    whittle_fir_lowpass(1000.0f, 16000.0f, taps.data(), 101);
    const auto response = [&](double frequency) {
        std::complex<double> sum = 0;
        for (std::size_t k = 0; k < taps.size(); ++k) {
            sum += double(taps[k]) * std::polar(1.0, -2.0 * kPi * frequency / 16000 * double(k));
        }
        return std::abs(sum);
    };
    CHECK(response(0) == doctest::Approx(1.0).epsilon(1e-6));
    // Hamming: ripples of 0.2 %, stop band below -50 dB, transition 3.3 / 101 of the rate.
    CHECK(response(700) == doctest::Approx(1.0).epsilon(0.003));
    CHECK(response(1000) == doctest::Approx(0.5).epsilon(0.02));
    for (double frequency = 1300; frequency < 8000; frequency += 50) {
        CHECK(response(frequency) < 0.0032);
    }
    for (std::size_t k = 0; k < 50; ++k)
        CHECK(taps[k] == doctest::Approx(taps[100 - k]).epsilon(1e-5));
    float one = 0;
    whittle_fir_lowpass(1000.0f, 16000.0f, &one, 1);
    CHECK(one == 1.0f);
}

TEST_CASE("biquads have their gains at 0, at the frequency, and at half the rate") {
    const float q = 0.70710678f;
    for (const float frequency : {50.0f, 1000.0f, 3900.0f, 7000.0f}) {
        CAPTURE(frequency);
        const WhittleBiquad low = whittle_biquad_lowpass(frequency, 16000.0f, q);
        const WhittleBiquad high = whittle_biquad_highpass(frequency, 16000.0f, q);
        const WhittleBiquad band = whittle_biquad_bandpass(frequency, 16000.0f, 4.0f);
        // The poles of 50 Hz lie 0.01 from the circle: float32 coefficients cost two digits there.
        CHECK(gain(low, 0, 16000) == doctest::Approx(1.0).epsilon(1e-3));
        CHECK(gain(low, 8000, 16000) < 1e-6);
        CHECK(gain(low, frequency, 16000) == doctest::Approx(q).epsilon(1e-3));
        CHECK(gain(high, 0, 16000) < 1e-3);
        CHECK(gain(high, 8000, 16000) == doctest::Approx(1.0).epsilon(1e-3));
        CHECK(gain(high, frequency, 16000) == doctest::Approx(q).epsilon(1e-3));
        CHECK(gain(band, frequency, 16000) == doctest::Approx(1.0).epsilon(1e-3));
        CHECK(gain(band, 0, 16000) < 1e-3);
    }
}

TEST_CASE("a biquad run over samples is its difference equation") {
    const WhittleBiquad f = whittle_biquad_lowpass(1000.0f, 16000.0f, 0.9f);
    WhittleBiquadState state = {};
    Random random(1);
    double x[3] = {};
    double y[3] = {};
    for (int n = 0; n < 500; ++n) {
        x[2] = x[1];
        x[1] = x[0];
        y[2] = y[1];
        y[1] = y[0];
        const float sample = random.uniform(-1.0f, 1.0f);
        x[0] = double(sample);
        y[0] = double(f.b0) * x[0] + double(f.b1) * x[1] + double(f.b2) * x[2] -
               double(f.a1) * y[1] - double(f.a2) * y[2];
        // float32 against float64 over a filter that forgets within some tens of samples.
        REQUIRE(double(whittle_biquad_step(&f, &state, sample)) ==
                doctest::Approx(y[0]).epsilon(1e-5));
    }
}

std::vector<float> resampled(const std::vector<float>& samples, int from, int to) {
    WhittleResampler resampler;
    REQUIRE(whittle_resampler_init(from, to, &resampler) != 0);
    std::vector<float> table(static_cast<std::size_t>(resampler.up) *
                             static_cast<std::size_t>(resampler.taps));
    whittle_resampler_prepare(&resampler, table.data());
    const int count = static_cast<int>(samples.size());
    std::vector<float> output(static_cast<std::size_t>(whittle_resampled_count(&resampler, count)));
    whittle_resample(&resampler, table.data(), samples.data(), count, output.data());
    return output;
}

std::vector<float> tone(double frequency, int rate, int count) {
    std::vector<float> samples;
    for (int n = 0; n < count; ++n) {
        samples.push_back(static_cast<float>(std::sin(2 * kPi * frequency * n / rate)));
    }
    return samples;
}

TEST_CASE("a tone at another rate is the same tone") {
    struct Rates {
        int from, to;
    };
    for (const Rates rates : {Rates{44100, 16000},
                              {48000, 16000},
                              {16000, 44100},
                              {8000, 16000},
                              {16000, 16000},
                              {11025, 16000}}) {
        CAPTURE(rates.from);
        CAPTURE(rates.to);
        const std::vector<float> output =
            resampled(tone(1000, rates.from, rates.from / 4), rates.from, rates.to);
        CHECK(
            output.size() ==
            static_cast<std::size_t>(
                (rates.from / 4 * static_cast<long long>(rates.to) + rates.from - 1) / rates.from));
        double worst = 0;
        const std::size_t edge = output.size() / 20;
        for (std::size_t n = edge; n + edge < output.size(); ++n) {
            const double expected = std::sin(2 * kPi * 1000 * static_cast<double>(n) / rates.to);
            worst = std::max(worst, std::fabs(double(output[n]) - expected));
        }
        // -60 dB: the ripple of the window.
        CHECK(worst < 1e-3);
    }
}

TEST_CASE("what the new rate cannot hold is taken out") {
    const std::vector<float> output = resampled(tone(12000, 48000, 12000), 48000, 16000);
    double worst = 0;
    for (std::size_t n = 200; n + 200 < output.size(); ++n)
        worst = std::max(worst, std::fabs(double(output[n])));
    CHECK(worst < 2e-3);
    const std::vector<float> constant = resampled(std::vector<float>(4410, 0.25f), 44100, 16000);
    CHECK(constant[800] == doctest::Approx(0.25).epsilon(1e-6));
}

TEST_CASE("rates without a resampler") {
    WhittleResampler resampler;
    for (const int bad : {0, -1, -48000}) {
        CHECK(whittle_resampler_init(bad, 16000, &resampler) == 0);
        CHECK(whittle_resampler_init(16000, bad, &resampler) == 0);
    }
    CHECK(whittle_resampler_init(44101, 44103, &resampler) == 0);  // 44,103 phases
    CHECK(whittle_resampler_init(1000000, 8000, &resampler) == 0);
    CHECK(whittle_resampler_init(8000, 1000000, &resampler) == 0);
    CHECK(resampled({}, 44100, 16000).empty());
    CHECK(resampled({1.0f}, 44100, 16000).size() == 1);
}

TEST_CASE("normalised values have mean 0 and variance 1") {
    Random random(7);
    std::vector<float> values(1000);
    for (float& value : values) value = 100.0f + 5.0f * random.normal();
    whittle_normalize(values.data(), 1000, 1e-6f);
    const float mean = whittle_mean(values.data(), 1000);
    CHECK(std::fabs(mean) < 1e-5f);
    CHECK(whittle_variance(values.data(), 1000, mean) == doctest::Approx(1.0).epsilon(1e-4));
    std::vector<float> constant(10, 3.5f);
    whittle_normalize(constant.data(), 10, 1e-6f);
    for (const float value : constant) CHECK(value == 0.0f);
    CHECK(whittle_mean(nullptr, 0) == 0.0f);
}

TEST_CASE("the median is the middle of what is sorted, at every count and with equals") {
    Random random(9);
    for (int count = 1; count <= 40; ++count) {
        for (int repeat = 0; repeat < 20; ++repeat) {
            std::vector<float> values(static_cast<std::size_t>(count));
            for (float& value : values) value = std::floor(random.uniform(-4.0f, 4.0f));
            std::vector<float> sorted = values;
            std::sort(sorted.begin(), sorted.end());
            const std::size_t middle = sorted.size() / 2;
            const float expected =
                count % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            REQUIRE(whittle_median(values.data(), count) == expected);
        }
    }
    std::vector<float> wild = {2, 3, 1, 1000, 4};  // median 3, distances 1 0 2 997 1
    CHECK(whittle_median_absolute_deviation(wild.data(), 5) == 1.0f);
    std::vector<float> normal(20001);
    for (float& value : normal) value = random.normal();
    // Of 20,001 normal numbers it scatters by about 0.006.
    CHECK(1.4826 * double(whittle_median_absolute_deviation(normal.data(), 20001)) ==
          doctest::Approx(1.0).epsilon(0.03));
}

}  // namespace
}  // namespace whittle
