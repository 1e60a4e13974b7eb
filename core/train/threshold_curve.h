#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// What a detector does at every threshold that changes anything: a sample counts as positive when
// its score is at or above the threshold. The points go from the highest threshold (infinity:
// nothing is positive) to the lowest score (everything is); samples of equal scores share one
// point.
class ThresholdCurve {
public:
    struct Point {
        float threshold = 0.0f;
        std::int64_t true_positives = 0;
        std::int64_t false_positives = 0;
    };

    // scores: [N] finite; is_positive: [N], 0 or 1, at least one of each. Errors name the first
    // sample that is wrong. N log N.
    static Result<ThresholdCurve> make(std::span<const float> scores,
                                       std::span<const std::uint8_t> is_positive);

    std::span<const Point> points() const { return points_; }
    std::int64_t positives() const { return points_.back().true_positives; }
    std::int64_t negatives() const { return points_.back().false_positives; }

    // Of the positives, the share found: the true positive rate.
    double recall(const Point& point) const;
    // Of the negatives, the share taken for positives.
    double false_positive_rate(const Point& point) const;
    // Of those taken for positives, the share that are. 1 where nothing is.
    double precision(const Point& point) const;

    // The area under the receiver operating characteristic, recall over false positive rate, by
    // trapezoids: the probability that a positive scores above a negative, ties counting half
    // (Hanley and McNeil, 1982).
    double area_under_roc() const;
    // The precision averaged over recall, each step with the precision it leads to: the area under
    // the precision-recall curve without interpolation.
    double average_precision() const;
    // The point with the highest F1 = 2 TP / (2 TP + FP + FN); the highest threshold of equals.
    const Point& best_f1() const;
    double f1(const Point& point) const;

private:
    std::vector<Point> points_;
};

}  // namespace whittle
