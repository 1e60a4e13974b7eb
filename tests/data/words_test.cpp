#include "core/data/words.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "core/data/resonator.h"
#include "tests/support/dataset_hash.h"

namespace whittle {
namespace {

std::span<const float> sound(const Dataset& data, std::size_t i) {
    return std::span(std::get<std::vector<float>>(data.features))
        .subspan(i * kWordLength, kWordLength);
}

double energy(std::span<const float> sound) {
    double sum = 0.0;
    for (const float value : sound) sum += double(value) * double(value);
    return sum;
}

// The share of the energy in high tones: that of the differences of neighbours, 0 to 4.
double brightness(std::span<const float> sound) {
    double sum = 0.0;
    for (std::size_t t = 1; t < sound.size(); ++t) {
        sum += std::pow(double(sound[t]) - double(sound[t - 1]), 2);
    }
    return sum / energy(sound);
}

TEST_CASE("words: shapes, sizes and balanced classes") {
    for (const std::size_t samples : {0u, 1u, 11u}) {
        const Dataset data = make_words(samples, 1);
        CHECK(data.size() == samples);
        CHECK(data.feature_shape == Shape{16000});
        CHECK(data.target_shape == Shape{10});
        CHECK(data.class_names.size() == kWords);
        CHECK(data.class_names[9] == "go");
        CHECK(std::get<std::vector<float>>(data.features).size() == samples * kWordLength);
        for (std::size_t i = 0; i < samples; ++i) CHECK(data.labels[i] == i % 10);
    }
}

TEST_CASE("words: loud enough, never clipped, a part of the second each") {
    const Dataset data = make_words(50, 2);
    for (std::size_t i = 0; i < data.size(); ++i) {
        CAPTURE(i);
        float peak = 0.0f;
        double sum = 0.0;
        for (const float value : sound(data, i)) {
            peak = std::max(peak, std::fabs(value));
            sum += double(value);
        }
        CHECK(peak > 0.2f);
        CHECK(peak < 0.9f);
        CHECK(std::fabs(sum / double(kWordLength)) < 0.01);
        // Pieces of 20 ms that hold more than a hundredth of the loudest one's energy.
        std::array<double, 50> pieces{};
        for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
            pieces[piece] = energy(sound(data, i).subspan(320 * piece, 320));
        }
        const double loudest = *std::max_element(pieces.begin(), pieces.end());
        const auto spoken = std::count_if(pieces.begin(), pieces.end(),
                                          [&](double piece) { return piece > 0.01 * loudest; });
        CHECK(spoken >= 5);   // 100 ms
        CHECK(spoken <= 40);  // 800 ms
    }
}

TEST_CASE("words: those with s hiss, those without do not") {
    const Dataset data = make_words(200, 3);
    std::array<double, kWords> mean{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        mean[data.labels[i]] += brightness(sound(data, i)) / 20.0;
    }
    for (const std::size_t hissing : {std::size_t{0}, std::size_t{8}}) {  // yes, stop
        for (const std::size_t other :
             {std::size_t{1}, std::size_t{6}, std::size_t{9}}) {  // no, on, go
            CHECK(mean[hissing] > 3.0 * mean[other]);
        }
    }
}

TEST_CASE("words: a sound depends on word, seed and index alone") {
    const Dataset few = make_words(12, 5);
    std::vector<float> alone(kWordLength);
    make_word(1, 5, 11, alone);
    CHECK(std::equal(alone.begin(), alone.end(), sound(few, 11).begin()));
    CHECK(!std::equal(alone.begin(), alone.end(), sound(few, 1).begin()));
    make_word(1, 6, 11, alone);
    CHECK(!std::equal(alone.begin(), alone.end(), sound(few, 11).begin()));
}

TEST_CASE("resonator: what it lets through") {
    const auto gain = [](Resonator resonator, double frequency) {
        double largest = 0.0;
        for (int t = 0; t < 8000; ++t) {
            const double x = std::sin(2.0 * 3.14159265358979 * frequency * t / 16000.0);
            const float y = resonator.next(static_cast<float>(x));
            if (t > 4000) largest = std::max(largest, std::fabs(double(y)));
        }
        return largest;
    };
    Resonator formant;
    formant.tune(1000.0f, 100.0f, 16000.0f);
    CHECK(gain(formant, 20.0) == doctest::Approx(1.0).epsilon(0.01));
    CHECK(gain(formant, 1000.0) > 8.0);
    CHECK(gain(formant, 4000.0) < 0.1);
    Resonator band;
    band.tune_to_peak(5000.0f, 500.0f, 16000.0f);
    CHECK(gain(band, 5000.0) == doctest::Approx(1.0).epsilon(0.02));
    // Half the power at half the width from the middle.
    CHECK(gain(band, 5250.0) == doctest::Approx(0.707).epsilon(0.05));
    CHECK(gain(band, 500.0) < 0.2);
}

// The literal is what x86-64 computes; every other target must reach the same bits.
TEST_CASE("words: the same bits on every target") {
    CHECK(test::hash_of(make_words(20, 1)) == "c916be88fbb06cf1");
}

}  // namespace
}  // namespace whittle
