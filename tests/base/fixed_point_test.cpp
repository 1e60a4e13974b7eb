#include "core/base/fixed_point.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "core/base/random.h"

namespace {

// Extremes, and values round powers of two, with both signs.
std::vector<std::int32_t> interesting_values() {
    std::vector<std::int32_t> values = {0, INT32_MIN, INT32_MIN + 1, INT32_MAX, INT32_MAX - 1};
    for (int bit = 0; bit < 31; ++bit) {
        for (const std::int64_t offset : {-1, 0, 1}) {
            const std::int64_t value = (std::int64_t{1} << bit) + offset;
            if (value > INT32_MAX) continue;
            values.push_back(static_cast<std::int32_t>(value));
            values.push_back(static_cast<std::int32_t>(-value));
        }
    }
    whittle::Random random(1);
    for (int i = 0; i < 200; ++i) values.push_back(static_cast<std::int32_t>(random.next()));
    return values;
}

// The definition: half a unit away from zero is added (one less for negative products, so that ties
// go up), then a division that truncates.
std::int64_t multiply_high_by_definition(std::int64_t a, std::int64_t b) {
    const std::int64_t product = a * b;
    const std::int64_t half = std::int64_t{1} << 30;
    const std::int64_t nudge = product >= 0 ? half : 1 - half;
    return (product + nudge) / (std::int64_t{1} << 31);
}

// To nearest, ties away from zero.
std::int64_t rounding_divide(std::int64_t value, int exponent) {
    const std::int64_t divisor = std::int64_t{1} << exponent;
    const std::int64_t magnitude = ((value < 0 ? -value : value) * 2 + divisor) / (2 * divisor);
    return value < 0 ? -magnitude : magnitude;
}

TEST_CASE("fixed point: the high product equals its definition and saturates its one overflow") {
    const auto values = interesting_values();
    for (const std::int32_t a : values) {
        for (const std::int32_t b : values) {
            const std::int64_t exact = multiply_high_by_definition(a, b);
            REQUIRE(whittle_multiply_high(a, b) == (exact > INT32_MAX ? INT32_MAX : exact));
        }
    }
    CHECK(whittle_multiply_high(INT32_MIN, INT32_MIN) == INT32_MAX);
}

TEST_CASE("fixed point: the rounding shift divides to nearest, ties away from zero") {
    for (const std::int32_t value : interesting_values()) {
        for (int exponent = 0; exponent <= 31; ++exponent) {
            REQUIRE(whittle_rounding_shift_right(value, exponent) ==
                    rounding_divide(value, exponent));
        }
    }
    CHECK(whittle_rounding_shift_right(-1, 1) == -1);
    CHECK(whittle_rounding_shift_right(1, 1) == 1);
    CHECK(whittle_rounding_shift_right(-3, 1) == -2);
    CHECK(whittle_rounding_shift_right(3, 2) == 1);
}

TEST_CASE("fixed point: requantize rounds twice, and wraps where it leaves 32 bits") {
    const auto values = interesting_values();
    for (const std::int32_t value : values) {
        for (const std::int32_t multiplier : {1 << 30, INT32_MAX, 1518500250, (1 << 30) + 1}) {
            for (int shift = -31; shift <= 30; ++shift) {
                const int left = shift > 0 ? shift : 0;
                const auto shifted =
                    static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << left);
                const std::int64_t expected = rounding_divide(
                    multiply_high_by_definition(shifted, multiplier), shift > 0 ? 0 : -shift);
                REQUIRE(whittle_requantize(value, multiplier, shift) == expected);
            }
        }
    }
    // 0.75 = 0.75 * 2^31 * 2^-31; by hand: 10 * 0.75 = 7.5, ties up: 8; -7.5 gives -7.
    CHECK(whittle_requantize(10, 1610612736, 0) == 8);
    CHECK(whittle_requantize(-10, 1610612736, 0) == -7);
}

TEST_CASE("fixed point: clamping and wrapping") {
    CHECK(whittle_clamp(-129, -128, 127) == -128);
    CHECK(whittle_clamp(-128, -128, 127) == -128);
    CHECK(whittle_clamp(127, -128, 127) == 127);
    CHECK(whittle_clamp(128, -128, 127) == 127);
    CHECK(whittle_clamp(5, 5, 5) == 5);
    CHECK(whittle_wrapping_add(INT32_MAX, 1) == INT32_MIN);
    CHECK(whittle_wrapping_add(INT32_MIN, -1) == INT32_MAX);
    CHECK(whittle_wrapping_shift_left(1, 31) == INT32_MIN);
    CHECK(whittle_wrapping_shift_left(3, 31) == INT32_MIN);
}

}  // namespace
