#include "core/data/augment.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/data/digits.h"
#include "tests/support/dataset_hash.h"

namespace whittle {
namespace {

using Floats = std::vector<float>;

// Samples of this shape whose values are all different, in two classes by turns.
Dataset numbered(const Shape& shape, std::size_t samples) {
    Dataset data;
    data.feature_shape = shape;
    data.target_shape = {2};
    data.class_names = {"even", "odd"};
    Floats values(samples * data.feature_count());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.0f + static_cast<float>(i);
    data.features = values;
    for (std::size_t i = 0; i < samples; ++i) data.labels.push_back(std::uint32_t(i % 2));
    return data;
}

struct Batch {
    Floats features;
    Floats targets;
};

Batch gathered(const Dataset& data,
               const Augmentation& options,
               const std::vector<std::uint32_t>& indices,
               std::uint64_t epoch = 0,
               std::uint64_t seed = 1) {
    auto augmenter = Augmenter::make(data, options, seed);
    REQUIRE_MESSAGE(augmenter.ok(), augmenter.status().error().message());
    Batch batch{Floats(indices.size() * data.feature_count()),
                Floats(indices.size() * data.target_count())};
    augmenter->gather(indices, epoch, batch.features, batch.targets);
    return batch;
}

Floats one(const Dataset& data, const Augmentation& options, std::uint64_t epoch = 0) {
    return gathered(data, options, {0}, epoch).features;
}

Augmentation everything(const Dataset& background) {
    Augmentation all;
    all.rotation_degrees = 15.0f;
    all.scale = 0.1f;
    all.shift = 2.0f;
    all.time_shift = 0.1f;
    all.gain = 0.2f;
    all.background_share = 0.5f;
    all.background_level = 0.3f;
    all.background = &background;
    all.noise = 0.05f;
    all.mixup = 0.4f;
    return all;
}

TEST_CASE("augmentation: nothing asked for changes nothing") {
    const Dataset data = numbered({3, 4, 2}, 5);
    const Batch batch = gathered(data, {}, {3, 0, 3});
    Floats features(3 * 24);
    Floats targets(6);
    data.gather_features(std::vector<std::uint32_t>{3, 0, 3}, features);
    data.gather_targets(std::vector<std::uint32_t>{3, 0, 3}, targets);
    CHECK(batch.features == features);
    CHECK(batch.targets == targets);
    CHECK(gathered(data, {.noise = 1.0f}, {}).features.empty());
}

TEST_CASE("augmentation: a sample depends on seed, epoch and index, not on its batch") {
    const Dataset data = make_digits(30, 1);
    const Dataset background = make_digits(7, 2);
    const Augmentation all = everything(background);
    std::vector<std::uint32_t> forward(30);
    std::iota(forward.begin(), forward.end(), 0u);
    const std::vector<std::uint32_t> backward(forward.rbegin(), forward.rend());
    const Batch first = gathered(data, all, forward, 3);
    const Batch second = gathered(data, all, backward, 3);
    const Batch next_epoch = gathered(data, all, forward, 4);
    const Batch other_seed = gathered(data, all, forward, 3, 2);
    for (std::uint32_t i = 0; i < 30; ++i) {
        const Batch alone = gathered(data, all, {i}, 3);
        const auto at = first.features.begin() + std::ptrdiff_t(784 * i);
        const auto mirrored = second.features.begin() + std::ptrdiff_t(784 * (29 - i));
        CHECK(std::equal(at, at + 784, mirrored));
        CHECK(std::equal(at, at + 784, alone.features.begin()));
        CHECK(alone.targets[4] == first.targets[10 * i + 4]);
    }
    CHECK(first.features != next_epoch.features);
    CHECK(first.features != other_seed.features);
}

TEST_CASE("augmentation: one augmenter gives the same as another, whatever it did before") {
    const Dataset data = make_digits(10, 1);
    const Augmentation all = everything(data);
    auto used = Augmenter::make(data, all, 1);
    REQUIRE(used.ok());
    Batch batch{Floats(784), Floats(10)};
    for (const std::uint32_t index : {5u, 2u, 9u}) {
        used->gather(std::span(&index, 1), 1, batch.features, batch.targets);
    }
    CHECK(batch.features == gathered(data, all, {9}, 1).features);
    CHECK(batch.targets == gathered(data, all, {9}, 1).targets);
}

// An image with a bright dot; where it went is its centre of mass.
struct Dot {
    double mass = 0.0, y = 0.0, x = 0.0;

    explicit Dot(const Floats& image) {
        for (std::size_t i = 0; i < image.size(); ++i) {
            mass += double(image[i]);
            y += double(image[i]) * double(i / 21);
            x += double(image[i]) * double(i % 21);
        }
        y /= mass;
        x /= mass;
    }
};

Dataset dot_at(std::size_t y, std::size_t x) {
    Dataset data = numbered({21, 21, 1}, 1);
    Floats image(441, 0.0f);
    // Smooth, so that reading between the pixels loses little.
    for (std::size_t i = 0; i < 441; ++i) {
        const double off_y = double(i / 21) - double(y);
        const double off_x = double(i % 21) - double(x);
        image[i] = static_cast<float>(std::exp(-(off_y * off_y + off_x * off_x) / 4.0));
    }
    data.features = image;
    return data;
}

TEST_CASE("augmentation: shifts move within their bounds, by all amounts") {
    const Dataset data = dot_at(10, 10);
    double least = 0.0;
    double most = 0.0;
    for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
        const Dot dot(one(data, {.shift = 3.0f}, epoch));
        CHECK(std::fabs(dot.y - 10.0) <= 3.01);
        CHECK(std::fabs(dot.x - 10.0) <= 3.01);
        CHECK(dot.mass == doctest::Approx(12.56).epsilon(0.02));  // 4 pi
        least = std::min(least, dot.x - 10.0);
        most = std::max(most, dot.x - 10.0);
    }
    CHECK(least < -2.5);
    CHECK(most > 2.5);
}

TEST_CASE("augmentation: a turn keeps the distance from the middle, within its angle") {
    const Dataset data = dot_at(10, 16);
    double least = 0.0;
    double most = 0.0;
    for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
        const Dot dot(one(data, {.rotation_degrees = 30.0f}, epoch));
        CHECK(std::hypot(dot.y - 10.0, dot.x - 10.0) == doctest::Approx(6.0).epsilon(0.02));
        const double angle = std::atan2(dot.y - 10.0, dot.x - 10.0) * 57.29578;
        CHECK(std::fabs(angle) <= 30.3);
        least = std::min(least, angle);
        most = std::max(most, angle);
    }
    CHECK(least < -25.0);
    CHECK(most > 25.0);
}

TEST_CASE("augmentation: scaling grows and shrinks about the middle") {
    const Dataset data = dot_at(10, 15);
    double least = 10.0;
    double most = 0.0;
    for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
        const Dot dot(one(data, {.scale = 0.25f}, epoch));
        CHECK(dot.y == doctest::Approx(10.0).epsilon(0.01));
        least = std::min(least, dot.x - 10.0);
        most = std::max(most, dot.x - 10.0);
    }
    CHECK(least > 3.95);
    CHECK(least < 4.15);
    CHECK(most > 6.05);
    CHECK(most < 6.3);
}

TEST_CASE("augmentation: what comes in from outside repeats the edge") {
    Dataset data = numbered({4, 5, 2}, 1);
    data.features = Floats(40, 7.0f);
    const Floats flat = one(data, {.rotation_degrees = 90.0f, .scale = 1.0f, .shift = 5.0f});
    for (const float value : flat) CHECK(value == 7.0f);
}

TEST_CASE("augmentation: time shifts move whole steps; sounds get silence, others their ends") {
    const Dataset sound = numbered({10}, 1);
    const Dataset steps = numbered({10, 3}, 1);
    std::vector<int> seen(7, 0);
    for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
        const Floats moved = one(sound, {.time_shift = 0.3f}, epoch);
        // Value 6 stands at 5; it never leaves.
        const auto later = std::find(moved.begin(), moved.end(), 6.0f) - moved.begin() - 5;
        REQUIRE((later >= -3 && later <= 3));
        ++seen[std::size_t(later + 3)];
        for (std::ptrdiff_t t = 0; t < 10; ++t) {
            const std::ptrdiff_t from = t - later;
            CHECK(moved[std::size_t(t)] == (from < 0 || from > 9 ? 0.0f : float(from + 1)));
        }
        const Floats rows = one(steps, {.time_shift = 0.3f}, epoch);
        for (std::ptrdiff_t t = 0; t < 10; ++t) {
            const auto from = std::clamp<std::ptrdiff_t>(t - later, 0, 9);
            CHECK(rows[std::size_t(3 * t + 1)] == float(3 * from + 2));
        }
    }
    for (const int count : seen) CHECK(count > 8);
}

TEST_CASE("augmentation: gain multiplies all values by one factor within its bounds") {
    const Dataset data = numbered({4}, 1);
    float least = 1.0f;
    float most = 1.0f;
    for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
        const Floats values = one(data, {.gain = 1.0f}, epoch);
        CHECK(values[3] == doctest::Approx(4.0 * double(values[0])));
        least = std::min(least, values[0]);
        most = std::max(most, values[0]);
    }
    CHECK((least >= 0.5f && least < 0.53f));
    CHECK((most <= 2.0f && most > 1.9f));
}

TEST_CASE("augmentation: noise has its standard deviation and mean 0") {
    const Dataset data = numbered({20000}, 1);
    const Floats noisy = one(data, {.noise = 0.5f});
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < noisy.size(); ++i) {
        const double off = double(noisy[i]) - double(i + 1);
        sum += off;
        squares += off * off;
    }
    // 20,000 values: 6 standard errors of 0.5 / 141 and of half as much again.
    CHECK(std::fabs(sum / 20000) < 0.022);
    CHECK(std::sqrt(squares / 20000) == doctest::Approx(0.5).epsilon(0.03));
}

TEST_CASE("augmentation: background comes from any of its moments, at a share of the samples") {
    Dataset data = numbered({2, 2}, 1);
    data.features = Floats(4, 0.0f);
    const Dataset background = numbered({5, 2}, 3);  // steps (1, 2), (3, 4), ... (29, 30)
    Augmentation options;
    options.background = &background;
    options.background_share = 0.5f;
    options.background_level = 0.1f;
    int with = 0;
    std::vector<int> begins(15, 0);
    for (std::uint64_t epoch = 0; epoch < 400; ++epoch) {
        const Floats mixed = one(data, options, epoch);
        if (mixed[0] == 0.0f) {
            CHECK(mixed == Floats(4, 0.0f));
            continue;
        }
        ++with;
        // Neighbours differ by one level: (first, first + 1, first + 2, first + 3) * level.
        const double level = double(mixed[1]) - double(mixed[0]);
        CHECK(level > 0.0);
        CHECK(level <= 0.1001);
        CHECK(double(mixed[3]) == doctest::Approx(double(mixed[0]) + 3.0 * level).epsilon(1e-3));
        const auto begin = std::lround((double(mixed[0]) / level - 1.0) / 2.0);
        REQUIRE((begin >= 0 && begin < 15));
        ++begins[std::size_t(begin)];
    }
    CHECK(with > 140);
    CHECK(with < 260);
    for (std::size_t begin = 0; begin < 15; ++begin) {
        CHECK((begins[begin] > 0) == (begin % 5 != 4));  // two steps must follow
    }
}

TEST_CASE("augmentation: mixup mixes features and targets by the same share") {
    const Dataset data = numbered({2}, 2);  // (1, 2) even, (3, 4) odd
    int mixed = 0;
    double sum = 0.0;
    for (std::uint64_t epoch = 0; epoch < 1000; ++epoch) {
        const Batch batch = gathered(data, {.mixup = 1.0f}, {0}, epoch);
        const double share = (double(batch.features[0]) - 1.0) / 2.0;
        CHECK(double(batch.features[1]) == doctest::Approx(2.0 + 2.0 * share).epsilon(1e-6));
        CHECK(double(batch.targets[0]) == doctest::Approx(1.0 - share).epsilon(1e-6));
        CHECK(double(batch.targets[1]) == doctest::Approx(share).epsilon(1e-6));
        if (share > 0.0) {
            ++mixed;
            sum += share;
        }
    }
    // Half of the partners are the sample itself; the others' shares are uniform: mean 1/2.
    CHECK(mixed > 400);
    CHECK(mixed < 600);
    CHECK(sum / mixed == doctest::Approx(0.5).epsilon(0.12));
    int extreme = 0;
    for (std::uint64_t epoch = 0; epoch < 400; ++epoch) {
        const Batch batch = gathered(data, {.mixup = 0.01f}, {0}, epoch);
        for (const float value : batch.features) REQUIRE(std::isfinite(value));
        extreme += batch.targets[1] < 0.01f || batch.targets[1] > 0.99f;
    }
    CHECK(extreme > 380);  // Beta(0.01, 0.01) is nearly a coin
}

TEST_CASE("augmentation: settings that do not fit are refused by name") {
    const Dataset image = numbered({4, 4, 1}, 2);
    const Dataset sound = numbered({8}, 2);
    const Dataset shorter = numbered({7}, 2);
    const Dataset none = numbered({8}, 0);
    const auto refused = [](const Dataset& data, const Augmentation& options,
                            const std::string& place, const std::string& part) {
        const auto result = Augmenter::make(data, options, 1);
        REQUIRE(!result.ok());
        INFO(result.error().message());
        CHECK(result.error().place == "augmentation " + place);
        CHECK(result.error().message().find(part) != std::string::npos);
    };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    refused(image, {.rotation_degrees = 181.0f}, "rotation_degrees", "from 0 to 180");
    refused(image, {.scale = -0.1f}, "scale", "found -0.1");
    refused(image, {.shift = nan}, "shift", "nan");
    refused(sound, {.shift = 1.0f}, "shift", "[H, W, C]");
    refused(sound, {.time_shift = 1.5f}, "time_shift", "from 0 to 1");
    refused(sound, {.noise = std::numeric_limits<float>::infinity()}, "noise", "inf");
    refused(sound, {.mixup = 0.001f}, "mixup", "0.01");
    Augmentation options;
    options.background_share = 0.5f;
    refused(sound, options, "background_share", "found none");
    options.background = &none;
    refused(sound, options, "background_share", "found none");
    options.background = &shorter;
    refused(sound, options, "background_share", "background of shape [7]");
    refused(image, options, "background_share", "background of shape [7]");
    options.background = &sound;
    CHECK(Augmenter::make(shorter, options, 1).ok());
}

// The literal is what x86-64 computes; every other target must reach the same bits.
TEST_CASE("augmentation: the same bits on every target") {
    const Dataset data = make_digits(20, 1);
    std::vector<std::uint32_t> indices(20);
    std::iota(indices.begin(), indices.end(), 0u);
    const Batch batch = gathered(data, everything(data), indices, 5);
    const std::uint64_t hash = test::hash_floats(batch.features, kFnvOffset);
    CHECK(to_hex(test::hash_floats(batch.targets, hash)) == "1da7d717b64b8c20");
}

}  // namespace
}  // namespace whittle
