// Windows of vibration and of motion: three axes over time.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <span>

#include "core/data/motions.h"
#include "core/data/vibrations.h"
#include "tests/support/dataset_hash.h"

namespace whittle {
namespace {

using Axes = std::array<double, 3>;

std::span<const float> window(const Dataset& data, std::size_t i) {
    const std::size_t row = data.feature_count();
    return std::span(std::get<std::vector<float>>(data.features)).subspan(i * row, row);
}

struct Spread {
    Axes mean{};
    Axes deviation{};
};

Spread spread_of(std::span<const float> values) {
    Spread spread;
    const double count = double(values.size()) / 3.0;
    for (std::size_t i = 0; i < values.size(); ++i) spread.mean[i % 3] += double(values[i]) / count;
    for (std::size_t i = 0; i < values.size(); ++i) {
        spread.deviation[i % 3] += std::pow(double(values[i]) - spread.mean[i % 3], 2) / count;
    }
    for (double& deviation : spread.deviation) deviation = std::sqrt(deviation);
    return spread;
}

// The means over all samples of one class.
Spread spread_of_class(const Dataset& data, std::uint32_t label) {
    Spread mean;
    double count = 0.0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        if (data.labels[i] != label) continue;
        const Spread one = spread_of(window(data, i));
        for (std::size_t axis = 0; axis < 3; ++axis) {
            mean.mean[axis] += one.mean[axis];
            mean.deviation[axis] += one.deviation[axis];
        }
        count += 1.0;
    }
    for (std::size_t axis = 0; axis < 3; ++axis) {
        mean.mean[axis] /= count;
        mean.deviation[axis] /= count;
    }
    return mean;
}

// The amplitude of one axis at `cycles` per window, by the definition of the Fourier transform.
double amplitude(std::span<const float> values, std::size_t axis, double cycles) {
    const auto length = values.size() / 3;
    const double mean = spread_of(values).mean[axis];
    double re = 0.0;
    double im = 0.0;
    for (std::size_t t = 0; t < length; ++t) {
        const double angle = 2.0 * 3.14159265358979 * cycles * double(t) / double(length);
        re += (double(values[3 * t + axis]) - mean) * std::cos(angle);
        im += (double(values[3 * t + axis]) - mean) * std::sin(angle);
    }
    return 2.0 * std::sqrt(re * re + im * im) / double(length);
}

double largest_amplitude(std::span<const float> values, std::size_t axis, double from, double to) {
    double largest = 0.0;
    for (double cycles = from; cycles <= to; cycles += 0.25) {
        largest = std::max(largest, amplitude(values, axis, cycles));
    }
    return largest;
}

TEST_CASE("vibrations and motions: shapes, sizes and balanced classes") {
    for (const std::size_t samples : {0u, 1u, 9u}) {
        const Dataset vibrations = make_vibrations(samples, 1);
        const Dataset motions = make_motions(samples, 1);
        CHECK(vibrations.feature_shape == Shape{200, 3});
        CHECK(motions.feature_shape == Shape{128, 3});
        CHECK(vibrations.class_names ==
              std::vector<std::string>{"normal", "imbalance", "bearing", "looseness"});
        CHECK(motions.class_names ==
              std::vector<std::string>{"walking", "running", "biking", "golfing"});
        for (const Dataset* data : {&vibrations, &motions}) {
            CHECK(data->size() == samples);
            CHECK(data->target_shape == Shape{4});
            CHECK(std::get<std::vector<float>>(data->features).size() ==
                  samples * data->feature_count());
            for (std::size_t i = 0; i < samples; ++i) CHECK(data->labels[i] == i % 4);
        }
    }
}

TEST_CASE("vibrations: at rest the axes see gravity, running normally some 10 mg") {
    const Dataset data = make_vibrations(400, 2);
    for (std::uint32_t state = 0; state < 4; ++state) {
        const Spread spread = spread_of_class(data, state);
        CHECK(spread.mean[0] == doctest::Approx(-0.012).epsilon(0.005).scale(1.0));
        CHECK(spread.mean[1] == doctest::Approx(0.204).epsilon(0.005).scale(1.0));
        CHECK(spread.mean[2] == doctest::Approx(0.979).epsilon(0.005).scale(1.0));
        for (std::size_t axis = 0; axis < 3; ++axis) {
            if (state == 0) {
                CHECK(spread.deviation[axis] > 0.004);
                CHECK(spread.deviation[axis] < 0.012);
            } else {
                CHECK(spread.deviation[axis] > spread_of_class(data, 0).deviation[axis]);
            }
        }
    }
}

TEST_CASE("vibrations: each fault shows at its own frequencies") {
    const Dataset data = make_vibrations(160, 3);
    std::array<double, 4> at_turns{};
    std::array<double, 4> at_half_turns{};
    std::array<double, 4> at_ringing{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        at_turns[data.labels[i]] += largest_amplitude(window(data, i), 0, 13.0, 15.0) / 40.0;
        at_half_turns[data.labels[i]] += largest_amplitude(window(data, i), 2, 6.5, 7.5) / 40.0;
        at_ringing[data.labels[i]] += largest_amplitude(window(data, i), 2, 82.0, 98.0) / 40.0;
    }
    for (const std::size_t state : {0, 2, 3}) CHECK(at_turns[1] > 3.0 * at_turns[state]);
    for (const std::size_t state : {0, 1, 2}) CHECK(at_half_turns[3] > 3.0 * at_half_turns[state]);
    for (const std::size_t state : {0, 1}) CHECK(at_ringing[2] > 2.0 * at_ringing[state]);
}

TEST_CASE("motions: each activity feels as it says, within the sensor's range") {
    const Dataset data = make_motions(200, 4);
    std::array<double, 4> steps_hz{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        for (const float value : window(data, i)) REQUIRE(std::fabs(value) <= 8.0f);
        double best = 0.0;
        double best_amplitude = 0.0;
        for (double hz = 0.8; hz < 5.0; hz += 0.1) {
            const double here = amplitude(window(data, i), 2, hz * 2.56);
            if (here > best_amplitude) best = hz;
            best_amplitude = std::max(best_amplitude, here);
        }
        steps_hz[data.labels[i]] += best / 50.0;
    }
    // Some walkers' heels are heavier than their steps, at twice the pace.
    CHECK(steps_hz[0] > 1.6);
    CHECK(steps_hz[0] < 2.6);
    CHECK(steps_hz[1] > 2.4);
    CHECK(steps_hz[1] < 3.2);
    const Spread walking = spread_of_class(data, 0);
    const Spread running = spread_of_class(data, 1);
    const Spread biking = spread_of_class(data, 2);
    const Spread golfing = spread_of_class(data, 3);
    CHECK(walking.mean[2] == doctest::Approx(1.0).epsilon(0.05));
    CHECK(running.deviation[2] > 2.5 * walking.deviation[2]);
    CHECK(biking.deviation[2] < 0.7 * walking.deviation[2]);
    CHECK(biking.mean[0] > 0.25);
    CHECK(golfing.deviation[1] > 2.0 * walking.deviation[1]);
}

TEST_CASE("motions: one swing in a window of golfing, the rest is standing") {
    const Dataset data = make_motions(200, 5);
    for (std::size_t i = 3; i < data.size(); i += 4) {
        CAPTURE(i);
        const std::span<const float> values = window(data, i);
        std::size_t moving = 0;
        for (std::size_t t = 1; t < 128; ++t) {
            const float change = values[3 * t + 1] - values[3 * t - 2];
            moving += std::fabs(change) > 0.15f ? 1 : 0;
        }
        CHECK(moving > 5);
        CHECK(moving < 64);
    }
}

TEST_CASE("vibrations and motions: a sample depends on the seed and its index alone") {
    for (const auto make : {make_vibrations, make_motions}) {
        const Dataset few = make(8, 1);
        const Dataset many = make(20, 1);
        const Dataset other = make(8, 2);
        for (std::size_t i = 0; i < 8; ++i) {
            const auto values = window(few, i);
            CHECK(std::equal(values.begin(), values.end(), window(many, i).begin()));
            CHECK(!std::equal(values.begin(), values.end(), window(many, i + 4).begin()));
            CHECK(!std::equal(values.begin(), values.end(), window(other, i).begin()));
        }
    }
}

// The literals are what x86-64 computes; every other target must reach the same bits.
TEST_CASE("vibrations and motions: the same bits on every target") {
    CHECK(test::hash_of(make_vibrations(100, 1)) == "004057d151fe6948");
    CHECK(test::hash_of(make_motions(100, 1)) == "cc768bb6ba5dc4dc");
}

}  // namespace
}  // namespace whittle
