#include "core/train/threshold_curve.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/base/random.h"

namespace whittle {
namespace {

ThresholdCurve curve_of(const std::vector<float>& scores, const std::vector<std::uint8_t>& labels) {
    Result<ThresholdCurve> curve = ThresholdCurve::make(scores, labels);
    REQUIRE(curve.ok());
    return std::move(curve).value();
}

// The definition, pair by pair.
double area_by_pairs(const std::vector<float>& scores, const std::vector<std::uint8_t>& labels) {
    double won = 0.0;
    double pairs = 0.0;
    for (std::size_t p = 0; p < scores.size(); ++p) {
        for (std::size_t n = 0; n < scores.size(); ++n) {
            if (labels[p] != 1 || labels[n] != 0) continue;
            pairs += 1.0;
            won += scores[p] > scores[n] ? 1.0 : scores[p] == scores[n] ? 0.5 : 0.0;
        }
    }
    return won / pairs;
}

TEST_CASE("four samples by hand") {
    // Falling: 0.8 (yes), 0.4 (no), 0.35 (yes), 0.1 (no).
    const ThresholdCurve curve = curve_of({0.1f, 0.4f, 0.35f, 0.8f}, {0, 0, 1, 1});
    REQUIRE(curve.points().size() == 5);
    CHECK(curve.positives() == 2);
    CHECK(curve.negatives() == 2);
    CHECK(std::isinf(curve.points()[0].threshold));
    CHECK(curve.precision(curve.points()[0]) == 1.0);
    CHECK(curve.points()[3].threshold == 0.35f);
    CHECK(curve.recall(curve.points()[3]) == 1.0);
    CHECK(curve.false_positive_rate(curve.points()[3]) == 0.5);
    CHECK(curve.precision(curve.points()[3]) == 2.0 / 3.0);
    CHECK(curve.area_under_roc() == 0.75);                      // 3 of 4 pairs
    CHECK(curve.average_precision() == 0.5 + 0.5 * 2.0 / 3.0);  // 1/2 at precision 1, 1/2 at 2/3
    CHECK(curve.best_f1().threshold == 0.35f);
    CHECK(curve.f1(curve.best_f1()) == 0.8);
}

TEST_CASE("perfect, reversed and useless scores") {
    CHECK(curve_of({1, 2, 3, 4}, {0, 0, 1, 1}).area_under_roc() == 1.0);
    CHECK(curve_of({1, 2, 3, 4}, {0, 0, 1, 1}).average_precision() == 1.0);
    CHECK(curve_of({1, 2, 3, 4}, {1, 1, 0, 0}).area_under_roc() == 0.0);
    const ThresholdCurve same = curve_of({7, 7, 7, 7}, {0, 1, 0, 0});
    CHECK(same.points().size() == 2);
    CHECK(same.area_under_roc() == 0.5);
    CHECK(same.average_precision() == 0.25);
}

TEST_CASE("the area is the share of pairs in order, with ties of every size") {
    Random random(5);
    for (const int levels : {2, 5, 100000}) {
        CAPTURE(levels);
        std::vector<float> scores;
        std::vector<std::uint8_t> labels = {0, 1};
        scores = {0.0f, 0.0f};
        for (int i = 0; i < 200; ++i) {
            const bool positive = random.uniform() < 0.2f;
            const float score = random.uniform() + (positive ? 0.3f : 0.0f);
            scores.push_back(std::floor(score * static_cast<float>(levels)));
            labels.push_back(positive ? 1 : 0);
        }
        // Sums of at most 40,000 halves are exact in float64; one division rounds.
        CHECK(curve_of(scores, labels).area_under_roc() ==
              doctest::Approx(area_by_pairs(scores, labels)).epsilon(1e-14));
    }
}

TEST_CASE("what has no curve") {
    const auto refused = [](const std::vector<float>& scores,
                            const std::vector<std::uint8_t>& labels) {
        const Result<ThresholdCurve> curve = ThresholdCurve::make(scores, labels);
        return curve.ok() ? std::string("accepted") : curve.error().message();
    };
    CHECK(refused({}, {}).find("0 positives of 0") != std::string::npos);
    CHECK(refused({1, 2}, {0, 0}).find("0 positives of 2") != std::string::npos);
    CHECK(refused({1, 2}, {1, 1}).find("2 positives of 2") != std::string::npos);
    CHECK(refused({1, 2}, {1}).find("one for each of 1 labels") != std::string::npos);
    CHECK(refused({1, 2}, {1, 2}).find("sample 1") != std::string::npos);
    CHECK(refused({1, std::numeric_limits<float>::quiet_NaN()}, {1, 0}).find("sample 1") !=
          std::string::npos);
    CHECK(refused({std::numeric_limits<float>::infinity(), 0}, {1, 0}).find("finite") !=
          std::string::npos);
}

}  // namespace
}  // namespace whittle
