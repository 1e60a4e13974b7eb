#include "core/train/metrics.h"

#include <cassert>
#include <cmath>

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

std::size_t argmax(std::span<const float> values) {
    assert(!values.empty());
    std::size_t best = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        if (values[i] > values[best]) best = i;
    }
    return best;
}

}  // namespace whittle
