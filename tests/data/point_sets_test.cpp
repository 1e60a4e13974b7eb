#include "core/data/point_sets.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <tuple>

#include "tests/support/dataset_hash.h"

namespace whittle {
namespace {

struct Seen {
    double x1, x2;
    std::uint32_t label;
    float target;
};

std::vector<Seen> seen(const Dataset& data) {
    const auto& features = std::get<std::vector<float>>(data.features);
    std::vector<Seen> points;
    for (std::size_t i = 0; i < data.size(); ++i) {
        points.push_back({features[2 * i], features[2 * i + 1],
                          data.is_classification() ? data.labels[i] : 0,
                          data.is_classification() ? 0.0f : data.targets[i]});
    }
    return points;
}

std::vector<Seen> clean(PointSet set) { return seen(make_points(set, 999, 0.0f, 3)); }

constexpr std::array<PointSet, kPointSets> kAll = {
    PointSet::circle,          PointSet::quadrants,
    PointSet::two_gaussians,   PointSet::two_spirals,
    PointSet::three_gaussians, PointSet::three_spirals,
    PointSet::plane,           PointSet::hills};

TEST_CASE("point sets: shapes, sizes and balanced classes") {
    for (const PointSet set : kAll) {
        for (const std::size_t samples : {0u, 1u, 2u, 3u, 100u, 101u}) {
            CAPTURE(samples);
            const Dataset data = make_points(set, samples, 0.5f, 1);
            CHECK(data.size() == samples);
            CHECK(std::get<std::vector<float>>(data.features).size() == 2 * samples);
            CHECK(data.feature_count() == 2);
            const std::size_t classes = class_count(set);
            CHECK(data.is_classification() == (classes > 0));
            CHECK(data.class_names.size() == classes);
            CHECK(data.target_count() == (classes == 0 ? 1 : classes));
            std::array<std::size_t, 3> sizes{};
            for (const std::uint32_t label : data.labels) {
                REQUIRE(label < classes);
                ++sizes[label];
            }
            for (std::size_t c = 0; c < classes; ++c) CHECK(sizes[c] >= samples / classes);
        }
    }
}

TEST_CASE("point sets: the circle's disc and ring stay apart") {
    for (const Seen& p : clean(PointSet::circle)) {
        const double radius = std::hypot(p.x1, p.x2);
        // Float rounding of radius and angle: a few 1e-7 of 5.
        if (p.label == 0) CHECK((radius > 3.5 - 1e-5 && radius < 5.0 + 1e-5));
        if (p.label == 1) CHECK(radius < 2.5 + 1e-5);
    }
}

TEST_CASE("point sets: the class of a quadrant is the sign of x1 x2, in all four") {
    std::array<int, 4> quadrants{};
    for (const Seen& p : clean(PointSet::quadrants)) {
        CHECK((p.x1 * p.x2 > 0.0) == (p.label == 1));
        CHECK(std::fmin(std::fabs(p.x1), std::fabs(p.x2)) >= 0.299);
        CHECK(std::fmax(std::fabs(p.x1), std::fabs(p.x2)) <= 5.0);
        ++quadrants[(p.x1 > 0.0 ? 1u : 0u) + (p.x2 > 0.0 ? 2u : 0u)];
    }
    // 999 / 4 = 250, standard deviation 14: 6 of them.
    for (const int count : quadrants) CHECK(std::abs(count - 250) < 84);
}

TEST_CASE("point sets: clouds have their centres and a standard deviation of 1") {
    const double s = std::sqrt(3.0) / 2.0 * 3.0;
    const std::vector<std::array<double, 2>> two = {{-2, -2}, {2, 2}};
    const std::vector<std::array<double, 2>> three = {{0, 3}, {-s, -1.5}, {s, -1.5}};
    for (const auto& [set, centres] :
         {std::pair(PointSet::two_gaussians, two), std::pair(PointSet::three_gaussians, three)}) {
        for (std::uint32_t label = 0; label < centres.size(); ++label) {
            double count = 0, sum1 = 0, sum2 = 0, squares = 0;
            for (const Seen& p : seen(make_points(set, 30000, 0.0f, 5))) {
                if (p.label != label) continue;
                const double d1 = p.x1 - centres[label][0];
                const double d2 = p.x2 - centres[label][1];
                count += 1;
                sum1 += d1;
                sum2 += d2;
                squares += d1 * d1 + d2 * d2;
            }
            // 6 standard deviations of a mean and of a root mean square of at least 10,000.
            CHECK(std::fabs(sum1 / count) < 0.06);
            CHECK(std::fabs(sum2 / count) < 0.06);
            CHECK(std::sqrt(squares / (2 * count)) == doctest::Approx(1.0).epsilon(0.03));
        }
    }
}

TEST_CASE("point sets: the arms of a spiral are one curve, turned") {
    for (const auto& [set, arms, turns] : {std::tuple(PointSet::two_spirals, 2, 1.75),
                                           std::tuple(PointSet::three_spirals, 3, 1.0)}) {
        for (const Seen& p : clean(set)) {
            const double along = std::hypot(p.x1, p.x2) / 5.0;
            const double angle =
                2.0 * 3.14159265358979 * (turns * along + p.label / static_cast<double>(arms));
            // The angle is a float up to 17: off by 1e-6, times a radius of 5.
            CHECK(p.x1 == doctest::Approx(5.0 * along * std::cos(angle)).scale(5.0).epsilon(1e-5));
            CHECK(p.x2 == doctest::Approx(5.0 * along * std::sin(angle)).scale(5.0).epsilon(1e-5));
        }
    }
}

TEST_CASE("point sets: regression targets are the plane and the hills") {
    for (const Seen& p : clean(PointSet::plane)) {
        CHECK(p.target == doctest::Approx((p.x1 + p.x2) / 10.0).epsilon(1e-5));
        CHECK(std::fabs(p.target) <= 1.0);
    }
    for (const Seen& p : clean(PointSet::hills)) {
        double expected = 0.0;
        for (int corner = 0; corner < 4; ++corner) {
            const double c1 = corner & 1 ? 2.5 : -2.5;
            const double c2 = corner & 2 ? 2.5 : -2.5;
            const double square = (p.x1 - c1) * (p.x1 - c1) + (p.x2 - c2) * (p.x2 - c2);
            expected += (c1 * c2 > 0 ? 1 : -1) * std::exp(-square / 4.5);
        }
        // Four float exponentials of at most 1.
        CHECK(std::fabs(p.target - expected) < 1e-6);
    }
}

TEST_CASE("point sets: noise moves points by its standard deviation and keeps their classes") {
    for (const PointSet set : kAll) {
        const std::vector<Seen> before = seen(make_points(set, 5000, 0.0f, 2));
        const std::vector<Seen> after = seen(make_points(set, 5000, 0.5f, 2));
        double squares = 0.0;
        for (std::size_t i = 0; i < before.size(); ++i) {
            REQUIRE(before[i].label == after[i].label);
            REQUIRE(before[i].target == after[i].target);
            squares +=
                std::pow(after[i].x1 - before[i].x1, 2) + std::pow(after[i].x2 - before[i].x2, 2);
        }
        // 10,000 numbers: a standard error of 0.7 %, times 6.
        CHECK(std::sqrt(squares / 10000.0) == doctest::Approx(0.5).epsilon(0.042));
    }
}

// The literals are what x86-64 computes; every other target must reach the same bits.
TEST_CASE("point sets: the same bits on every target") {
    CHECK(test::hash_of(make_points(PointSet::circle, 500, 0.5f, 1)) ==
          test::hash_of(make_points(PointSet::circle, 500, 0.5f, 1)));
    CHECK(test::hash_of(make_points(PointSet::circle, 500, 0.5f, 1)) !=
          test::hash_of(make_points(PointSet::circle, 500, 0.5f, 2)));
    std::string hashes;
    for (const PointSet set : kAll) hashes += test::hash_of(make_points(set, 500, 0.5f, 1)) + " ";
    CHECK(hashes ==
          "c122aea09c7b61d9 df54487a82fdf204 b367dc3944e1da5b bc626718f1110264 "
          "114dad012121d026 c9e052b2a12251fa acdbea4a14029251 09edd582bd1cf924 ");
}

}  // namespace
}  // namespace whittle
