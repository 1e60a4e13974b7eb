#include <doctest/doctest.h>

#include <cstring>

#include "core/base/bits.h"
#include "core/base/random.h"
#include "lessons/kit/lab.h"
#include "tests/lessons/kit/sample_lab.h"

namespace whittle {

using test::SampleLab;

namespace {

void check_same_state(const Lab& a, const Lab& b) {
    for (std::size_t i = 0; i < a.parameters().size(); ++i) {
        CAPTURE(a.parameters()[i].name);
        CHECK(bit_cast<std::uint64_t>(a.value(i)) == bit_cast<std::uint64_t>(b.value(i)));
    }
    for (std::size_t i = 0; i < a.readouts().size(); ++i) {
        CAPTURE(a.readouts()[i].name);
        if (a.readouts()[i].name == "resets") continue;  // the way, not the state
        CHECK(bit_cast<std::uint64_t>(a.readout(i)) == bit_cast<std::uint64_t>(b.readout(i)));
    }
}

void check_round_trip(const Lab& lab, Lab& fresh) {
    const std::string link = to_link(lab);
    CAPTURE(link);
    CHECK(apply_link(fresh, link).empty());
    check_same_state(lab, fresh);
    CHECK(to_link(fresh) == link);
}

// Anything a student can do, at random.
void fiddle(Lab& lab, Random& random) {
    if (random.below(3) > 0) {
        const std::size_t i = random.below(static_cast<std::uint32_t>(lab.parameters().size()));
        const Parameter& parameter = lab.parameters()[i];
        const double share = static_cast<double>(random.below(11)) / 10.0;
        lab.set_value(i, parameter.minimum + share * (parameter.maximum - parameter.minimum));
        return;
    }
    const Action& action =
        lab.actions()[random.below(static_cast<std::uint32_t>(lab.actions().size()))];
    if (action.name == "play") return;  // how far it gets depends on the clock
    REQUIRE(lab.act(action.name, 1 + random.below(3)).ok());
}

}  // namespace

TEST_CASE("a link says what was done") {
    SampleLab lab;
    lab.set_value(lab.rate, 1e-5);
    lab.set_value(lab.shape, 2.0);
    lab.set_value(lab.noisy, 1.0);
    REQUIRE(lab.act("step", 50).ok());
    REQUIRE(lab.act("double").ok());
    CHECK(to_link(lab) == "rate=1e-05&shape=spiral&noisy=on&do=step:50&do=double");
    CHECK(to_command(LabEntry{"sample", "Sample", nullptr}, lab) ==
          "whittle lab sample --set rate=1e-05 --set shape=spiral --set noisy=on --do step:50 "
          "--do double");
}

TEST_CASE("whatever was done, its link restores the same state bit for bit") {
    Random random(11);
    for (int trial = 0; trial < 300; ++trial) {
        CAPTURE(trial);
        SampleLab lab;
        for (int i = 0; i < trial % 40; ++i) fiddle(lab, random);
        SampleLab fresh;
        check_round_trip(lab, fresh);
    }
}

TEST_CASE("links of the course's labs restore the same readouts bit for bit") {
    Random random(12);
    for (const LabEntry& entry : all_labs()) {
        const std::string name = entry.name;
        CAPTURE(name);
        for (int trial = 0; trial < 4; ++trial) {
            const auto lab = entry.make();
            for (int i = 0; i < 4 * trial; ++i) fiddle(*lab, random);
            const auto fresh = entry.make();
            check_round_trip(*lab, *fresh);
        }
    }
}

TEST_CASE("links by hand are read leniently") {
    SampleLab lab;
    CHECK(apply_link(lab, "&&rate=%32%2e5&do=step%3A2&").empty());
    CHECK(lab.value(lab.rate) == 2.5);
    CHECK(lab.steps == 2);
}

TEST_CASE("what a link says wrongly is told and left out") {
    struct Case {
        const char* link;
        const char* notice;
    };
    const Case cases[] = {
        {"speed=1", "'speed'"},
        {"rate", "''"},
        {"=", "''"},
        {"=3", "''"},
        {"rate=nan", "'nan'"},
        {"rate=1e999", "'1e999'"},
        {"rate=%", "'%'"},
        {"rate=%zz", "'%zz'"},
        {"rate=%1", "'%1'"},
        {"rate=%00", "'?'"},
        {"rate=%ff%fe", "'?\?'"},
        {"%=%&rate=2", "'%'"},
        {"shape=Spiral", "'Spiral'"},
        {"noisy=2", "'2'"},
        {"layers=99", "99 became 6"},
        {"rate=1e300", "became 10"},
        {"do", "''"},
        {"do=", "''"},
        {"do=fly", "'fly'"},
        {"do=step:0", "'0'"},
        {"do=step:-1", "'-1'"},
        {"do=step:1.5", "'1.5'"},
        {"do=step:1e99", "'1e99'"},
        {"do=step:1e999", "'1e999'"},
        {"do=step:nan", "'nan'"},
        {"do=step:1000001", "'1000001'"},
        {"do=step:", "''"},
        {"do=:5", "''"},
        {"do=step:5:5", "'5:5'"},
    };
    for (const Case& c : cases) {
        const std::string link = c.link;
        CAPTURE(link);
        SampleLab lab;
        const std::vector<std::string> notices = apply_link(lab, c.link);
        REQUIRE(notices.size() == 1);
        CAPTURE(notices[0]);
        CHECK(notices[0].find(c.notice) != std::string::npos);
    }
}

TEST_CASE("notices stay few and printable however bad the link is") {
    std::string link;
    for (int i = 0; i < 3000; ++i) link += "x" + std::to_string(i) + "=\x01\x1b[31m&";
    SampleLab lab;
    const std::vector<std::string> notices = apply_link(lab, link);
    REQUIRE(notices.size() == LinkReplay::kMaxNotices + 1);
    CHECK(notices.back() == "and 2980 more");
    for (const std::string& notice : notices) {
        CHECK(notice.find('\x1b') == std::string::npos);
        CHECK(notice.size() < 200);
    }
}

TEST_CASE("a link that asks for too much is cut, with a notice") {
    SUBCASE("entries") {
        std::string link;
        for (std::size_t i = 0; i <= LinkReplay::kMaxEvents; ++i) link += "do=double&";
        SampleLab lab;
        const auto notices = apply_link(lab, link);
        REQUIRE(notices.size() == 1);
        CHECK(notices[0].find("more than 10000 things") != std::string::npos);
        CHECK(lab.history()[0].count == 10000);
    }
    SUBCASE("actions") {
        SampleLab lab;
        std::string link;
        for (int i = 0; i < 6; ++i) link += "do=step:1000000&";
        const auto notices = apply_link(lab, link);
        REQUIRE(notices.size() == 1);
        CHECK(notices[0].find("more than 5000000 actions") != std::string::npos);
        CHECK(lab.steps == SampleLab::kLastStep);
    }
    SUBCASE("bytes") {
        SampleLab lab;
        const auto notices =
            apply_link(lab, "rate=2&shape=" + std::string(2 * LinkReplay::kMaxBytes, 'x'));
        REQUIRE(notices.size() == 1);
        CHECK(lab.value(lab.rate) == 2.0);
    }
    SUBCASE("bytes without any entry") {
        SampleLab lab;
        CHECK(apply_link(lab, std::string(2 * LinkReplay::kMaxBytes, 'x')).size() == 1);
    }
}

TEST_CASE("random bytes never break a link's reader") {
    Random random(5);
    const char alphabet[] = "rate=shpdo:%&+-.0123456789eE\x80\xff\n";
    for (int trial = 0; trial < 2000; ++trial) {
        std::string link;
        const std::uint32_t length = random.below(60);
        for (std::uint32_t i = 0; i < length; ++i) {
            link += alphabet[random.below(sizeof alphabet)];  // the final 0 as well
        }
        SampleLab lab;
        apply_link(lab, link);
        SampleLab fresh;
        check_round_trip(lab, fresh);
    }
}

TEST_CASE("a link is applied in slices") {
    SampleLab lab;
    LinkReplay replay(lab, "rate=2&do=step:3&do=double");
    CHECK(!replay.finished());
    CHECK(replay.progress() == 0.0);
    std::vector<double> sums;
    while (!replay.finished()) {
        replay.advance(0.0);
        sums.push_back(lab.readout(lab.sum));
    }
    CHECK(sums == std::vector<double>{0.0, 2.0, 4.0, 6.0, 12.0});
    CHECK(replay.progress() == 1.0);
    CHECK(replay.advance(0.0));
    CHECK(to_link(lab) == "rate=2&do=step:3&do=double");

    SampleLab untouched;
    CHECK(LinkReplay(untouched, "").finished());
}

TEST_CASE("actions are read as name and count") {
    CHECK(parse_action("step")->count == 1);
    CHECK(parse_action("step:50")->count == 50);
    CHECK(parse_action("step:1e3")->count == 1000);
    CHECK(action_text(*parse_action("step:50")) == "step:50");
    CHECK(action_text(*parse_action("step:1")) == "step");
    CHECK(!parse_action("step:0").ok());
}

}  // namespace whittle
