#include "core/data/gestures.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "core/base/exact_math.h"
#include "core/data/sample_random.h"

namespace whittle {
namespace {

constexpr float kPi = 3.14159265f;
constexpr const char* kGestures[] = {"nothing", "up-down", "swipe", "tick", "double tap"};
constexpr std::uint32_t kGestureCount = std::size(kGestures);
constexpr std::size_t kCells = std::size_t{kGestureMoments} * kGestureSpeeds;

// The hand at one moment: its speed towards the radar, 1 at the edge of the picture, and how
// strongly it reflects.
struct HandState {
    float speed = 0.0f;
    float power = 0.0f;
};

// One stretch of a movement, from `begin` to `end` within the window's time 0 ... 1: the speed
// rises from 0 to `peak` and falls back to 0.
struct Stroke {
    float begin, end, peak;
};

float stroke_speed(const Stroke& stroke, float time) {
    if (time <= stroke.begin || time >= stroke.end) return 0.0f;
    return stroke.peak * whittle_sinf(kPi * (time - stroke.begin) / (stroke.end - stroke.begin));
}

// A movement made of strokes, or a straight passage by the radar.
struct Movement {
    std::array<Stroke, 4> strokes{};
    bool passage = false;
    float nearest = 0.5f;    // moment of a passage
    float quickness = 1.0f;  // of a passage
    float speed = 0.0f;      // of a passage

    HandState at(float time) const {
        if (passage) {
            // The part of a constant speed that points to the radar; reflections fade with the
            // distance.
            const float away = quickness * (time - nearest);
            const float squared = 1.0f + away * away;
            return {-speed * away / whittle_sqrtf(squared), 2.0f / (squared * squared)};
        }
        HandState state;
        for (const Stroke& stroke : strokes) {
            state.speed += stroke_speed(stroke, time);
            if (time > stroke.begin && time < stroke.end) state.power = 1.0f;
        }
        return state;
    }
};

Movement up_down(Random& random) {
    const float begin = random.uniform(0.05f, 0.25f);
    const float half = random.uniform(0.22f, 0.36f);
    const float pause = random.uniform(0.0f, 0.06f);
    const float peak = random.uniform(0.30f, 0.60f);
    const float back = peak * random.uniform(0.8f, 1.2f);
    Movement movement;
    movement.strokes[0] = {begin, begin + half, peak};
    movement.strokes[1] = {begin + half + pause, begin + 2.0f * half + pause, -back};
    return movement;
}

Movement swipe(Random& random) {
    Movement movement;
    movement.passage = true;
    movement.nearest = random.uniform(0.35f, 0.65f);
    movement.quickness = random.uniform(7.0f, 13.0f);
    movement.speed = random.uniform(0.55f, 0.95f);
    return movement;
}

Movement tick(Random& random) {
    const float begin = random.uniform(0.10f, 0.35f);
    const float first = random.uniform(0.12f, 0.18f);
    const float second = random.uniform(0.28f, 0.42f);
    Movement movement;
    movement.strokes[0] = {begin, begin + first, random.uniform(0.25f, 0.45f)};
    movement.strokes[1] = {begin + first, begin + first + second, -random.uniform(0.50f, 0.85f)};
    return movement;
}

Movement double_tap(Random& random) {
    const float half = random.uniform(0.06f, 0.10f);
    const float gap = random.uniform(0.10f, 0.22f);
    const float begin = random.uniform(0.06f, 0.92f - 4.0f * half - gap);
    Movement movement;
    for (std::size_t tap = 0; tap < 2; ++tap) {
        const float at = begin + (tap == 0 ? 0.0f : 2.0f * half + gap);
        movement.strokes[2 * tap] = {at, at + half, random.uniform(0.40f, 0.75f)};
        movement.strokes[2 * tap + 1] = {at + half, at + 2.0f * half,
                                         -random.uniform(0.40f, 0.75f)};
    }
    return movement;
}

Movement movement_of(std::uint32_t gesture, Random& random) {
    switch (gesture) {
        case 1: return up_down(random);
        case 2: return swipe(random);
        case 3: return tick(random);
        case 4: return double_tap(random);
        default: return {};
    }
}

// A reflection of `power` around a speed, spread over speeds within about `width`.
void add_reflection(std::span<float> row, float speed, float width, float power) {
    constexpr float kStep = 2.0f / static_cast<float>(kGestureSpeeds);
    for (std::size_t column = 0; column < row.size(); ++column) {
        const float off = (static_cast<float>(column) + 0.5f) * kStep - 1.0f - speed;
        row[column] += power * whittle_expf(-0.5f * off * off / (width * width));
    }
}

// The parts of a body: the hand, fingers that move a little faster, the arm behind it at half the
// speed.
void add_hand(std::span<float> row, const HandState& state, float size) {
    const float power = size * state.power;
    const float magnitude = state.speed < 0.0f ? -state.speed : state.speed;
    add_reflection(row, state.speed, 0.05f + 0.08f * magnitude, power);
    add_reflection(row, 1.2f * state.speed, 0.06f, 0.15f * power);
    add_reflection(row, 0.5f * state.speed, 0.06f + 0.1f * magnitude, 0.12f * power);
}

// The power of noise in one cell: it has an exponential distribution.
float noise_power(Random& random) { return -whittle_logf(1.0f - random.uniform()); }

void make_gesture(std::uint32_t gesture, Random& random, std::span<std::uint8_t> pixels) {
    const Movement movement = movement_of(gesture, random);
    const float size = whittle_expf(0.5f * random.normal());
    const float floor = 0.004f * whittle_expf(0.5f * random.normal());
    const float clutter = 0.10f * whittle_expf(0.8f * random.normal());
    const float sway = random.below(3) == 0 ? random.uniform(0.05f, 0.18f) : 0.02f;
    const float sway_phase = random.uniform(0.0f, 2.0f * kPi);
    const float sway_turns = random.uniform(0.3f, 1.5f);
    std::array<float, kGestureSpeeds> row{};
    for (std::size_t moment = 0; moment < std::size_t{kGestureMoments}; ++moment) {
        const float time = (static_cast<float>(moment) + 0.5f) / kGestureMoments;
        row.fill(0.0f);
        HandState state = movement.at(time);
        state.speed += 0.02f * random.normal();
        state.power *= whittle_expf(0.25f * random.normal());
        add_hand(row, state, size);
        const float swaying = sway * whittle_sinf(2.0f * kPi * sway_turns * time + sway_phase);
        add_reflection(row, swaying, 0.05f, clutter * whittle_expf(0.3f * random.normal()));
        for (std::size_t column = 0; column < row.size(); ++column) {
            const float power = row[column] + floor * noise_power(random);
            // From 0.001 (black) to 2 (white): 33 decibels.
            const float shade = (whittle_logf(power + 0.001f) + 6.9078f) / 7.6f;
            pixels[moment * row.size() + column] =
                static_cast<std::uint8_t>(255.0f * std::clamp(shade, 0.0f, 1.0f) + 0.5f);
        }
    }
}

}  // namespace

Dataset make_gestures(std::size_t samples, std::uint64_t seed) {
    Dataset data;
    data.name = "generated gestures";
    data.feature_shape = {kGestureMoments, kGestureSpeeds, 1};
    data.feature_scale = 1.0f / 255.0f;
    data.target_shape = {static_cast<std::int32_t>(kGestureCount)};
    data.class_names.assign(std::begin(kGestures), std::end(kGestures));
    std::vector<std::uint8_t> pixels(samples * kCells);
    data.labels.resize(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        Random random = sample_random(seed, i);
        data.labels[i] = static_cast<std::uint32_t>(i % kGestureCount);
        make_gesture(data.labels[i], random, std::span(pixels).subspan(i * kCells, kCells));
    }
    data.features = std::move(pixels);
    return data;
}

}  // namespace whittle
