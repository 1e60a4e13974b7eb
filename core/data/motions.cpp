#include "core/data/motions.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "core/base/exact_math.h"
#include "core/data/angles.h"
#include "core/data/sample_random.h"

namespace whittle {
namespace {

constexpr float kRange = 8.0f;  // of the sensor, in g
constexpr const char* kActivities[] = {"walking", "running", "biking", "golfing"};
constexpr std::uint32_t kActivityCount = std::size(kActivities);
constexpr std::size_t kLength = kMotionLength;
constexpr std::size_t kValues = kLength * 3;

// Acceleration in g, gravity included: a body at rest feels 1 upwards.
struct Felt {
    float forward = 0.0f;
    float sideways = 0.0f;
    float up = 1.0f;
};
using Window = std::array<Felt, kLength>;

float time_of(std::size_t t) { return static_cast<float>(t) / static_cast<float>(kMotionRate); }

float around(float value, float spread, Random& random) {
    return value * whittle_expf(spread * random.normal());
}

void walk(Window& window, Random& random) {
    const float steps_hz = random.uniform(1.6f, 2.2f);
    const float strength = around(0.24f, 0.2f, random);
    const float begin = random.uniform(0.0f, 2.0f);  // in steps
    const float heel = random.uniform(0.3f, 0.7f);
    for (std::size_t t = 0; t < kLength; ++t) {
        const float angle = kTwoPi * (steps_hz * time_of(t) + begin);
        Felt& felt = window[t];
        felt.up += strength * (whittle_sinf(angle) + heel * whittle_sinf(2.0f * angle + 0.8f));
        felt.forward += 0.6f * strength * whittle_sinf(angle + 1.9f);
        felt.sideways += 0.5f * strength * whittle_sinf(0.5f * angle);
    }
}

// Flight, in which nearly nothing is felt, and a blow as long as half a step.
void run(Window& window, Random& random) {
    const float steps_hz = random.uniform(2.4f, 3.2f);
    const float strength = around(2.2f, 0.2f, random);
    const float begin = random.uniform(0.0f, 2.0f);
    const float lean = random.uniform(0.1f, 0.3f);
    for (std::size_t t = 0; t < kLength; ++t) {
        const float angle = kTwoPi * (steps_hz * time_of(t) + begin);
        const float push = std::max(whittle_sinf(angle), 0.0f);
        Felt& felt = window[t];
        felt.up = 0.15f + strength * push * (0.7f + 0.3f * push);
        felt.forward += strength * (lean * push + 0.25f * whittle_sinf(angle + 1.2f) * push);
        felt.sideways += 0.2f * strength * push * whittle_sinf(0.5f * angle);
    }
}

void ride(Window& window, Random& random) {
    const float pedals_hz = random.uniform(1.0f, 1.6f);
    const float strength = around(0.07f, 0.3f, random);
    const float road = around(0.07f, 0.5f, random);
    const float lean = random.uniform(0.25f, 0.6f);
    const float begin = random.uniform(0.0f, 1.0f);
    float shake = 0.0f;
    for (std::size_t t = 0; t < kLength; ++t) {
        const float angle = kTwoPi * (pedals_hz * time_of(t) + begin);
        shake = 0.5f * shake + road * random.normal();
        if (random.below(90) == 0) shake += 6.0f * road;  // a bump
        Felt& felt = window[t];
        felt.forward += lean + strength * whittle_sinf(2.0f * angle);
        felt.sideways += strength * whittle_sinf(angle);
        felt.up += shake - 0.5f * lean * lean;
    }
}

// A smooth rise and fall around `middle`: 1 there, 0 from `half` seconds away.
float bell(float time, float middle, float half) {
    const float away = (time - middle) / half;
    if (away <= -1.0f || away >= 1.0f) return 0.0f;
    return 0.5f + 0.5f * whittle_cosf(0.5f * kTwoPi * away);
}

void swing_club(Window& window, Random& random) {
    const float impact = random.uniform(0.9f, 2.2f);  // s from the beginning
    const float backswing = random.uniform(0.6f, 0.9f);
    const float strength = around(3.0f, 0.25f, random);
    const float sway = random.uniform(0.01f, 0.03f);
    const float sway_hz = random.uniform(0.2f, 0.5f);
    const float side = random.below(2) == 0 ? -1.0f : 1.0f;  // of a right- or left-handed player
    for (std::size_t t = 0; t < kLength; ++t) {
        const float time = time_of(t);
        const float back = bell(time, impact - 0.75f * backswing, 0.5f * backswing);
        const float down = bell(time, impact - 0.04f, 0.16f);
        const float through = bell(time, impact + 0.22f, 0.25f);
        Felt& felt = window[t];
        felt.sideways += side * (0.35f * back - strength * down + 0.4f * strength * through);
        felt.up += 0.25f * back + 0.8f * strength * down - 0.3f * through;
        felt.forward += sway * whittle_sinf(kTwoPi * sway_hz * time) + 0.4f * strength * down;
    }
}

// The rotation of a sensor that is worn crookedly: about each axis by some degrees.
struct Rotation {
    std::array<float, 3> sines;
    std::array<float, 3> cosines;

    explicit Rotation(Random& random) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const float angle = 0.12f * random.normal();
            sines[axis] = whittle_sinf(angle);
            cosines[axis] = whittle_cosf(angle);
        }
    }

    Felt turned(Felt f) const {
        f = {f.forward, cosines[0] * f.sideways - sines[0] * f.up,
             sines[0] * f.sideways + cosines[0] * f.up};
        f = {cosines[1] * f.forward + sines[1] * f.up, f.sideways,
             cosines[1] * f.up - sines[1] * f.forward};
        return {cosines[2] * f.forward - sines[2] * f.sideways,
                sines[2] * f.forward + cosines[2] * f.sideways, f.up};
    }
};

void make_motion(std::uint32_t activity, Random& random, std::span<float> values) {
    const Rotation rotation(random);
    Window window{};
    switch (activity) {
        case 0: walk(window, random); break;
        case 1: run(window, random); break;
        case 2: ride(window, random); break;
        default: swing_club(window, random); break;
    }
    const float noise = activity == 1 ? 0.08f : 0.02f;
    float* out = values.data();
    for (const Felt& felt : window) {
        const Felt turned = rotation.turned(felt);
        for (const float value : {turned.forward, turned.sideways, turned.up}) {
            *out++ = std::clamp(value + noise * random.normal(), -kRange, kRange);
        }
    }
}

}  // namespace

Dataset make_motions(std::size_t samples, std::uint64_t seed) {
    Dataset data;
    data.name = "generated motions";
    data.feature_shape = {kMotionLength, 3};
    data.target_shape = {static_cast<std::int32_t>(kActivityCount)};
    data.class_names.assign(std::begin(kActivities), std::end(kActivities));
    std::vector<float> values(samples * kValues);
    data.labels.resize(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        Random random = sample_random(seed, i);
        data.labels[i] = static_cast<std::uint32_t>(i % kActivityCount);
        make_motion(data.labels[i], random, std::span(values).subspan(i * kValues, kValues));
    }
    data.features = std::move(values);
    return data;
}

}  // namespace whittle
