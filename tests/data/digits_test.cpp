#include "core/data/digits.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "core/data/digit_styles.h"
#include "core/data/pen.h"
#include "tests/support/dataset_hash.h"

namespace whittle {
namespace {

constexpr std::size_t kPixels = 784;

std::span<const std::uint8_t> image(const Dataset& data, std::size_t i) {
    return std::span(std::get<std::vector<std::uint8_t>>(data.features))
        .subspan(i * kPixels, kPixels);
}

bool same(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// Of the ink: its sum, its box, its centre.
struct Ink {
    double mass = 0.0, x = 0.0, y = 0.0;
    int left = 28, right = -1, top = 28, bottom = -1;
};

Ink ink_of(std::span<const std::uint8_t> pixels) {
    Ink ink;
    for (int row = 0; row < 28; ++row) {
        for (int column = 0; column < 28; ++column) {
            const double value = pixels[static_cast<std::size_t>(28 * row + column)];
            if (value == 0.0) continue;
            ink.mass += value;
            ink.x += value * column;
            ink.y += value * row;
            ink.left = std::min(ink.left, column);
            ink.right = std::max(ink.right, column);
            ink.top = std::min(ink.top, row);
            ink.bottom = std::max(ink.bottom, row);
        }
    }
    ink.x /= ink.mass;
    ink.y /= ink.mass;
    return ink;
}

TEST_CASE("digits: shapes, sizes and balanced classes") {
    for (const std::size_t samples : {0u, 1u, 9u, 10u, 11u}) {
        CAPTURE(samples);
        const Dataset data = make_digits(samples, 1);
        CHECK(data.size() == samples);
        CHECK(data.feature_shape == Shape{28, 28, 1});
        CHECK(data.target_shape == Shape{10});
        CHECK(data.class_names.size() == 10);
        CHECK(data.class_names[7] == "7");
        CHECK(std::get<std::vector<std::uint8_t>>(data.features).size() == samples * kPixels);
        for (std::size_t i = 0; i < samples; ++i) CHECK(data.labels[i] == i % 10);
    }
}

TEST_CASE("digits: light ink, fitted into 20 x 20 pixels and centred by its mass") {
    const Dataset data = make_digits(500, 7);
    std::size_t tall = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        CAPTURE(i);
        const Ink ink = ink_of(image(data, i));
        const int width = ink.right - ink.left + 1;
        const int height = ink.bottom - ink.top + 1;
        // The pen's soft edge may touch one pixel more on either side.
        CHECK(std::max(width, height) >= 18);
        CHECK(std::max(width, height) <= 22);
        CHECK(std::fabs(ink.x - 14.0) <= 0.51);
        CHECK(std::fabs(ink.y - 14.0) <= 0.51);
        CHECK(*std::max_element(image(data, i).begin(), image(data, i).end()) > 200);
        const double mean = ink.mass / kPixels;
        CHECK(mean > 5.0);
        CHECK(mean < 110.0);
        tall += height > width ? 1 : 0;
    }
    CHECK(tall > 400);
}

TEST_CASE("digits: a sample depends on the seed and its index alone") {
    const Dataset few = make_digits(20, 3);
    const Dataset many = make_digits(50, 3);
    const Dataset other = make_digits(20, 4);
    for (std::size_t i = 0; i < few.size(); ++i) {
        CHECK(same(image(few, i), image(many, i)));
        CHECK(!same(image(few, i), image(other, i)));
        CHECK(!same(image(many, i), image(many, i + 10)));
    }
}

// Each digit's mean picture is nearest to itself among the mean pictures of other samples.
TEST_CASE("digits: classes differ from each other more than seeds do") {
    std::array<std::array<double, kPixels>, 10> first{};
    std::array<std::array<double, kPixels>, 10> second{};
    for (auto* means : {&first, &second}) {
        const Dataset data = make_digits(600, means == &first ? 1 : 2);
        for (std::size_t i = 0; i < data.size(); ++i) {
            for (std::size_t p = 0; p < kPixels; ++p) {
                (*means)[data.labels[i]][p] += image(data, i)[p] / 60.0;
            }
        }
    }
    for (std::size_t a = 0; a < 10; ++a) {
        std::array<double, 10> distances{};
        for (std::size_t b = 0; b < 10; ++b) {
            for (std::size_t p = 0; p < kPixels; ++p) {
                distances[b] += std::pow(first[a][p] - second[b][p], 2);
            }
        }
        const auto nearest = std::min_element(distances.begin(), distances.end());
        CHECK(nearest - distances.begin() == std::ptrdiff_t(a));
    }
}

TEST_CASE("digits: every style is a drawing within its square") {
    for (std::uint32_t digit = 0; digit < 10; ++digit) {
        CAPTURE(digit);
        CHECK(digit_styles(digit).size() >= 3);
        for (const DigitStyle& style : digit_styles(digit)) {
            CHECK(style.share > 0);
            CHECK(style.width > 0.0f);
            CHECK(!style.strokes.empty());
            for (const std::vector<PlanePoint>& stroke : style.strokes) {
                CHECK(stroke.size() >= 2);
                for (const PlanePoint& knot : stroke) {
                    CHECK((knot.x >= 0.0f && knot.x <= 1.0f));
                    CHECK((knot.y >= 0.0f && knot.y <= 1.0f));
                }
            }
        }
    }
}

TEST_CASE("pen: a curve passes through its knots, two knots are a straight line") {
    const std::vector<PlanePoint> knots = {{0, 0}, {1, 2}, {3, 1}, {4, 4}};
    std::vector<PlanePoint> curve;
    append_curve(knots, 4, curve);
    REQUIRE(curve.size() == 13);
    for (std::size_t i = 0; i < knots.size(); ++i) {
        CHECK(curve[4 * i].x == knots[i].x);
        CHECK(curve[4 * i].y == knots[i].y);
    }
    curve.clear();
    append_curve(std::vector<PlanePoint>{{0, 0}, {2, 4}}, 2, curve);
    REQUIRE(curve.size() == 3);
    CHECK(curve[1].y == 2 * curve[1].x);
    curve.clear();
    append_curve(std::vector<PlanePoint>{{5, 6}}, 3, curve);
    REQUIRE(curve.size() == 1);
    CHECK(curve[0].x == 5);
}

TEST_CASE("pen: ink fades with the distance from the line, and stays within the picture") {
    Picture picture(5, 7);
    CHECK(picture.centre_of_mass().x == 3.0f);
    CHECK(picture.centre_of_mass().y == 2.0f);
    picture.draw_line({-100, 2}, {3, 2}, {1.0f, 1.0f});
    const auto at = [&](int row, int column) {
        return picture.values()[static_cast<std::size_t>(7 * row + column)];
    };
    CHECK(at(2, 0) == 1.0f);
    CHECK(at(2, 3) == 1.0f);
    CHECK(at(1, 2) == 0.5f);  // its middle one radius away: half covered
    CHECK(at(0, 2) == 0.0f);
    CHECK(at(2, 4) == 0.5f);  // beyond the round end
    CHECK(at(2, 5) == 0.0f);
    picture.draw_line({0, 2}, {3, 2}, {1.0f, 1.0f});
    CHECK(at(1, 2) == 0.5f);  // twice the same line adds nothing
    picture.draw_line({6, 4}, {6, 4}, {0.25f, 0.5f});
    CHECK(at(4, 6) == 1.0f);  // a dot
    CHECK(at(3, 6) == 0.0f);
    picture.shift(-1, 1);
    CHECK(at(3, 2) == 1.0f);
    CHECK(at(2, 1) == 0.5f);
    CHECK(at(3, 6) == 0.0f);
    CHECK(at(0, 0) == 0.0f);
    picture.clear();
    CHECK(std::count(picture.values().begin(), picture.values().end(), 0.0f) == 35);
}

// The literal is what x86-64 computes; every other target must reach the same bits.
TEST_CASE("digits: the same bits on every target") {
    CHECK(test::hash_of(make_digits(100, 1)) == "aa95293b2e5e8375");
}

}  // namespace
}  // namespace whittle
