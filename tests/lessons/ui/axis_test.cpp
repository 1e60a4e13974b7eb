#include "lessons/ui/logic/axis.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace whittle::ui {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// A few roundings of double, relative to the size of the range.
constexpr double kRounding = 1e-12;

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
    std::vector<std::string> texts;
    for (const Tick& tick : ticks) texts.push_back(tick.label);
    return texts;
}

}  // namespace

TEST_CASE("a range holds the finite values, and is never empty") {
    const double values[] = {3.0, kNan, -2.0, kInfinity, 1.0};
    CHECK(range_of(values).low == -2.0);
    CHECK(range_of(values).high == 3.0);
    const double nothing[] = {kNan, -kInfinity};
    CHECK(range_of(nothing).low == 0.0);
    CHECK(range_of(nothing).high == 1.0);
    CHECK(range_of(std::span<const double>()).span() == 1.0);
    for (const double alone : {0.0, 7.0, -1e-30, 1e30}) {
        CAPTURE(alone);
        const Range range = range_of(std::span<const double>(&alone, 1));
        CHECK(range.span() > 0.0);
        CHECK(range.contains(alone));
    }
}

TEST_CASE("ticks are round numbers inside the range, as many as there is room for") {
    CHECK(labels(linear_ticks({0.0, 1.0}, 6)) ==
          std::vector<std::string>{"0", "0.2", "0.4", "0.6", "0.8", "1.0"});
    CHECK(labels(linear_ticks({-10.0, 10.0}, 5)) ==
          std::vector<std::string>{"\u221210", "\u22125", "0", "5", "10"});
    for (const double low : {-1e6, -3.7, -1e-3, 0.0, 0.123, 99.0}) {
        for (const double span : {1e-3, 0.7, 1.0, 42.0, 1e7}) {
            for (int most = 2; most <= 12; ++most) {
                CAPTURE(low);
                CAPTURE(span);
                CAPTURE(most);
                const Range range{low, low + span};
                const std::vector<Tick> ticks = linear_ticks(range, most);
                CHECK(ticks.size() <= static_cast<std::size_t>(most));
                for (const Tick& tick : ticks) {
                    CHECK(tick.value >= range.low - span * 1e-8);
                    CHECK(tick.value <= range.high + span * 1e-8);
                    CHECK(!tick.label.empty());
                }
            }
        }
    }
}

TEST_CASE("ranges without extent, or without end, have no ticks") {
    CHECK(linear_ticks({1.0, 1.0}, 5).empty());
    CHECK(linear_ticks({2.0, 1.0}, 5).empty());
    CHECK(linear_ticks({0.0, kInfinity}, 5).empty());
    CHECK(linear_ticks({kNan, 1.0}, 5).empty());
    CHECK(linear_ticks({0.0, 1.0}, 0).empty());
    // Neighbouring numbers of double: there is nothing between them to mark.
    CHECK(linear_ticks({1e17, std::nextafter(1e17, kInfinity)}, 5).empty());
    CHECK(logarithmic_ticks({0.0, 10.0}, 5).empty());
    CHECK(logarithmic_ticks({-1.0, 10.0}, 5).empty());
    CHECK(logarithmic_ticks({1.0, kInfinity}, 5).empty());
}

TEST_CASE("logarithmic ticks are powers of ten, the multiples between them unlabelled") {
    const std::vector<Tick> ticks = logarithmic_ticks({0.01, 10.0}, 5);
    CHECK(ticks.size() == 28);  // 9 in each of three decades, and the last power
    std::vector<std::string> labelled;
    for (const Tick& tick : ticks) {
        if (!tick.label.empty()) labelled.push_back(tick.label);
    }
    CHECK(labelled == std::vector<std::string>{"0.01", "0.1", "1", "10"});
    // Many decades: each second or third power alone.
    const std::vector<Tick> wide = logarithmic_ticks({1e-12, 1e3}, 6);
    std::size_t with_label = 0;
    for (const Tick& tick : wide) with_label += tick.label.empty() ? 0 : 1;
    CHECK(wide.size() == 16);
    CHECK(with_label <= 6);
    CHECK(wide.front().label == "10\u207B\u00B9\u00B2");
}

TEST_CASE("rounding a range out keeps it inside, and is done after the first time") {
    for (const Range range :
         {Range{0.13, 0.94}, Range{-7.0, 12.0}, Range{1e-5, 3e-5}, Range{0, 1}}) {
        CAPTURE(range.low);
        const Range wider = rounded_out(range);
        const double slack = range.span() * 1e-8;
        CHECK(wider.low <= range.low + slack);
        CHECK(wider.high >= range.high - slack);
        CHECK(wider.span() < 3.0 * range.span());
        const Range again = rounded_out(wider);
        CHECK(again.low == doctest::Approx(wider.low).epsilon(kRounding));
        CHECK(again.high == doctest::Approx(wider.high).epsilon(kRounding));
    }
    CHECK(rounded_out({3.0, 3.0}).span() == 0.0);
    CHECK(padded({0.0, 10.0}, 0.1).low == -1.0);
    CHECK(padded({0.0, 10.0}, 0.1).high == 11.0);
    CHECK(joined({0.0, 1.0}, {-1.0, 0.5}).low == -1.0);
}

TEST_CASE("an axis leads there and back") {
    for (const bool logarithmic : {false, true}) {
        const Axis axis{{0.001, 100.0}, logarithmic};
        CHECK(axis.to_unit(0.001) == doctest::Approx(0.0));
        CHECK(axis.to_unit(100.0) == doctest::Approx(1.0));
        for (double unit = 0.0; unit <= 1.0; unit += 0.125) {
            CHECK(axis.to_unit(axis.from_unit(unit)) == doctest::Approx(unit).epsilon(1e-9));
        }
    }
    const Axis axis{{0.001, 100.0}, true};
    CHECK(axis.to_unit(0.0) == 0.0);
    CHECK(axis.to_unit(-5.0) == 0.0);
    CHECK(axis.to_unit(0.3162277660168379) == doctest::Approx(0.5));  // the geometric mean
}

TEST_CASE("a histogram counts what lies in the range, both ends included") {
    const double values[] = {0.0, 0.1, 0.5, 0.99, 1.0, -0.1, 1.1, kNan};
    CHECK(histogram(values, {0.0, 1.0}, 2) == std::vector<int>{2, 3});
    CHECK(histogram(values, {0.0, 1.0}, 1) == std::vector<int>{5});
    CHECK(histogram(values, {0.0, 1.0}, 0).empty());
    CHECK(histogram(values, {1.0, 1.0}, 3) == std::vector<int>{0, 0, 0});
}

}  // namespace whittle::ui
