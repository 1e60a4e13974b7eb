#include "core/train/metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace whittle {
namespace {

double ratio(std::int64_t numerator, std::int64_t denominator) {
    if (denominator == 0) return 0.0;
    return static_cast<double>(numerator) / static_cast<double>(denominator);
}

}  // namespace

double root_mean_squared_error(std::span<const float> predictions, std::span<const float> targets) {
    assert(predictions.size() == targets.size());
    if (predictions.empty()) return 0.0;
    double sum = 0.0;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        const double difference = static_cast<double>(predictions[i]) - targets[i];
        sum += difference * difference;
    }
    return std::sqrt(sum / static_cast<double>(predictions.size()));
}

double mean_absolute_error(std::span<const float> predictions, std::span<const float> targets) {
    assert(predictions.size() == targets.size());
    if (predictions.empty()) return 0.0;
    double sum = 0.0;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        sum += std::fabs(static_cast<double>(predictions[i]) - targets[i]);
    }
    return sum / static_cast<double>(predictions.size());
}

RegressionSummary summarize_errors(std::span<const float> predictions,
                                   std::span<const float> targets) {
    assert(!targets.empty() && predictions.size() == targets.size());
    const auto count = static_cast<double>(targets.size());
    double sum = 0.0;
    for (const float target : targets) sum += static_cast<double>(target);
    const double mean = sum / count;
    RegressionSummary summary{.root_mean_square = root_mean_squared_error(predictions, targets),
                              .mean_absolute = mean_absolute_error(predictions, targets)};
    double variation = 0.0;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const double target = targets[i];
        const double error = static_cast<double>(predictions[i]) - target;
        summary.bias += error / count;
        summary.largest = std::max(summary.largest, std::fabs(error));
        variation += (target - mean) * (target - mean);
    }
    const double left = summary.root_mean_square * summary.root_mean_square * count;
    summary.r_squared =
        variation > 0.0 ? 1.0 - left / variation : std::numeric_limits<double>::quiet_NaN();
    return summary;
}

ConfusionMatrix::ConfusionMatrix(std::size_t classes)
    : classes_(classes), counts_(classes * classes, 0) {}

void ConfusionMatrix::add(std::size_t actual, std::size_t predicted, std::int64_t count) {
    assert(actual < classes_ && predicted < classes_ && count >= 0);
    counts_[actual * classes_ + predicted] += count;
}

std::int64_t ConfusionMatrix::at(std::size_t actual, std::size_t predicted) const {
    assert(actual < classes_ && predicted < classes_);
    return counts_[actual * classes_ + predicted];
}

std::int64_t ConfusionMatrix::total() const {
    std::int64_t sum = 0;
    for (const std::int64_t count : counts_) sum += count;
    return sum;
}

double ConfusionMatrix::accuracy() const {
    std::int64_t right = 0;
    for (std::size_t c = 0; c < classes_; ++c) right += at(c, c);
    return ratio(right, total());
}

double ConfusionMatrix::precision(std::size_t of_class) const {
    std::int64_t predicted = 0;
    for (std::size_t actual = 0; actual < classes_; ++actual) predicted += at(actual, of_class);
    return ratio(at(of_class, of_class), predicted);
}

double ConfusionMatrix::recall(std::size_t of_class) const {
    std::int64_t present = 0;
    for (std::size_t predicted = 0; predicted < classes_; ++predicted) {
        present += at(of_class, predicted);
    }
    return ratio(at(of_class, of_class), present);
}

double ConfusionMatrix::f1(std::size_t of_class) const {
    const double p = precision(of_class);
    const double r = recall(of_class);
    return p + r > 0.0 ? 2.0 * p * r / (p + r) : 0.0;
}

std::vector<ClassScores> class_scores(const ConfusionMatrix& matrix) {
    std::vector<ClassScores> scores(matrix.classes());
    for (std::size_t c = 0; c < matrix.classes(); ++c) {
        for (std::size_t said = 0; said < matrix.classes(); ++said) {
            scores[c].samples += matrix.at(c, said);
        }
        scores[c].precision = matrix.precision(c);
        scores[c].recall = matrix.recall(c);
        scores[c].f1 = matrix.f1(c);
    }
    return scores;
}

ClassScores mean_scores(std::span<const ClassScores> scores) {
    ClassScores mean;
    const auto count = static_cast<double>(scores.size());
    for (const ClassScores& one : scores) {
        mean.samples += one.samples;
        mean.precision += one.precision / count;
        mean.recall += one.recall / count;
        mean.f1 += one.f1 / count;
    }
    return mean;
}

double top_k_accuracy(std::span<const float> scores,
                      std::span<const std::size_t> labels,
                      std::size_t classes,
                      std::size_t k) {
    assert(scores.size() == labels.size() * classes);
    if (labels.empty()) return 0.0;
    std::int64_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        assert(labels[i] < classes);
        const std::span<const float> row = scores.subspan(i * classes, classes);
        const float own = row[labels[i]];
        std::size_t ahead = 0;
        for (std::size_t c = 0; c < classes; ++c) {
            ahead += row[c] > own || (row[c] == own && c < labels[i]) ? 1 : 0;
        }
        right += ahead < k ? 1 : 0;
    }
    return ratio(right, static_cast<std::int64_t>(labels.size()));
}

std::size_t argmax(std::span<const float> values) {
    assert(!values.empty());
    std::size_t best = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        if (values[i] > values[best]) best = i;
    }
    return best;
}

}  // namespace whittle
