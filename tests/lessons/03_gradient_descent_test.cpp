#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lessons/02-guess-the-line/lab.h"
#include "lessons/03-gradient-descent/lab.h"
#include "tests/support/labs.h"

namespace whittle {
namespace {

using State = GradientDescentLab::State;
using test::go;
using test::put;
using test::reading;
using test::shown;
using test::ticked;

const std::vector<std::string> kLandscapes = {"parabola", "two-valleys",   "plateau",
                                              "bowl",     "narrow-valley", "line-fit"};

// Some thousands of additions and multiplications in float64, each with an error of 1.1e-16.
constexpr double kRounding = 1e-12;

using After = test::After<GradientDescentLab>;

TEST_CASE("gradient-descent: arrows agree with finite differences") {
    const double h = 1e-4;
    for (const std::string& landscape : kLandscapes) {
        CAPTURE(landscape);
        for (double x = -5.0; x <= 5.0; x += 0.5) {
            for (double y = -5.0; y <= 5.0; y += 1.0) {
                GradientDescentLab lab;
                go(lab, "landscape=" + landscape);
                put(lab, "start-x", x);
                put(lab, "start-y", y);
                const Landscape& ground = lab.landscape();
                const Ground at = lab.position();
                // The central difference errs by h^2/6 times the third derivative, which is at most
                // 15 here (two valleys: 3x), and by rounding of losses up to 350 over 2h.
                const double tolerance = h * h / 6.0 * 15.0 + 350.0 * 1.1e-16 * 40.0 / (2.0 * h);
                const double along_x =
                    (ground.loss({at.x + h, at.y}) - ground.loss({at.x - h, at.y})) / (2.0 * h);
                CHECK(std::fabs(reading(lab, "gradient-x") - along_x) < tolerance);
                CHECK(lab.gradient().x == reading(lab, "gradient-x"));
                if (ground.dimension() == 1) {
                    CHECK(std::isnan(reading(lab, "gradient-y")));
                    CHECK(lab.gradient().y == 0.0);
                    continue;
                }
                const double along_y =
                    (ground.loss({at.x, at.y + h}) - ground.loss({at.x, at.y - h})) / (2.0 * h);
                CHECK(std::fabs(reading(lab, "gradient-y") - along_y) < tolerance);
            }
        }
    }
}

TEST_CASE("gradient-descent: curvatures agree with finite differences of the gradient") {
    const double h = 1e-4;
    for (std::size_t kind = 0; kind < kLandscapeKinds; ++kind) {
        const Landscape ground(static_cast<LandscapeKind>(kind), 1.5);
        for (double x = -4.5; x <= 4.5; x += 0.75) {
            const Ground at = {x, 0.5 * x - 1.0};
            const Ground right = ground.gradient({at.x + h, at.y});
            const Ground left = ground.gradient({at.x - h, at.y});
            const Ground up = ground.gradient({at.x, at.y + h});
            const Ground down = ground.gradient({at.x, at.y - h});
            const double xx = (right.x - left.x) / (2.0 * h);
            double largest = xx;
            if (ground.dimension() == 2) {
                const double yy = (up.y - down.y) / (2.0 * h);
                const double xy = (up.x - down.x) / (2.0 * h);
                largest = (xx + yy) / 2.0 + std::hypot((xx - yy) / 2.0, xy);
            }
            // h^2/6 times the fourth derivative, at most 24 (plateau), and rounding of 1e-16 * 60 /
            // h.
            CHECK(std::fabs(ground.largest_curvature(at) - largest) < 1e-7);
        }
    }
}

TEST_CASE("gradient-descent: each step on a x^2 multiplies the distance by 1 - 2a rate") {
    for (const double a : {0.1, 0.5, 1.0, 2.3, 4.0}) {
        for (const double rate : {0.01, 0.05, 0.1, 0.12, 0.2, 0.3, 0.6, 0.9}) {
            GradientDescentLab lab;
            put(lab, "steepness", a);
            put(lab, "learning-rate", rate);
            CHECK(reading(lab, "smooth-limit") ==
                  doctest::Approx(1.0 / (2.0 * a)).epsilon(kRounding));
            CHECK(reading(lab, "limit") == doctest::Approx(1.0 / a).epsilon(kRounding));
            const double factor = 1.0 - 2.0 * a * rate;
            go(lab, "do=step");
            CHECK(reading(lab, "x") == doctest::Approx(-4.0 * factor).epsilon(kRounding));
            CHECK(reading(lab, "distance-ratio") ==
                  doctest::Approx(std::fabs(factor)).epsilon(kRounding));
        }
    }
}

TEST_CASE("gradient-descent: on a x^2 the rate decides, at 1/(2a) and 1/a") {
    for (const double a : {0.5, 0.8, 1.0, 1.7, 2.0}) {
        for (const double share : {0.05, 0.3, 0.7, 0.95, 1.05, 1.3, 1.7, 1.95, 2.05, 2.5, 4.0}) {
            CAPTURE(a);
            CAPTURE(share);  // of 1/(2a)
            GradientDescentLab lab;
            put(lab, "steepness", a);
            put(lab, "learning-rate", share / (2.0 * a));
            go(lab, "do=step:3");
            const State expected = share < 1.0   ? State::converging
                                   : share < 2.0 ? State::oscillating
                                                 : State::diverging;
            CHECK(lab.state() == expected);
            go(lab, "do=step:5000");
            CHECK(lab.state() == (share < 2.0 ? State::arrived : State::diverged));
        }
    }
}

TEST_CASE("gradient-descent: at 1/a the ball jumps from side to side for ever") {
    const After lab("learning-rate=1&do=step:5000");
    CHECK(lab.state() == State::oscillating);
    CHECK(reading(lab, "x") == -4.0);
    CHECK(reading(lab, "distance-ratio") == 1.0);
    CHECK(lab.path().size() == GradientDescentLab::kMaxSteps + 1);
    const After steep("steepness=2&learning-rate=0.5&do=step:101");
    CHECK(steep.state() == State::oscillating);
    CHECK(reading(steep, "x") == 4.0);
}

TEST_CASE("gradient-descent: with momentum, the limits are those of the readouts") {
    for (const double momentum : {0.0, 0.1, 0.25, 0.5, 0.9}) {
        CAPTURE(momentum);
        for (const double share : {0.9, 0.99, 1.01, 1.1}) {
            GradientDescentLab lab;
            put(lab, "momentum", momentum);
            put(lab, "learning-rate", share * reading(lab, "limit"));
            go(lab, "do=step:5000");
            CHECK(lab.state() == (share < 1.0 ? State::arrived : State::diverged));
        }
        for (const double share : {0.8, 1.25}) {
            GradientDescentLab lab;
            // With much momentum the limit of a steeper parabola lies below what can be set.
            put(lab, "steepness", momentum > 0.5 ? 0.1 : 1.0);
            put(lab, "momentum", momentum);
            put(lab, "learning-rate", share * reading(lab, "smooth-limit"));
            go(lab, "do=step:5000");
            const bool crossed = std::any_of(lab.path().begin(), lab.path().end(),
                                             [](const auto& point) { return point.x > 0.0; });
            CHECK(crossed == (share > 1.0));
        }
    }
}

TEST_CASE("gradient-descent: two valleys, two ends") {
    const After left("landscape=two-valleys&start-x=-3&do=step:5000");
    const After right("landscape=two-valleys&start-x=3&do=step:5000");
    CHECK(left.state() == State::arrived);
    CHECK(right.state() == State::arrived);
    // Arrived is nearer than kClose.
    CHECK(std::fabs(left.position().x - -2.07) < 0.005 + GradientDescentLab::kClose);
    CHECK(std::fabs(right.position().x - 1.92) < 0.005 + GradientDescentLab::kClose);
    CHECK(std::fabs(reading(left, "loss") - 0.39) < 0.005);
    CHECK(std::fabs(reading(right, "loss") - 1.59) < 0.005);
    const auto minima = left.landscape().minima();
    REQUIRE(minima.size() == 2);
    for (const Ground& minimum : minima) {
        CHECK(std::fabs(left.landscape().gradient(minimum).x) < kRounding);
        CHECK(left.landscape().largest_curvature(minimum) > 0.0);
    }
    CHECK(left.landscape().loss(minima[0]) < left.landscape().loss(minima[1]));
}

TEST_CASE("gradient-descent: with small steps every start ends in the valley on its side") {
    GradientDescentLab fresh;
    go(fresh, "landscape=two-valleys");
    const Landscape& ground = fresh.landscape();
    const auto minima = ground.minima();
    REQUIRE(minima.size() == 2);
    // The ridge between them: uphill turns to downhill.
    double low = minima[0].x + 0.1;
    double high = minima[1].x - 0.1;
    while (high - low > 1e-9) {
        const double middle = (low + high) / 2.0;
        (ground.gradient({middle, 0.0}).x > 0.0 ? low : high) = middle;
    }
    CHECK(ground.largest_curvature({low, 0.0}) < 0.0);
    int left = 0;
    int right = 0;
    for (int tenth = -50; tenth <= 50; tenth += 2) {
        const double start = tenth / 10.0;
        CAPTURE(start);
        REQUIRE(std::fabs(start - low) > 1e-6);
        GradientDescentLab lab;
        go(lab, "landscape=two-valleys&learning-rate=0.02");
        put(lab, "start-x", start);
        go(lab, "do=step:5000");
        CHECK(lab.state() == State::arrived);
        const Ground& end = start < low ? minima[0] : minima[1];
        CHECK(std::fabs(reading(lab, "x") - end.x) < GradientDescentLab::kClose);
        ++(start < low ? left : right);
    }
    CHECK(left > 10);
    CHECK(right > 10);
}

TEST_CASE("gradient-descent: on the plateau a small slope is not a near goal") {
    GradientDescentLab lab;
    go(lab, "landscape=plateau");
    CHECK(std::fabs(std::fabs(reading(lab, "gradient-x")) - 0.028) < 0.0005);
    CHECK(std::isnan(reading(lab, "limit")));  // it bends down here
    go(lab, "do=step:5000");
    CHECK(lab.state() == State::arrived);
    CHECK(reading(lab, "steps") == 441.0);
}

TEST_CASE("gradient-descent: the narrow valley, without momentum and with it") {
    const After plain("landscape=narrow-valley&learning-rate=0.95&do=step:5000");
    CHECK(plain.state() == State::arrived);
    CHECK(reading(plain, "steps") == 85.0);
    CHECK(plain.path()[1].x == doctest::Approx(0.905 * plain.path()[0].x).epsilon(kRounding));
    CHECK_FALSE(ticked(plain, "narrow-valley"));
    CHECK(After("landscape=narrow-valley&learning-rate=1.05&do=step:5000").state() ==
          State::diverged);
    const After heavy("landscape=narrow-valley&learning-rate=0.95&momentum=0.5&do=step:5000");
    CHECK(heavy.state() == State::arrived);
    CHECK(reading(heavy, "steps") == 25.0);
    CHECK(ticked(heavy, "narrow-valley"));
    for (int rate = 1; rate < 20; ++rate) {
        const std::string link =
            "landscape=narrow-valley&start-x=3&learning-rate=" + std::to_string(0.05 * rate) +
            "&do=step:5000";
        CHECK_FALSE(ticked(After(link), "narrow-valley"));
    }
}

TEST_CASE("gradient-descent: line-fit is the loss of the six points, and diverges above 0.177") {
    for (const double w : {-5.0, 0.0, 1.5, 2.0, 5.0}) {
        GradientDescentLab lab;
        go(lab, "landscape=line-fit");
        put(lab, "start-x", w);
        put(lab, "start-y", -1.0);
        GuessTheLineLab line;
        put(line, "w", w);
        put(line, "b", -1.0);
        const double rmse = reading(line, "rmse");
        CHECK(reading(lab, "loss") == doctest::Approx(rmse * rmse).epsilon(kRounding));
        CHECK(shown(lab, "limit") == "0.1770");
    }
    for (const char* start : {"&start-x=-4", "&start-x=5&start-y=-5", "&start-x=0&start-y=0"}) {
        const std::string common = std::string("landscape=line-fit") + start;
        const After below(common + "&learning-rate=0.17&do=step:5000");
        CHECK(below.state() == State::arrived);
        CHECK(std::fabs(below.position().x - 2.0) < GradientDescentLab::kClose);
        CHECK(std::fabs(below.position().y - -1.0) < GradientDescentLab::kClose);
        CHECK(After(common + "&learning-rate=0.18&do=step:5000").state() == State::diverged);
    }
}

TEST_CASE("gradient-descent: the numbers of the prose about the parabola") {
    CHECK(reading(After("do=step"), "distance-ratio") == doctest::Approx(0.8).epsilon(kRounding));
    CHECK(reading(After("learning-rate=0.12&do=step"), "distance-ratio") ==
          doctest::Approx(0.76).epsilon(kRounding));
    const After wild("learning-rate=1.2&do=step:5");
    CHECK(reading(wild, "distance-ratio") == doctest::Approx(1.4).epsilon(kRounding));
    CHECK(wild.state() == State::diverging);
    // The quiz: L = 2 x^2.
    CHECK(reading(After("steepness=2&learning-rate=0.25&do=step"), "x") == 0.0);
    CHECK(reading(After("steepness=2&learning-rate=0.5&do=step"), "x") == 4.0);
}

TEST_CASE("gradient-descent: every goal can be reached, none by doing nothing") {
    for (const std::string& landscape : kLandscapes) {
        GradientDescentLab lab;
        go(lab, "landscape=" + landscape);
        for (std::size_t i = 0; i < lab.goals().size(); ++i) CHECK_FALSE(lab.goal_ticked(i));
    }
    CHECK(ticked(After("do=step:38"), "reach-bottom"));
    CHECK(ticked(After("learning-rate=0.5&do=step"), "single-step"));
    CHECK_FALSE(ticked(After("learning-rate=0.5&start-x=0&do=step"), "single-step"));
    CHECK_FALSE(ticked(After("learning-rate=0.45&do=step"), "single-step"));
    CHECK(ticked(After("learning-rate=1.2&do=step:5000"), "fly-off"));
    CHECK(ticked(After("landscape=two-valleys&start-x=3&momentum=0.9&do=step:5000"),
                 "deeper-valley"));
    CHECK_FALSE(ticked(After("landscape=two-valleys&start-x=-3&do=step:5000"), "deeper-valley"));
    CHECK_FALSE(ticked(After("landscape=two-valleys&start-x=3&do=step:5000"), "deeper-valley"));
}

TEST_CASE("gradient-descent: the rate may change on the way; a finished descent starts again") {
    GradientDescentLab lab;
    go(lab, "do=step:3&learning-rate=0.2&do=step:2");
    CHECK(reading(lab, "steps") == 5.0);
    CHECK(reading(lab, "x") ==
          doctest::Approx(-4.0 * 0.8 * 0.8 * 0.8 * 0.6 * 0.6).epsilon(kRounding));
    go(lab, "start-x=2");
    CHECK(reading(lab, "steps") == 0.0);
    go(lab, "do=step:5000&learning-rate=0.1");
    CHECK(lab.state() == State::at_start);
    CHECK(shown(lab, "state") == "at the start");
    go(lab, "do=step");
    CHECK(shown(lab, "state") == "converging");
}

TEST_CASE("gradient-descent: whatever is set, every readout stays finite or says nothing") {
    for (const std::string& landscape : kLandscapes) {
        for (const char* rate : {"0.01", "0.5", "5"}) {
            for (const char* momentum : {"0", "0.95"}) {
                for (const char* start : {"-5", "0", "5"}) {
                    const After lab("landscape=" + landscape + "&learning-rate=" + rate +
                                    "&momentum=" + momentum + "&start-x=" + start +
                                    "&steepness=4&do=step:5000");
                    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
                        CHECK_FALSE(std::isinf(lab.readout(i)));
                    }
                    CHECK(std::isfinite(reading(lab, "x")));
                    CHECK(std::isfinite(reading(lab, "loss")));
                }
            }
        }
    }
}

TEST_CASE("gradient-descent: what the views draw") {
    const After lab("landscape=line-fit&do=step:4");
    REQUIRE(lab.path().size() == 5);
    After next("landscape=line-fit&do=step:4");
    const Ground tip = next.next_position();
    go(next, "do=step");
    CHECK(next.position().x == tip.x);
    CHECK(next.position().y == tip.y);
    for (const auto& point : lab.path())
        CHECK(point.loss == lab.landscape().loss({point.x, point.y}));
    const auto curve = lab.curve(3);
    REQUIRE(curve.size() == 3);
    CHECK(curve[0].x == -5.0);
    CHECK(curve[1].x == 0.0);
    CHECK(curve[2].x == 5.0);
    CHECK(curve[2].loss == lab.landscape().loss({5.0, 0.0}));
    const auto surface = lab.surface(4, 2);
    REQUIRE(surface.size() == 8);
    CHECK(surface[0] == lab.landscape().loss({-3.75, -2.5}));
    CHECK(surface[7] == lab.landscape().loss({3.75, 2.5}));
}

}  // namespace
}  // namespace whittle
