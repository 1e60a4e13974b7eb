#include "core/base/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/base/exact_math.h"
#include "core/base/hash.h"

using whittle::CounterRandom;
using whittle::Random;

namespace {

std::uint64_t continue_hash(std::uint64_t hash, std::uint32_t bits) {
    const std::uint8_t bytes[4] = {
        static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8),
        static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 24)};
    return whittle::fnv1a(bytes, hash);
}

TEST_CASE("random: the published sequence of PCG32") {
    Random random(42, 54);
    for (const std::uint32_t expected : std::array<std::uint32_t, 6>{
             0xa15c02b7u, 0x7b47f409u, 0xba1d3330u, 0x83d2f293u, 0xbfa4784bu, 0xcbed606eu}) {
        CHECK(random.next() == expected);
    }
}

TEST_CASE("random: streams of one seed differ, equal seeds agree") {
    Random first(7, 0);
    Random second(7, 1);
    Random again(7, 0);
    int equal = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::uint32_t value = first.next();
        equal += value == second.next();
        CHECK(value == again.next());
    }
    CHECK(equal == 0);
}

// Each bin of `bound` equally likely ones gets draws / bound plus or minus 6 standard deviations: a
// right generator fails once in a billion seeds, and the seed is fixed.
TEST_CASE("random: below() is uniform and stays below") {
    for (const std::uint32_t bound : {1u, 2u, 3u, 7u, 10u, 255u, 256u, 257u}) {
        Random random(1, bound);
        const int draws = 100000;
        std::vector<int> counts(bound, 0);
        for (int i = 0; i < draws; ++i) {
            const std::uint32_t value = random.below(bound);
            REQUIRE(value < bound);
            ++counts[value];
        }
        const double mean = double(draws) / bound;
        for (const int count : counts) CHECK(std::abs(count - mean) <= 6.0 * std::sqrt(mean));
    }
}

// With a plain remainder the lower third of this bound would be drawn twice as often.
TEST_CASE("random: below() has no bias for a bound that 2^32 is no multiple of") {
    Random random(3);
    const std::uint32_t bound = 3u << 30;
    const int draws = 30000;
    int low = 0;
    for (int i = 0; i < draws; ++i) low += random.below(bound) < (1u << 30);
    // A third, plus or minus 6 standard deviations.
    CHECK(std::abs(low - draws / 3.0) <= 6.0 * std::sqrt(draws * 2.0 / 9.0));
    CHECK(Random(3).below(0xffffffffu) < 0xffffffffu);
}

TEST_CASE("random: uniform() lies in [0, 1) with the right moments") {
    Random random(5);
    const int draws = 200000;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < draws; ++i) {
        const float value = random.uniform();
        REQUIRE((value >= 0.0f && value < 1.0f));
        REQUIRE(value * 16777216.0f == std::floor(value * 16777216.0f));
        sum += value;
        squares += double(value) * value;
    }
    // The standard deviations of the means are 0.289 / sqrt(n) and 0.298 / sqrt(n); 6 of them.
    CHECK(std::abs(sum / draws - 0.5) < 6 * 0.289 / std::sqrt(draws));
    CHECK(std::abs(squares / draws - 1.0 / 3.0) < 6 * 0.298 / std::sqrt(draws));
    for (int i = 0; i < 1000; ++i) {
        const float value = random.uniform(-2.0f, 6.0f);
        REQUIRE((value >= -2.0f && value <= 6.0f));
    }
}

TEST_CASE("random: normal() has the moments and tails of the normal distribution") {
    Random random(11);
    const int draws = 200000;
    double sums[5] = {};
    int beyond_two = 0;
    for (int i = 0; i < draws; ++i) {
        const double value = random.normal();
        REQUIRE(std::abs(value) < 5.8);
        for (int power = 1; power <= 4; ++power) sums[power] += std::pow(value, power);
        beyond_two += std::abs(value) > 2.0;
    }
    // Standard deviations of the sample moments: 1, sqrt 2, sqrt 15, sqrt 96, over sqrt n; 6 of
    // them.
    const double root = std::sqrt(double(draws));
    CHECK(std::abs(sums[1] / draws) < 6.0 / root);
    CHECK(std::abs(sums[2] / draws - 1.0) < 6.0 * 1.4143 / root);
    CHECK(std::abs(sums[3] / draws) < 6.0 * 3.873 / root);
    CHECK(std::abs(sums[4] / draws - 3.0) < 6.0 * 9.798 / root);
    CHECK(std::abs(beyond_two / double(draws) - 0.0455) < 6.0 * 0.2084 / root);
}

TEST_CASE("random: shuffle keeps the values and reaches every order") {
    for (const std::size_t size : {0u, 1u, 2u, 31u, 1000u}) {
        std::vector<std::uint32_t> values(size);
        std::iota(values.begin(), values.end(), 0u);
        const auto sorted = values;
        Random(9).shuffle(values);
        if (size > 30) CHECK(values != sorted);
        std::sort(values.begin(), values.end());
        CHECK(values == sorted);
    }
    Random random(13);
    int counts[3][3] = {};  // value, place
    for (int i = 0; i < 30000; ++i) {
        std::uint32_t three[3] = {0, 1, 2};
        random.shuffle(three);
        for (int place = 0; place < 3; ++place) ++counts[three[place]][place];
    }
    // 10,000 each; 6 standard deviations of sqrt(30000 * 2/9) = 82.
    for (const auto& row : counts) {
        for (const int count : row) CHECK(std::abs(count - 10000) < 6 * 82);
    }
}

// The literal is what x86-64 computes; every other target must reach the same bits.
TEST_CASE("random: the same bits on every target") {
    Random random(2024, 6);
    std::uint64_t hash = whittle::kFnvOffset;
    for (int i = 0; i < 10000; ++i) {
        hash = continue_hash(hash, random.next());
        hash = continue_hash(hash, whittle_bits_from_float(random.uniform(-3.0f, 5.0f)));
        hash = continue_hash(hash, whittle_bits_from_float(random.normal()));
        hash = continue_hash(hash, random.below(1000));
    }
    CHECK(whittle::to_hex(hash) == "52376e411152baf1");
}

TEST_CASE("random: draws by place are uniform, independent of their order, and differ by key") {
    const CounterRandom draws(3, 1, 4);
    std::array<int, 16> counts{};
    for (std::uint64_t i = 0; i < 160000; ++i) ++counts[draws.at(i) >> 28];
    // 10,000 each; 6 standard deviations of sqrt(160000 * 15/256) = 97.
    for (const int count : counts) CHECK(std::abs(count - 10000) < 6 * 97);
    CHECK(draws.at(77) == CounterRandom(3, 1, 4).at(77));
    for (const CounterRandom& other :
         {CounterRandom(4, 1, 4), CounterRandom(3, 2, 4), CounterRandom(3, 1, 5)}) {
        int equal_bits = 0;
        for (std::uint64_t i = 0; i < 1000; ++i) {
            equal_bits += 32 - std::popcount(other.at(i) ^ draws.at(i));
        }
        // 32,000 fair bits: 16,000, and 6 standard deviations of sqrt(8000) = 89.
        CHECK(std::abs(equal_bits - 16000) < 6 * 89);
    }
}

TEST_CASE("random: draws by place are the same bits on every target") {
    const CounterRandom draws(2024, 6, 7);
    std::uint64_t hash = whittle::kFnvOffset;
    for (std::uint64_t i = 0; i < 10000; ++i) hash = continue_hash(hash, draws.at(i * i * i));
    CHECK(whittle::to_hex(hash) == "01238f3d755ea31d");
}

}  // namespace
