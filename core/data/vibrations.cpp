#include "core/data/vibrations.h"

#include <array>
#include <iterator>
#include <span>

#include "core/base/exact_math.h"
#include "core/data/angles.h"
#include "core/data/resonator.h"
#include "core/data/sample_random.h"

namespace whittle {
namespace {

constexpr float kRate = static_cast<float>(kVibrationRate);
constexpr const char* kStates[] = {"normal", "imbalance", "bearing", "looseness"};
constexpr std::uint32_t kStateCount = std::size(kStates);
constexpr std::size_t kAxes = 3;
constexpr std::size_t kVibrationValues = std::size_t{kVibrationLength} * kAxes;

// [T, 3] values in g.
class Signal {
public:
    explicit Signal(std::span<float> values) : values_(values) {}

    void add(std::size_t time, std::size_t axis, float value) {
        values_[time * kAxes + axis] += value;
    }

    // A sine of this frequency (Hz), amplitude (g) and phase (radians) in one axis. Frequencies
    // above half the rate appear mirrored, as a sensor without a filter shows them.
    void add_sine(std::size_t axis, float frequency, float amplitude, float phase) {
        for (std::size_t t = 0; t < std::size_t{kVibrationLength}; ++t) {
            const float angle = kTwoPi * frequency * static_cast<float>(t) / kRate + phase;
            add(t, axis, amplitude * whittle_sinf(angle));
        }
    }

    // A sine of a phase of its own in every axis, of these amplitudes.
    void add_hum(float frequency, const std::array<float, kAxes>& amplitudes, Random& random) {
        for (std::size_t axis = 0; axis < kAxes; ++axis) {
            add_sine(axis, frequency, amplitudes[axis], random.uniform(0.0f, kTwoPi));
        }
    }

private:
    std::span<float> values_;
};

// A factor around 1, its logarithm of this standard deviation.
float factor(float spread, Random& random) { return whittle_expf(spread * random.normal()); }

void add_normal(Signal& signal, float turns, Random& random) {
    const std::array<float, kAxes> gravity = {-0.012f, 0.204f, 0.979f};
    const float strength = factor(0.2f, random);
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
        const float rest = gravity[axis] + 0.004f * random.normal();
        for (std::size_t t = 0; t < std::size_t{kVibrationLength}; ++t) {
            signal.add(t, axis, rest + 0.0035f * random.normal());
        }
    }
    const auto hum = [&](float frequency, float amplitude) {
        const float a = amplitude * strength * factor(0.25f, random);
        signal.add_hum(frequency, {a, 0.7f * a, 0.35f * a}, random);
    };
    constexpr float kMains = 60.0f;  // Hz
    constexpr float kBlades = 5.0f;
    hum(2.0f * kMains, 0.010f);  // the magnets pull twice in a period
    hum(2.0f * kMains - turns, 0.0025f);
    hum(turns, 0.002f);
    hum(2.0f * turns, 0.0015f);
    hum(kBlades * turns, 0.004f);
}

// The heavy side pulls outwards, in a circle.
void add_imbalance(Signal& signal, float turns, Random& random) {
    const float force = 0.025f * factor(0.5f, random);
    const float phase = random.uniform(0.0f, kTwoPi);
    signal.add_sine(0, turns, force, phase);
    signal.add_sine(1, turns, 0.8f * force, phase + 0.25f * kTwoPi);
    signal.add_sine(2, turns, 0.15f * force, phase);
    signal.add_sine(0, 2.0f * turns, 0.15f * force, 2.0f * phase);
}

// Balls pass the dent at almost equal intervals; each knock rings and dies away.
void add_bearing(Signal& signal, float turns, Random& random) {
    const float strength = 0.16f * factor(0.5f, random);
    const float knocks_hz = 3.6f * turns;
    Resonator housing;
    housing.tune_to_peak(random.uniform(72.0f, 88.0f), 16.0f, kRate);
    float next_knock = random.uniform(0.0f, kRate / knocks_hz);
    for (std::size_t t = 0; t < std::size_t{kVibrationLength}; ++t) {
        float knock = 0.0f;
        if (static_cast<float>(t) >= next_knock) {
            // The load on the dent changes as the shaft turns.
            const float angle = kTwoPi * turns * static_cast<float>(t) / kRate;
            knock = strength * (1.0f + 0.5f * whittle_sinf(angle)) * factor(0.2f, random);
            next_knock += kRate / knocks_hz * (1.0f + 0.03f * random.normal());
        }
        const float ringing = housing.next(knock);
        signal.add(t, 0, 0.5f * ringing);
        signal.add(t, 1, 0.25f * ringing);
        signal.add(t, 2, 0.35f * ringing);
    }
}

// The housing swings at half the speed and its multiples, mostly up and down, until it hits a stop.
void add_looseness(Signal& signal, float turns, Random& random) {
    const float strength = 0.02f * factor(0.5f, random);
    std::array<float, 8> amplitudes;
    std::array<float, 8> phases;
    for (std::size_t k = 0; k < amplitudes.size(); ++k) {
        amplitudes[k] = strength * factor(0.4f, random) / whittle_sqrtf(static_cast<float>(k + 1));
        phases[k] = random.uniform(0.0f, kTwoPi);
    }
    for (std::size_t t = 0; t < std::size_t{kVibrationLength}; ++t) {
        const float angle = kTwoPi * turns * static_cast<float>(t) / kRate;
        float swing = 0.0f;
        for (std::size_t k = 0; k < amplitudes.size(); ++k) {
            const float order = 0.5f * static_cast<float>(k + 1);
            swing += amplitudes[k] * whittle_sinf(order * angle + phases[k]);
        }
        const float stop = 1.2f * strength;
        if (swing > stop) swing = stop + 0.2f * (swing - stop) + 0.5f * strength * random.uniform();
        signal.add(t, 0, 0.3f * swing);
        signal.add(t, 1, 0.4f * swing);
        signal.add(t, 2, swing);
    }
}

void make_vibration(std::uint32_t state, Random& random, std::span<float> values) {
    Signal signal(values);
    const float turns = random.uniform(13.0f, 15.0f);
    add_normal(signal, turns, random);
    switch (state) {
        case 1: add_imbalance(signal, turns, random); break;
        case 2: add_bearing(signal, turns, random); break;
        case 3: add_looseness(signal, turns, random); break;
        default: break;
    }
}

}  // namespace

Dataset make_vibrations(std::size_t samples, std::uint64_t seed) {
    Dataset data;
    data.name = "generated vibrations";
    data.feature_shape = {kVibrationLength, static_cast<std::int32_t>(kAxes)};
    data.target_shape = {static_cast<std::int32_t>(kStateCount)};
    data.class_names.assign(std::begin(kStates), std::end(kStates));
    std::vector<float> values(samples * kVibrationValues);
    data.labels.resize(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        Random random = sample_random(seed, i);
        data.labels[i] = static_cast<std::uint32_t>(i % kStateCount);
        make_vibration(data.labels[i], random,
                       std::span(values).subspan(i * kVibrationValues, kVibrationValues));
    }
    data.features = std::move(values);
    return data;
}

}  // namespace whittle
