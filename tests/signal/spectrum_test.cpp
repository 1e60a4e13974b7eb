#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <vector>

#include "core/base/random.h"
#include "core/signal/window.h"
#include "tests/signal/pi.h"

namespace whittle {
namespace {

std::vector<float> noise(int count, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = random.uniform(-1.0f, 1.0f);
    return values;
}

// The definition, in float64. The angle is reduced in whole numbers first.
std::complex<double> bin_of(const std::vector<float>& samples, int k) {
    const auto count = static_cast<long long>(samples.size());
    std::complex<double> sum = 0;
    for (long long n = 0; n < count; ++n) {
        const double angle =
            -2.0 * kPi * static_cast<double>(n * k % count) / static_cast<double>(count);
        sum += static_cast<double>(samples[static_cast<std::size_t>(n)]) * std::polar(1.0, angle);
    }
    return sum;
}

std::vector<std::complex<double>> transformed(std::vector<float> samples) {
    const int length = static_cast<int>(samples.size());
    std::vector<float> roots(samples.size());
    whittle_real_fft_prepare(length, roots.data());
    whittle_real_fft(roots.data(), length, samples.data());
    std::vector<std::complex<double>> bins = {{samples[0], 0}};
    for (std::size_t k = 1; k < samples.size() / 2; ++k)
        bins.emplace_back(samples[2 * k], samples[2 * k + 1]);
    bins.emplace_back(samples[1], 0);
    return bins;
}

TEST_CASE("the unit circle is exact where it can be, and within half a unit in the last place") {
    for (const int n : {1, 2, 3, 4, 7, 8, 12, 480, 1024, 44100}) {
        for (int k = 0; k < n; ++k) {
            float c = 9;
            float s = 9;
            whittle_unit_root(k, n, &c, &s);
            const double angle = 2.0 * kPi * k / n;
            // Half a unit in the last place below 1 is 2^-25, and float64 rounds a little.
            REQUIRE(std::fabs(static_cast<double>(c) - std::cos(angle)) < 3.0e-8);
            REQUIRE(std::fabs(static_cast<double>(s) - std::sin(angle)) < 3.0e-8);
            if (4 * k % n == 0) REQUIRE((c == 0.0f || s == 0.0f));
            if (8 * k % n == 0 && 4 * k % n != 0) REQUIRE(std::fabs(c) == std::fabs(s));
        }
    }
}

TEST_CASE("a transform is its definition, at every length") {
    for (int length = 2; length <= 4096; length *= 2) {
        CAPTURE(length);
        REQUIRE(whittle_is_fft_length(length) != 0);
        const std::vector<float> samples = noise(length, 3);
        const auto bins = transformed(samples);
        REQUIRE(bins.size() == static_cast<std::size_t>(length) / 2 + 1);
        // Errors grow with the stages; values with the root of the length.
        const double bound = 3.0e-7 * std::log2(2.0 * length) * std::sqrt(length);
        const int step = length <= 256 ? 1 : 37;
        for (int k = 0; k <= length / 2; k += step) {
            REQUIRE(std::abs(bins[static_cast<std::size_t>(k)] - bin_of(samples, k)) < bound);
        }
    }
    for (const int length : {-2, 0, 1, 3, 6, 65536}) CHECK(whittle_is_fft_length(length) == 0);
}

TEST_CASE("an impulse has a flat spectrum, a constant has one bin, a tone has its own") {
    std::vector<float> impulse(64, 0.0f);
    impulse[0] = 1.0f;
    for (const auto& bin : transformed(impulse)) CHECK(bin == std::complex<double>(1, 0));
    const auto constant = transformed(std::vector<float>(64, 0.5f));
    CHECK(constant[0].real() == 32.0);
    for (std::size_t k = 1; k < constant.size(); ++k) CHECK(std::abs(constant[k]) == 0.0);
    std::vector<float> tone;
    for (int n = 0; n < 64; ++n) tone.push_back(static_cast<float>(std::cos(2 * kPi * 5 * n / 64)));
    std::vector<float> power(33);
    std::vector<float> roots(64);
    whittle_real_fft_prepare(64, roots.data());
    whittle_real_fft(roots.data(), 64, tone.data());
    whittle_power_spectrum(tone.data(), 64, power.data());
    CHECK(power[5] == doctest::Approx(32.0 * 32.0).epsilon(1e-6));
    for (std::size_t k = 0; k < power.size(); ++k) {
        if (k != 5) CHECK(power[k] < 1e-9f);
    }
}

// What lesson and sensor have in common: shifted in time, the samples differ and the spectrum does
// not.
TEST_CASE("a shifted sine: other samples, the same spectrum") {
    std::vector<std::vector<float>> powers;
    for (const double shift : {0.0, 0.7, 2.1}) {
        std::vector<float> samples;
        for (int n = 0; n < 256; ++n) {
            samples.push_back(static_cast<float>(std::sin(2 * kPi * 12 * n / 256 + shift)));
        }
        std::vector<float> roots(256);
        std::vector<float> power(129);
        whittle_real_fft_prepare(256, roots.data());
        whittle_real_fft(roots.data(), 256, samples.data());
        whittle_power_spectrum(samples.data(), 256, power.data());
        powers.push_back(power);
    }
    for (std::size_t k = 0; k < 129; ++k) {
        // The peak is 128^2; rounding leaves about 1e-7 of it.
        CHECK(std::fabs(powers[0][k] - powers[1][k]) < 0.02f);
        CHECK(std::fabs(powers[0][k] - powers[2][k]) < 0.02f);
    }
    CHECK(powers[0][12] > 16000.0f);
}

TEST_CASE("windows that overlap by half add up to a constant") {
    for (const int length : {2, 4, 30, 480, 512}) {
        CAPTURE(length);
        std::vector<float> hann(static_cast<std::size_t>(length));
        std::vector<float> hamming(static_cast<std::size_t>(length));
        whittle_hann_window(hann.data(), length);
        whittle_hamming_window(hamming.data(), length);
        CHECK(hann[0] == 0.0f);
        CHECK(hann[hann.size() / 2] == 1.0f);
        CHECK(hamming[0] == 0.08f);
        const std::size_t half = hann.size() / 2;
        for (std::size_t n = 0; n < half; ++n) {
            CHECK(hann[n] + hann[n + half] == doctest::Approx(1.0).epsilon(1e-6));
            CHECK(hamming[n] + hamming[n + half] == doctest::Approx(1.08).epsilon(1e-6));
        }
    }
}

TEST_CASE("frames are whole") {
    CHECK(whittle_frame_count(16000, 480, 320) == 49);
    CHECK(whittle_frame_count(480, 480, 320) == 1);
    CHECK(whittle_frame_count(479, 480, 320) == 0);
    CHECK(whittle_frame_count(0, 1, 1) == 0);
    CHECK(whittle_frame_count(5, 1, 1) == 5);
}

}  // namespace
}  // namespace whittle
