#include "lessons/kit/lab.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>

#include "tests/lessons/kit/sample_lab.h"

namespace whittle {

using test::SampleLab;

TEST_CASE("values are brought into their range and onto their grid") {
    SampleLab lab;
    CHECK(lab.set_value(lab.rate, 11.0) == 10.0);
    CHECK(lab.set_value(lab.rate, -std::numeric_limits<double>::infinity()) == -10.0);
    CHECK(lab.set_value(lab.rate, 0.123456789) == 0.123456789);
    CHECK(lab.set_value(lab.rate, std::numeric_limits<double>::quiet_NaN()) == 0.123456789);
    CHECK(lab.set_value(lab.position, 3.24) == 3.2);
    CHECK(lab.set_value(lab.position, 0.3000001) == 0.3);
    CHECK(lab.set_value(lab.position, 1e300) == 5.0);
    CHECK(lab.set_value(lab.position, 0.02) == 0.0);
    CHECK(lab.value_text(lab.position) == "0");
    CHECK(lab.set_value(lab.layers, 3.6) == 4.0);
    CHECK(lab.set_value(lab.layers, -1.0) == 1.0);
    CHECK(lab.set_value(lab.shape, 7.0) == 2.0);
    CHECK(lab.value_text(lab.shape) == "spiral");
    CHECK(lab.set_value(lab.noisy, 0.7) == 1.0);
    CHECK(lab.value_text(lab.noisy) == "on");
}

TEST_CASE("every value on a grid is a fixed point") {
    SampleLab lab;
    for (int i = 0; i <= 100; ++i) {
        const double value = lab.set_value(lab.position, -5.0 + i * 0.1);
        CAPTURE(value);
        lab.set_value(lab.position, value == 5.0 ? -5.0 : 5.0);
        REQUIRE(lab.set("position", std::to_string(value)).ok());
        CHECK(lab.value(lab.position) == value);
    }
}

TEST_CASE("values from outside are understood or refused with a reason") {
    SampleLab lab;
    std::string notice;
    CHECK(lab.set("shape", "xor", &notice).ok());
    CHECK(lab.value(lab.shape) == 1.0);
    CHECK(lab.set("noisy", "on", &notice).ok());
    CHECK(lab.set("layers", "5", &notice).ok());
    CHECK(notice.empty());
    CHECK(lab.set("layers", "50", &notice).ok());
    CHECK(notice == "layers: 50 became 6 (from 1 to 6)");

    CHECK(lab.set("shap", "xor").error().expected == "one of rate, position, layers, shape, noisy");
    CHECK(lab.set("shape", "square").error().expected == "one of circle, xor, spiral");
    CHECK(lab.set("noisy", "maybe").error().found == "'maybe'");
    for (const std::string text : {"", "nan", "inf", "1e999", "two", "1 2"}) {
        CAPTURE(text);
        const std::uint64_t revision = lab.revision();
        CHECK(lab.set("rate", text).error().expected == "a number");
        CHECK(lab.revision() == revision);
    }
}

TEST_CASE("actions are done so many times, and unknown ones refused") {
    SampleLab lab;
    REQUIRE(lab.act("step", 4).ok());
    CHECK(lab.readout(lab.sum) == 4.0);
    REQUIRE(lab.act("double").ok());
    CHECK(lab.readout(lab.sum) == 8.0);
    CHECK(lab.act("stop").error().expected == "one of play, pause, step, mark, double, reset");
    for (const std::int64_t count : {std::int64_t{0}, std::int64_t{-1}, kMaxActionCount + 1,
                                     std::numeric_limits<std::int64_t>::min()}) {
        CHECK(!lab.act("step", count).ok());
    }
    CHECK(lab.readout(lab.sum) == 8.0);
    REQUIRE(lab.act("step", kMaxActionCount).ok());
    CHECK(lab.steps == SampleLab::kLastStep);
    CHECK(lab.history().back().count == SampleLab::kLastStep - 4);
    const std::uint64_t revision = lab.revision();
    REQUIRE(lab.act("step").ok());
    CHECK(lab.revision() == revision);
}

TEST_CASE("a reset goes back to the beginning with the settings and what belongs to them") {
    SampleLab lab;
    lab.set_value(lab.layers, 4.0);
    lab.set_value(lab.position, 2.0);
    REQUIRE(lab.act("mark").ok());
    REQUIRE(lab.act("step", 3).ok());
    REQUIRE(lab.act("play").ok());
    REQUIRE(lab.act("reset", 5).ok());
    CHECK(!lab.playing());
    CHECK(lab.readout(lab.sum) == 0.0);
    CHECK(lab.readout(lab.marked) == 2.0);
    CHECK(lab.value(lab.layers) == 4.0);
    CHECK(to_link(lab) == "layers=4&position=2&do=mark");

    lab.restart();
    CHECK(lab.value(lab.layers) == 2.0);
    CHECK(std::isnan(lab.readout(lab.marked)));
    CHECK(lab.readout_text(lab.marked) == "\xE2\x80\x93");
    CHECK(lab.history().empty());
    CHECK(!lab.goal_ticked(1));
}

TEST_CASE("the history holds what matters and no more") {
    SampleLab lab;
    SUBCASE("the last of several sets, also with others between") {
        lab.set_value(lab.rate, 2.0);
        lab.set_value(lab.position, 1.0);
        lab.set_value(lab.rate, 3.0);
        CHECK(to_link(lab) == "position=1&rate=3");
    }
    SUBCASE("nothing when a value is as at the start") {
        lab.set_value(lab.rate, 2.0);
        lab.set_value(lab.rate, 1.0);
        CHECK(to_link(lab).empty());
    }
    SUBCASE("repeated actions as one") {
        REQUIRE(lab.act("step", 2).ok());
        REQUIRE(lab.act("step").ok());
        REQUIRE(lab.act("double").ok());
        REQUIRE(lab.act("step").ok());
        CHECK(to_link(lab) == "do=step:3&do=double&do=step");
    }
    SUBCASE("sets between actions, each") {
        lab.set_value(lab.rate, 2.0);
        REQUIRE(lab.act("step").ok());
        lab.set_value(lab.rate, 3.0);
        REQUIRE(lab.act("step").ok());
        CHECK(to_link(lab) == "rate=2&do=step&rate=3&do=step");
    }
    SUBCASE("no actions from before a parameter began anew") {
        REQUIRE(lab.act("step", 7).ok());
        lab.set_value(lab.rate, 3.0);
        lab.set_value(lab.layers, 3.0);
        lab.set_value(lab.layers, 2.0);
        CHECK(to_link(lab) == "rate=3");
        CHECK(lab.readout(lab.sum) == 0.0);
    }
    SUBCASE("a detour of a parameter after an action") {
        REQUIRE(lab.act("step", 7).ok());
        for (const double rate : {3.0, 4.0, 1.0, 5.0, 1.0, 6.0, 1.0}) {
            lab.set_value(lab.rate, rate);
        }
        CHECK(to_link(lab) == "do=step:7&rate=6&rate=1");
        lab.set_value(lab.rate, 2.0);
        CHECK(to_link(lab) == "do=step:7&rate=2");
    }
}

TEST_CASE("counts in the history stay within what an action takes") {
    SampleLab lab;
    for (int i = 0; i < 3; ++i) REQUIRE(lab.act("double", kMaxActionCount - 1).ok());
    std::int64_t total = 0;
    for (const LabEvent& event : lab.history()) {
        CHECK(event.count <= kMaxActionCount);
        total += event.count;
    }
    CHECK(total == 3 * (kMaxActionCount - 1));
}

TEST_CASE("goals tick when they are reached, and stay ticked") {
    SampleLab lab;
    CHECK(!lab.goal_ticked(0));
    REQUIRE(lab.act("step", 6).ok());  // passes 5 on the way
    CHECK(lab.goal_ticked(0));
    REQUIRE(lab.act("reset").ok());
    CHECK(lab.goal_ticked(0));
    CHECK(!lab.goal_ticked(1));

    const std::uint64_t revision = lab.revision();
    const std::vector<std::string> names = {"marked", "never-heard-of"};
    lab.restore_ticked(names);
    CHECK(lab.goal_ticked(1));
    CHECK(lab.revision() > revision);
}

TEST_CASE("the revision grows with every change and only then") {
    SampleLab lab;
    std::uint64_t revision = lab.revision();
    const auto changed = [&] {
        const bool grown = lab.revision() > revision;
        revision = lab.revision();
        return grown;
    };
    lab.set_value(lab.rate, 1.0);
    CHECK(!changed());
    lab.set_value(lab.rate, 2.0);
    CHECK(changed());
    REQUIRE(lab.act("step").ok());
    CHECK(changed());
    CHECK(!lab.advance(0.0));
    CHECK(!changed());
    REQUIRE(lab.act("play").ok());
    CHECK(changed());
    CHECK(lab.advance(0.0));
    CHECK(changed());
    lab.restart();
    CHECK(changed());
}

TEST_CASE("playing advances in slices and stops at the end") {
    SampleLab lab;
    REQUIRE(lab.act("play").ok());
    CHECK(lab.advance(0.0));
    CHECK(lab.steps == 1);
    CHECK(lab.advance(-1.0));
    CHECK(lab.steps == 2);
    while (lab.playing()) CHECK(lab.advance(0.001));
    CHECK(lab.steps == SampleLab::kLastStep);
    CHECK(to_link(lab) == "do=step:1000");
    CHECK(!lab.advance(0.001));

    REQUIRE(lab.act("reset").ok());
    REQUIRE(lab.act("play").ok());
    REQUIRE(lab.act("pause").ok());
    CHECK(!lab.advance(0.001));
    CHECK(lab.steps == 0);
}

TEST_CASE("a lab with a pace waits until the next step is due") {
    SampleLab lab(0.5);
    REQUIRE(lab.act("play").ok());
    CHECK(lab.advance(0.001));
    CHECK(lab.steps == 1);
    CHECK(!lab.advance(0.001));  // the next is due 2 s after the first
    CHECK(lab.steps == 1);
}

TEST_CASE("every lab declares what the screen, links and the command line need") {
    REQUIRE(!all_labs().empty());
    for (const LabEntry& entry : all_labs()) {
        const std::string name = entry.name;
        CAPTURE(name);
        CHECK(lab_named(entry.name) == &entry);
        const auto lab = entry.make();
        std::set<std::string> names;
        for (std::size_t i = 0; i < lab->parameters().size(); ++i) {
            const Parameter& parameter = lab->parameters()[i];
            CAPTURE(parameter.name);
            CHECK(!parameter.title.empty());
            CHECK(names.insert(parameter.name).second);
            CHECK(parameter.name != "do");
            CHECK((!parameter.logarithmic || parameter.minimum > 0.0));
            // The initial value lies within the range and on the grid.
            CHECK(lab->set_value(i, parameter.initial) == parameter.initial);
            CHECK(lab->history().empty());
        }
        CHECK(lab->goals().size() >= 3);
        for (std::size_t i = 0; i < lab->goals().size(); ++i) {
            CAPTURE(lab->goals()[i].name);
            CHECK(!lab->goals()[i].hint.empty());
            CHECK(!lab->goal_ticked(i));
        }
        CHECK(!lab->readouts().empty());
    }
    CHECK(lab_named("no-such-lab") == nullptr);
}

}  // namespace whittle
