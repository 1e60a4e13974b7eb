#include "core/train/threshold_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace whittle {
namespace {

Status check(std::span<const float> scores, std::span<const std::uint8_t> is_positive) {
    if (scores.size() != is_positive.size()) {
        return Error{
            .place = "scores",
            .expected = "one for each of " + std::to_string(is_positive.size()) + " labels",
            .found = std::to_string(scores.size())};
    }
    std::size_t positives = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const std::string place = "sample " + std::to_string(i);
        if (!std::isfinite(scores[i])) {
            return Error{
                .place = place, .expected = "a finite score", .found = std::to_string(scores[i])};
        }
        if (is_positive[i] > 1) {
            return Error{.place = place,
                         .expected = "a label of 0 or 1",
                         .found = std::to_string(is_positive[i])};
        }
        positives += is_positive[i];
    }
    if (positives == 0 || positives == scores.size()) {
        return Error{
            .place = "labels",
            .expected = "at least one positive and one negative",
            .found = std::to_string(positives) + " positives of " + std::to_string(scores.size())};
    }
    return {};
}

double share(std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Result<ThresholdCurve> ThresholdCurve::make(std::span<const float> scores,
                                            std::span<const std::uint8_t> is_positive) {
    if (const Status status = check(scores, is_positive); !status.ok()) return status;
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    ThresholdCurve curve;
    Point point{.threshold = std::numeric_limits<float>::infinity()};
    curve.points_.push_back(point);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::size_t sample = order[i];
        point.threshold = scores[sample];
        (is_positive[sample] != 0 ? point.true_positives : point.false_positives) += 1;
        const bool last_of_equals =
            i + 1 == order.size() || scores[order[i + 1]] != point.threshold;
        if (last_of_equals) curve.points_.push_back(point);
    }
    return curve;
}

double ThresholdCurve::recall(const Point& point) const {
    return share(point.true_positives, positives());
}

double ThresholdCurve::false_positive_rate(const Point& point) const {
    return share(point.false_positives, negatives());
}

double ThresholdCurve::precision(const Point& point) const {
    const std::int64_t raised = point.true_positives + point.false_positives;
    return raised == 0 ? 1.0 : share(point.true_positives, raised);
}

double ThresholdCurve::f1(const Point& point) const {
    const std::int64_t missed = positives() - point.true_positives;
    return share(2 * point.true_positives,
                 2 * point.true_positives + point.false_positives + missed);
}

double ThresholdCurve::area_under_roc() const {
    // Twice the area in counts: exact up to 2^53 pairs.
    double twice = 0.0;
    for (std::size_t i = 1; i < points_.size(); ++i) {
        const auto width =
            static_cast<double>(points_[i].false_positives - points_[i - 1].false_positives);
        const auto heights =
            static_cast<double>(points_[i].true_positives + points_[i - 1].true_positives);
        twice += width * heights;
    }
    return twice / (2.0 * static_cast<double>(positives()) * static_cast<double>(negatives()));
}

double ThresholdCurve::average_precision() const {
    double sum = 0.0;
    for (std::size_t i = 1; i < points_.size(); ++i) {
        const std::int64_t found = points_[i].true_positives - points_[i - 1].true_positives;
        sum += share(found, positives()) * precision(points_[i]);
    }
    return sum;
}

const ThresholdCurve::Point& ThresholdCurve::best_f1() const {
    const Point* best = &points_.front();
    for (const Point& point : points_) {
        if (f1(point) > f1(*best)) best = &point;
    }
    return *best;
}

}  // namespace whittle
