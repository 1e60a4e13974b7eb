#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lessons/09-judging-a-classifier/lab.h"
#include "tests/support/labs.h"

namespace whittle {
namespace {

using test::go;
using test::reading;
using test::ticked;

using After = test::After<JudgingLab>;

// As stated with two digits.
bool rounds_to(double value, double stated) { return std::fabs(value - stated) <= 0.005; }

TEST_CASE("judging-a-classifier: the three nets") {
    struct Net {
        const char* name;
        double tp, fn, fp, tn, accuracy, precision, recall, f1;
    };
    const Net nets[] = {{"nn1", 1, 19, 2, 998, 0.98, 0.33, 0.05, 0.09},
                        {"nn2", 19, 1, 200, 800, 0.80, 0.09, 0.95, 0.16},
                        {"nn3", 18, 2, 40, 960, 0.96, 0.31, 0.90, 0.46}};
    for (const Net& net : nets) {
        CAPTURE(net.name);
        const After lab(std::string("classifier=") + net.name);
        CHECK(reading(lab, "tp") == net.tp);
        CHECK(reading(lab, "fn") == net.fn);
        CHECK(reading(lab, "fp") == net.fp);
        CHECK(reading(lab, "tn") == net.tn);
        CHECK(rounds_to(reading(lab, "accuracy"), net.accuracy));
        CHECK(rounds_to(reading(lab, "precision"), net.precision));
        CHECK(rounds_to(reading(lab, "recall"), net.recall));
        CHECK(rounds_to(reading(lab, "f1"), net.f1));
        CHECK(lab.matrix().total() == 1020);
    }
    const After nn2("classifier=nn2");
    CHECK(reading(nn2, "recall") == 19.0 / 20.0);
    CHECK(reading(nn2, "precision") < 0.1);
    CHECK(reading(After("classifier=nn1"), "accuracy") >
          reading(After("classifier=nn3"), "accuracy"));
}

TEST_CASE("judging-a-classifier: 4 % of 43,200 samples are 1,728 false alarms a month") {
    CHECK(kMinutesPerMonth == 43200);
    const After lab("classifier=nn3");
    CHECK(reading(lab, "false-alarm-rate") == 0.04);
    CHECK(reading(lab, "expected-each") == doctest::Approx(1728.0).epsilon(1e-12));
    CHECK(reading(lab, "expected-alarms") == doctest::Approx(1728.0).epsilon(1e-12));
}

TEST_CASE("judging-a-classifier: what k positives in a row do to NN3") {
    const double expected[] = {1728.0, 66.46, 2.654, 0.1062};
    for (int k = 1; k <= 4; ++k) {
        const After lab("classifier=nn3&in-a-row=" + std::to_string(k));
        CHECK(std::fabs(reading(lab, "expected-alarms") / expected[k - 1] - 1.0) < 0.001);
        // The waiting time in closed form, for p = 0.04.
        const double power = std::pow(0.04, k);
        CHECK(reading(lab, "expected-alarms") ==
              doctest::Approx(43200.0 * power * 0.96 / (1.0 - power)).epsilon(1e-9));
    }
    CHECK(std::fabs(reading(After("classifier=nn3&in-a-row=4"), "chance-found") - 0.999) < 0.0005);
    const After nn2("classifier=nn2&in-a-row=6");
    CHECK(std::fabs(reading(nn2, "expected-alarms") - 2.2) < 0.05);
    CHECK(std::fabs(reading(nn2, "chance-found") - 0.997) < 0.0005);
}

TEST_CASE("judging-a-classifier: simulated months agree with what is expected") {
    for (const std::string net : {"nn1", "nn2", "nn3"}) {
        for (int k = 1; k <= 4; ++k) {
            CAPTURE(net);
            CAPTURE(k);
            const After lab("classifier=" + net + "&in-a-row=" + std::to_string(k) +
                            "&do=step:120");
            REQUIRE(reading(lab, "months") == 120.0);
            const double expected = reading(lab, "expected-alarms");
            // Counts of rare events spread like the root of their number: five of those are
            // reached once in a million. (And a run may reach from the anomaly into the time
            // after.)
            const double spread = 5.0 * std::sqrt(expected / 120.0) + 2.0 / 120.0;
            CHECK(std::fabs(reading(lab, "false-alarms") - expected) < spread);
            const double chance = reading(lab, "chance-found");
            const double chance_spread =
                5.0 * std::sqrt(chance * (1.0 - chance) / 120.0) + 1.0 / 120.0;
            CHECK(std::fabs(reading(lab, "found") - chance) < chance_spread);
        }
    }
    const After nn3("classifier=nn3&in-a-row=4&do=step:12");
    // It takes three more minutes than the first positive, and a few when one is missed.
    CHECK(reading(nn3, "delay") >= 3.0);
    CHECK(reading(nn3, "delay") < 6.0);
}

TEST_CASE("judging-a-classifier: the rule, by hand") {
    const std::vector<std::uint8_t> positive = {1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1};
    CHECK(raised_alarms(positive, 1) == std::vector<int>{0, 1, 2, 4, 5, 7, 8, 9, 10, 11});
    CHECK(raised_alarms(positive, 2) == std::vector<int>{1, 5, 8, 10});
    CHECK(raised_alarms(positive, 3) == std::vector<int>{2, 9});
    CHECK(raised_alarms(positive, 5) == std::vector<int>{11});
    CHECK(raised_alarms(positive, 6).empty());
    CHECK(raised_alarms({}, 1).empty());
    CHECK(expected_alarms(0.0, 3, 100.0) == 0.0);
    CHECK(expected_alarms(1.0, 4, 100.0) == 25.0);
    CHECK(expected_alarms(1e-300, 3, 100.0) == 0.0);
    CHECK(chance_of_alarm(0.5, 1, 1) == 0.5);
    CHECK(chance_of_alarm(0.5, 2, 2) == 0.25);
    CHECK(chance_of_alarm(0.5, 2, 3) == 0.375);  // 011, 110, 111 of eight
    CHECK(chance_of_alarm(0.9, 5, 4) == 0.0);
    CHECK(chance_of_alarm(1.0, 4, 4) == 1.0);
    CHECK(chance_of_alarm(0.0, 1, 100) == 0.0);
}

TEST_CASE("judging-a-classifier: the detector at 1.75 is NN3, and the threshold is a bargain") {
    JudgingLab lab;
    go(lab, "classifier=detector");
    CHECK(reading(lab, "tp") == 18.0);
    CHECK(reading(lab, "fn") == 2.0);
    CHECK(reading(lab, "fp") == 40.0);
    CHECK(reading(lab, "tn") == 960.0);
    CHECK(rounds_to(reading(lab, "f1"), 0.46));
    go(lab, "threshold=2.35");
    CHECK(reading(lab, "tp") == 16.0);
    CHECK(reading(lab, "fp") == 9.0);
    CHECK(rounds_to(reading(lab, "f1"), 0.71));
    go(lab, "threshold=0.95");
    CHECK(reading(lab, "tp") == 20.0);
    CHECK(reading(lab, "fp") == 170.0);
    go(lab, "threshold=1");
    CHECK(reading(lab, "tp") < 20.0);
    go(lab, "threshold=7");
    CHECK(reading(lab, "recall") == 0.0);
    CHECK(std::isnan(reading(lab, "precision")));
    go(lab, "threshold=-3");
    CHECK(reading(lab, "recall") == 1.0);
}

TEST_CASE("judging-a-classifier: a higher threshold never finds more, nor raises more alarms") {
    for (int seed = 0; seed < 20; ++seed) {
        JudgingLab lab;
        go(lab, "classifier=detector&seed=" + std::to_string(seed));
        const auto points = lab.operating_points(101);
        REQUIRE(points.size() == 101);
        CHECK(points.front().threshold == JudgingLab::kLowestThreshold);
        CHECK(points.back().threshold == JudgingLab::kHighestThreshold);
        for (std::size_t i = 1; i < points.size(); ++i) {
            CHECK(points[i].recall <= points[i - 1].recall);
            CHECK(points[i].false_alarm_rate <= points[i - 1].false_alarm_rate);
        }
    }
}

TEST_CASE("judging-a-classifier: scores are normal, with the memory asked for") {
    for (const double memory : {0.0, 0.5, 0.9}) {
        CAPTURE(memory);
        const AlarmMonth month = month_of_scores({3.0, memory}, 1.75, 120, 1, 0);
        REQUIRE(month.scores.size() == static_cast<std::size_t>(kMinutesPerMonth + 120));
        double mean = 0.0, square = 0.0, product = 0.0, count = 0.0, last = 0.0, anomaly = 0.0;
        for (std::size_t i = 0; i < month.scores.size(); ++i) {
            const bool inside = month.is_anomaly(static_cast<int>(i));
            const double score = static_cast<double>(month.scores[i]) - (inside ? 3.0 : 0.0);
            anomaly += inside ? static_cast<double>(month.scores[i]) / 120.0 : 0.0;
            mean += score;
            square += score * score;
            product += score * last;
            last = score;
            count += 1.0;
            CHECK(month.positive[i] == (month.scores[i] >= 1.75f ? 1 : 0));
        }
        // 43,320 samples, of which (1 - m) / (1 + m) count as independent: five standard errors.
        const double independent = count * (1.0 - memory) / (1.0 + memory);
        CHECK(std::fabs(mean / count) < 5.0 / std::sqrt(independent));
        CHECK(std::fabs(square / count - 1.0) < 5.0 * std::sqrt(2.0 / independent));
        CHECK(std::fabs(product / count - memory) < 5.0 / std::sqrt(independent));
        CHECK(std::fabs(anomaly - 3.0) < 5.0 / std::sqrt(120.0 * (1.0 - memory) / (1.0 + memory)));
    }
}

TEST_CASE("judging-a-classifier: noise that remembers breaks the rule's promise") {
    const std::string common = "classifier=detector&in-a-row=3";
    const After forgetful(common + "&do=step:12");
    const After half(common + "&memory=0.5&do=step:12");
    const After strong(common + "&memory=0.9&do=step:12");
    CHECK(reading(forgetful, "false-alarms") == 2.5);
    CHECK(std::fabs(reading(half, "false-alarms") - 70.0) < 1.0);
    CHECK(reading(strong, "false-alarms") > 300.0);
    // Neither the test set nor what it promises knows of it.
    for (const char* name : {"tp", "fp", "f1", "expected-alarms", "chance-found"}) {
        CHECK(reading(strong, name) == reading(forgetful, name));
    }
}

TEST_CASE("judging-a-classifier: your own matrix, and matrices with empty rows") {
    JudgingLab lab;
    // The quiz: 50 alarms, 10 of them real, 10 missed.
    go(lab, "classifier=own&tp=10&fn=10&fp=40&tn=940");
    CHECK(reading(lab, "precision") == 0.2);
    CHECK(reading(lab, "recall") == 0.5);
    go(lab, "tp=0&fn=0");
    CHECK(std::isnan(reading(lab, "recall")));
    CHECK(std::isnan(reading(lab, "chance-found")));
    CHECK(reading(lab, "f1") == 0.0);
    go(lab, "do=step");
    CHECK(reading(lab, "months") == 0.0);
    go(lab, "tp=20&fp=0&tn=0");
    CHECK(std::isnan(reading(lab, "false-alarm-rate")));
    CHECK(std::isnan(reading(lab, "expected-alarms")));
    go(lab, "tp=0");
    CHECK(std::isnan(reading(lab, "accuracy")));
    // 1 % of 3,600 samples.
    go(lab, "tp=1&fp=10&tn=990");
    CHECK(reading(lab, "false-alarm-rate") * 3600.0 == doctest::Approx(36.0).epsilon(1e-12));
}

TEST_CASE("judging-a-classifier: always saying no is 98 % accurate and blind") {
    const After lab("classifier=own&tp=0&fn=20&fp=0&tn=1000");
    CHECK(rounds_to(reading(lab, "accuracy"), 0.98));
    CHECK(reading(lab, "recall") == 0.0);
    CHECK(ticked(lab, "accurate-and-blind"));
}

TEST_CASE("judging-a-classifier: every goal can be reached, none by doing nothing") {
    for (const char* name : {"nn1", "nn2", "nn3", "own", "detector"}) {
        const After lab(std::string("classifier=") + name);
        CHECK_FALSE(ticked(lab, "accurate-and-blind"));
        CHECK_FALSE(ticked(lab, "beat-nn3"));
        CHECK_FALSE(ticked(lab, "miss-nothing"));
        CHECK_FALSE(ticked(lab, "quiet-months"));
        CHECK_FALSE(ticked(lab, "noise-that-remembers"));
    }
    CHECK(ticked(After("classifier=detector&threshold=2.35"), "beat-nn3"));
    CHECK_FALSE(ticked(After("separation=5&classifier=detector&threshold=2.35"), "beat-nn3"));
    CHECK(ticked(After("classifier=detector&threshold=0.95"), "miss-nothing"));
    CHECK_FALSE(ticked(After("classifier=detector&threshold=-3"), "miss-nothing"));
    CHECK(ticked(After("classifier=nn3&in-a-row=3&do=step:12"), "quiet-months"));
    CHECK_FALSE(ticked(After("classifier=nn3&in-a-row=2&do=step:12"), "quiet-months"));
    const std::string memory = "classifier=detector&memory=0.5&";
    CHECK(ticked(After(memory + "in-a-row=5&do=step:12"), "noise-that-remembers"));
    CHECK_FALSE(ticked(After(memory + "in-a-row=3&do=step:12"), "noise-that-remembers"));
}

TEST_CASE("judging-a-classifier: months are counted, end, and follow from the seed") {
    JudgingLab lab;
    CHECK(lab.alarms().empty());
    CHECK(std::isnan(reading(lab, "false-alarms")));
    go(lab, "classifier=detector&do=step:1000");
    CHECK(reading(lab, "months") == JudgingLab::kMaxMonths);
    CHECK(lab.false_alarms_by_month().size() == JudgingLab::kMaxMonths);
    const After same("classifier=detector&do=step:120");
    CHECK(std::equal(lab.alarms().begin(), lab.alarms().end(), same.alarms().begin(),
                     same.alarms().end()));
    const After other("classifier=detector&seed=201&do=step:120");
    CHECK(reading(other, "false-alarms") != reading(lab, "false-alarms"));
    std::int64_t in_month = 0;
    for (const int minute : lab.alarms()) in_month += lab.month().is_anomaly(minute) ? 0 : 1;
    CHECK(in_month == lab.false_alarms_by_month().back());
    go(lab, "anomaly-minutes=1");
    CHECK(reading(lab, "months") == 0.0);
    CHECK(lab.month().positive.empty());
}

}  // namespace
}  // namespace whittle
