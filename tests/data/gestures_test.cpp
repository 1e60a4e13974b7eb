#include "core/data/gestures.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "tests/support/dataset_hash.h"

namespace whittle {
namespace {

constexpr std::size_t kSide = 32;

std::span<const std::uint8_t> picture(const Dataset& data, std::size_t i) {
    return std::span(std::get<std::vector<std::uint8_t>>(data.features))
        .subspan(i * kSide * kSide, kSide * kSide);
}

// How bright a moment is at speeds towards the radar (+1) or away from it (-1), from a fifth of the
// range outwards.
double side(std::span<const std::uint8_t> picture, std::size_t moment, int direction) {
    double sum = 0.0;
    for (std::size_t column = 0; column < kSide; ++column) {
        const double speed = (double(column) + 0.5) / 16.0 - 1.0;
        if (speed * direction < 0.2) continue;
        sum += std::max(double(picture[moment * kSide + column]) - 128.0, 0.0);
    }
    return sum;
}

// The mean moment of what moves in a direction, and how much that is.
struct Moved {
    double amount = 0.0;
    double moment = 0.0;
};

Moved moved(std::span<const std::uint8_t> picture, int direction) {
    Moved moved;
    for (std::size_t moment = 0; moment < kSide; ++moment) {
        const double here = side(picture, moment, direction);
        moved.amount += here;
        moved.moment += here * double(moment);
    }
    if (moved.amount > 0.0) moved.moment /= moved.amount;
    return moved;
}

TEST_CASE("gestures: shapes, sizes and balanced classes") {
    for (const std::size_t samples : {0u, 1u, 6u}) {
        const Dataset data = make_gestures(samples, 1);
        CHECK(data.size() == samples);
        CHECK(data.feature_shape == Shape{32, 32, 1});
        CHECK(data.target_shape == Shape{5});
        CHECK(data.class_names ==
              std::vector<std::string>{"nothing", "up-down", "swipe", "tick", "double tap"});
        CHECK(std::get<std::vector<std::uint8_t>>(data.features).size() == samples * 1024);
        for (std::size_t i = 0; i < samples; ++i) CHECK(data.labels[i] == i % 5);
    }
}

TEST_CASE("gestures: nothing moves little, all others first towards the radar and then away") {
    const Dataset data = make_gestures(500, 2);
    std::array<double, 5> amount{};
    std::array<int, 5> in_order{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        const Moved towards = moved(picture(data, i), 1);
        const Moved away = moved(picture(data, i), -1);
        amount[data.labels[i]] += (towards.amount + away.amount) / 100.0;
        in_order[data.labels[i]] += towards.moment < away.moment ? 1 : 0;
    }
    for (std::size_t gesture = 1; gesture < 5; ++gesture) {
        CAPTURE(gesture);
        CHECK(amount[gesture] > 5.0 * amount[0]);
        CHECK(in_order[gesture] > 90);
    }
}

TEST_CASE("gestures: a tick goes further away than near, a double tap comes twice") {
    const Dataset data = make_gestures(500, 3);
    int ticks = 0;
    std::array<int, 5> twice{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto pixels = picture(data, i);
        if (data.labels[i] == 3) ticks += moved(pixels, -1).amount > moved(pixels, 1).amount;
        // Moments that are bright on the near side, with dark ones between them.
        int rises = 0;
        bool bright = false;
        for (std::size_t moment = 0; moment < kSide; ++moment) {
            const double here = side(pixels, moment, 1);
            if (!bright && here > 150.0) ++rises;
            if (here > 150.0) bright = true;
            if (here < 50.0) bright = false;
        }
        twice[data.labels[i]] += rises == 2;
    }
    CHECK(ticks > 90);
    CHECK(twice[4] > 70);
    for (const std::size_t other : {0, 1, 2, 3}) CHECK(twice[other] < 20);
}

TEST_CASE("gestures: a sample depends on the seed and its index alone") {
    const Dataset few = make_gestures(10, 1);
    const Dataset many = make_gestures(20, 1);
    const Dataset other = make_gestures(10, 2);
    for (std::size_t i = 0; i < 10; ++i) {
        const auto pixels = picture(few, i);
        CHECK(std::equal(pixels.begin(), pixels.end(), picture(many, i).begin()));
        CHECK(!std::equal(pixels.begin(), pixels.end(), picture(many, i + 5).begin()));
        CHECK(!std::equal(pixels.begin(), pixels.end(), picture(other, i).begin()));
    }
}

// The literal is what x86-64 computes; every other target must reach the same bits.
TEST_CASE("gestures: the same bits on every target") {
    CHECK(test::hash_of(make_gestures(100, 1)) == "fcf04a37217af3c6");
}

}  // namespace
}  // namespace whittle
