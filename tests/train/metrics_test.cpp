#include "core/train/metrics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace whittle {
namespace {

double rounded(double value) { return std::round(value * 100.0) / 100.0; }

TEST_CASE("errors of the guesses at the line through six points") {
    const std::vector<float> truth = {-3.0f, -1.0f, 1.0f, 3.0f, 5.0f, 7.0f};  // 2x - 1
    std::vector<float> steeper;
    std::vector<float> lower;
    for (int x = -1; x <= 4; ++x) {
        steeper.push_back(3.0f * static_cast<float>(x) - 1.0f);
        lower.push_back(2.0f * static_cast<float>(x) - 2.0f);
    }
    CHECK(root_mean_squared_error(steeper, truth) == std::sqrt(31.0 / 6.0));
    CHECK(rounded(root_mean_squared_error(steeper, truth)) == 2.27);
    CHECK(root_mean_squared_error(lower, truth) == 1.0);
    CHECK(root_mean_squared_error(truth, truth) == 0.0);
    CHECK(mean_absolute_error(steeper, truth) == 11.0 / 6.0);
    CHECK(root_mean_squared_error({}, {}) == 0.0);
    CHECK(mean_absolute_error({}, {}) == 0.0);
}

// Class 0 is the rare event: found, missed, false alarms, rightly quiet.
ConfusionMatrix alarm(int found, int missed, int false_alarms, int quiet) {
    ConfusionMatrix matrix(2);
    matrix.add(0, 0, found);
    matrix.add(0, 1, missed);
    matrix.add(1, 0, false_alarms);
    matrix.add(1, 1, quiet);
    return matrix;
}

TEST_CASE("three alarms for a rare event") {
    struct Case {
        ConfusionMatrix matrix;
        double accuracy, precision, recall, f1;
    };
    const Case cases[] = {
        {alarm(1, 19, 2, 998), 0.98, 0.33, 0.05, 0.09},
        {alarm(19, 1, 200, 800), 0.80, 0.09, 0.95, 0.16},
        {alarm(18, 2, 40, 960), 0.96, 0.31, 0.90, 0.46},
    };
    for (const Case& c : cases) {
        CHECK(c.matrix.total() == 1020);
        CHECK(rounded(c.matrix.accuracy()) == c.accuracy);
        CHECK(rounded(c.matrix.precision(0)) == c.precision);
        CHECK(rounded(c.matrix.recall(0)) == c.recall);
        CHECK(rounded(c.matrix.f1(0)) == c.f1);
    }
}

TEST_CASE("a matrix of three classes by hand") {
    ConfusionMatrix matrix(3);
    const std::size_t actual[] = {0, 0, 0, 1, 1, 2};
    const std::size_t predicted[] = {0, 0, 1, 1, 2, 2};
    for (std::size_t i = 0; i < 6; ++i) matrix.add(actual[i], predicted[i]);
    CHECK(matrix.at(0, 1) == 1);
    CHECK(matrix.at(1, 0) == 0);
    CHECK(matrix.accuracy() == 4.0 / 6.0);
    CHECK(matrix.precision(0) == 1.0);
    CHECK(matrix.recall(0) == 2.0 / 3.0);
    CHECK(matrix.precision(2) == 0.5);
    CHECK(matrix.recall(2) == 1.0);
    CHECK(matrix.f1(1) == 0.5);
}

TEST_CASE("what is undefined counts as 0") {
    const ConfusionMatrix empty(2);
    CHECK(empty.accuracy() == 0.0);
    CHECK(empty.precision(0) == 0.0);
    CHECK(empty.recall(1) == 0.0);
    CHECK(empty.f1(0) == 0.0);
    CHECK(ConfusionMatrix(0).accuracy() == 0.0);
}

TEST_CASE("argmax takes the first of equals") {
    CHECK(argmax(std::vector<float>{3.0f}) == 0);
    CHECK(argmax(std::vector<float>{1.0f, 3.0f, 3.0f}) == 1);
    CHECK(argmax(std::vector<float>{-2.0f, -1.0f}) == 1);
}

TEST_CASE("a summary of errors by hand") {
    const std::vector<float> targets = {1.0f, 2.0f, 3.0f, 6.0f};      // mean 3, variation 14
    const std::vector<float> predictions = {2.0f, 2.0f, 2.0f, 8.0f};  // errors 1, 0, -1, 2
    const RegressionSummary summary = summarize_errors(predictions, targets);
    CHECK(summary.root_mean_square == std::sqrt(1.5));
    CHECK(summary.mean_absolute == 1.0);
    CHECK(summary.largest == 2.0);
    CHECK(summary.bias == 0.5);
    CHECK(summary.r_squared == doctest::Approx(1.0 - 6.0 / 14.0).epsilon(1e-14));
    const std::vector<float> mean(4, 3.0f);
    CHECK(summarize_errors(mean, targets).r_squared == doctest::Approx(0.0).epsilon(1e-14));
    CHECK(summarize_errors(targets, targets).r_squared == 1.0);
    CHECK(std::isnan(summarize_errors(targets, mean).r_squared));
}

TEST_CASE("a table of classes by hand") {
    ConfusionMatrix matrix(3);
    matrix.add(0, 0, 8);
    matrix.add(0, 1, 2);
    matrix.add(1, 0, 2);
    matrix.add(1, 1, 3);  // nothing is taken for class 2, and nothing is of it
    const std::vector<ClassScores> scores = class_scores(matrix);
    REQUIRE(scores.size() == 3);
    CHECK(scores[0].samples == 10);
    CHECK(scores[0].precision == 0.8);
    CHECK(scores[0].recall == 0.8);
    CHECK(scores[1].samples == 5);
    CHECK(scores[1].precision == 0.6);
    CHECK(scores[1].recall == 0.6);
    CHECK(scores[2].f1 == 0.0);
    const ClassScores mean = mean_scores(scores);
    CHECK(mean.samples == 15);
    CHECK(mean.recall == doctest::Approx(1.4 / 3.0).epsilon(1e-14));
}

TEST_CASE("top-k counts a label among the k largest scores, the earlier of equals first") {
    const std::vector<float> scores = {0.1f, 0.7f, 0.2f,  //
                                       0.5f, 0.1f, 0.4f,  //
                                       0.3f, 0.3f, 0.3f};
    const std::vector<std::size_t> labels = {1, 2, 1};
    CHECK(top_k_accuracy(scores, labels, 3, 0) == 0.0);
    CHECK(top_k_accuracy(scores, labels, 3, 1) == 1.0 / 3.0);
    CHECK(top_k_accuracy(scores, labels, 3, 2) == 1.0);
    CHECK(top_k_accuracy(scores, labels, 3, 3) == 1.0);
    CHECK(top_k_accuracy({}, {}, 3, 1) == 0.0);
}

}  // namespace
}  // namespace whittle
