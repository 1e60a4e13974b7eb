#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "lessons/02-guess-the-line/lab.h"
#include "tests/support/labs.h"

namespace whittle {
namespace {

using test::go;
using test::put;
using test::reading;
using test::shown;
using test::ticked;

TEST_CASE("guess-the-line: 3x - 1 has the squared errors 1, 0, 1, 4, 9, 16") {
    GuessTheLineLab lab;
    go(lab, "w=3&b=-1");
    const std::array<double, 6> squares = {1, 0, 1, 4, 9, 16};
    for (std::size_t i = 0; i < squares.size(); ++i)
        CHECK(lab.error(i) * lab.error(i) == squares[i]);
    CHECK(lab.predicted(5) == 11.0);
    CHECK(reading(lab, "largest-error") == 4.0);
    CHECK(reading(lab, "sum-of-squares") == 31.0);
    CHECK(reading(lab, "root-of-sum") == std::sqrt(31.0));
    CHECK(reading(lab, "rmse") == std::sqrt(31.0 / 6.0));
    CHECK(shown(lab, "root-of-sum") == "5.568");
    CHECK(shown(lab, "rmse") == "2.273");
    CHECK_FALSE(ticked(lab, "better-than-first"));
    // Where the lab begins: no goal lies on the way to the first guess.
    GuessTheLineLab start;
    CHECK(reading(start, "rmse") > reading(lab, "rmse"));
    for (std::size_t i = 0; i < start.goals().size(); ++i) CHECK_FALSE(start.goal_ticked(i));
}

TEST_CASE("guess-the-line: 2x - 2 misses each of the six points by 1") {
    GuessTheLineLab lab;
    go(lab, "w=2&b=-2");
    for (std::size_t i = 0; i < 6; ++i) CHECK(lab.error(i) == -1.0);
    CHECK(reading(lab, "sum-of-squares") == 6.0);
    CHECK(shown(lab, "root-of-sum") == "2.449");
    CHECK(reading(lab, "rmse") == 1.0);
    CHECK(ticked(lab, "better-than-first"));
    CHECK_FALSE(ticked(lab, "below-one"));
}

TEST_CASE("guess-the-line: 2x - 1 has no error, in whatever order it is set") {
    for (const char* link : {"w=2&b=-1", "b=-1&w=2", "b=4&w=-5&b=-1&w=2"}) {
        GuessTheLineLab lab;
        go(lab, link);
        CHECK(reading(lab, "sum-of-squares") == 0.0);
        CHECK(reading(lab, "rmse") == 0.0);
        CHECK(reading(lab, "largest-error") == 0.0);
        CHECK(ticked(lab, "below-one"));
        CHECK(ticked(lab, "perfect"));
    }
}

TEST_CASE("guess-the-line: of all lines that can be set, one is perfect") {
    int perfect = 0;
    for (int w = -50; w <= 50; ++w) {
        for (int b = -50; b <= 50; ++b) {
            GuessTheLineLab lab;
            put(lab, "w", w / 10.0);
            put(lab, "b", b / 10.0);
            perfect += reading(lab, "sum-of-squares") == 0.0 ? 1 : 0;
        }
    }
    CHECK(perfect == 1);
}

TEST_CASE("guess-the-line: the quiz about one large error and six smaller ones") {
    // Off by 2 everywhere; the quiz's other line, off by 4 at one point, is no straight one.
    GuessTheLineLab lab;
    go(lab, "w=2&b=1");
    CHECK(reading(lab, "sum-of-squares") == 24.0);
    CHECK(reading(lab, "rmse") == 2.0);
    CHECK(std::fabs(std::sqrt(16.0 / 6.0) - 1.63) < 0.005);
}

}  // namespace
}  // namespace whittle
