#include "core/train/schedule.h"

#include <doctest/doctest.h>

#include <cmath>

namespace whittle {
namespace {

using Kind = SchedulePart::Kind;

TEST_CASE("without parts the learning rate is constant") {
    for (const int step : {0, 1, 99}) CHECK(rate_factor({}, step, 10, 10) == 1.0f);
}

TEST_CASE("a warm-up rises evenly, and the first step already moves") {
    const Schedule schedule = {{.kind = Kind::warm_up, .epochs = 2.0f}};
    // 4 steps an epoch: 8 steps.
    CHECK(rate_factor(schedule, 0, 4, 10) == 0.125f);
    CHECK(rate_factor(schedule, 3, 4, 10) == 0.5f);
    CHECK(rate_factor(schedule, 7, 4, 10) == 1.0f);
    CHECK(rate_factor(schedule, 8, 4, 10) == 1.0f);
}

TEST_CASE("steps multiply after each so many epochs") {
    const Schedule schedule = {{.kind = Kind::step, .epochs = 3.0f, .factor = 0.5f}};
    for (int step = 0; step < 40; ++step) {
        const int passed = step / 4 / 3;
        CHECK(rate_factor(schedule, step, 4, 10) == std::ldexp(1.0f, -passed));
    }
}

TEST_CASE("a cosine begins at 1, passes the middle half-way, and ends at its floor") {
    const Schedule whole = {{.kind = Kind::cosine, .factor = 0.0f}};
    CHECK(rate_factor(whole, 0, 5, 10) == 1.0f);
    CHECK(rate_factor(whole, 25, 5, 10) == doctest::Approx(0.5).epsilon(1e-6));
    CHECK(rate_factor(whole, 50, 5, 10) == 0.0f);
    const Schedule late = {{.kind = Kind::cosine, .factor = 0.25f, .from = 2.0f}};
    for (int step = 0; step <= 10; ++step) CHECK(rate_factor(late, step, 5, 10) == 1.0f);
    for (int step = 10; step <= 50; ++step) {
        const double t = (step - 10) / 40.0;
        const double wanted = 0.25 + 0.75 * 0.5 * (1.0 + std::cos(3.14159265358979 * t));
        CHECK(rate_factor(late, step, 5, 10) == doctest::Approx(wanted).epsilon(1e-6));
    }
    // One that would begin after the end does nothing before it.
    const Schedule never = {{.kind = Kind::cosine, .factor = 0.5f, .from = 10.0f}};
    CHECK(rate_factor(never, 49, 5, 10) == 1.0f);
    CHECK(rate_factor(never, 50, 5, 10) == 0.5f);
}

TEST_CASE("parts are multiplied") {
    const Schedule schedule = {{.kind = Kind::warm_up, .epochs = 1.0f},
                               {.kind = Kind::step, .epochs = 2.0f, .factor = 0.5f},
                               {.kind = Kind::step, .epochs = 3.0f, .factor = 0.5f}};
    CHECK(rate_factor(schedule, 0, 2, 10) == 0.5f);
    CHECK(rate_factor(schedule, 3, 2, 10) == 1.0f);
    CHECK(rate_factor(schedule, 4, 2, 10) == 0.5f);
    CHECK(rate_factor(schedule, 6, 2, 10) == 0.25f);
    CHECK(rate_factor(schedule, 12, 2, 10) == 0.03125f);
}

}  // namespace
}  // namespace whittle
