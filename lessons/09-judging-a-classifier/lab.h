#pragma once

#include <span>
#include <vector>

#include "core/train/metrics.h"
#include "lessons/09-judging-a-classifier/alarm_stream.h"
#include "lessons/kit/lab.h"

namespace whittle {

// An alarm for rare events, judged on a test set of 20 anomalies and 1,000 normal samples (the
// student's own matrix may have others), then let loose on months of a machine's life. One step is
// one month.
class JudgingLab : public Lab {
public:
    enum class Classifier { nn1, nn2, nn3, own, detector };
    // Of the matrix: rows are what it is, columns what the classifier says. Positive: an anomaly.
    static constexpr std::size_t kPositive = 0;
    static constexpr std::size_t kNegative = 1;
    static constexpr std::size_t kTestPositives = 20;
    static constexpr std::size_t kTestNegatives = 1000;
    static constexpr double kLowestThreshold = -3.0;
    static constexpr double kHighestThreshold = 7.0;
    static constexpr int kMaxMonths = 120;

    // What a threshold makes of the detector's test scores; NaN where undefined.
    struct OperatingPoint {
        double threshold = 0.0;
        double precision = 0.0;
        double recall = 0.0;  // also the height of the ROC curve
        double f1 = 0.0;
        double false_alarm_rate = 0.0;  // FP / (FP + TN), the ROC curve's other axis
    };

    JudgingLab();

    Classifier classifier() const { return static_cast<Classifier>(value(classifier_)); }
    const ConfusionMatrix& matrix() const { return matrix_; }

    // The detector's scores of the test set, for two histograms with the threshold between them.
    std::span<const float> positive_scores() const { return positive_scores_; }
    std::span<const float> negative_scores() const { return negative_scores_; }
    double threshold() const { return value(threshold_); }
    // The detector at `points` >= 2 thresholds from the lowest to the highest: curves of precision,
    // recall and F1 over the threshold; the ROC curve.
    std::vector<OperatingPoint> operating_points(std::size_t points) const;

    // The last month simulated, and the minutes at which alarms were raised: a timeline. Before the
    // first month empty.
    const AlarmMonth& month() const { return month_; }
    std::span<const int> alarms() const { return alarms_; }
    // False alarms of each month so far: a bar chart.
    std::span<const int> false_alarms_by_month() const { return false_alarms_by_month_; }

protected:
    void reset() override;
    bool do_step() override;
    void update() override;

private:
    void declare_classifier();
    void declare_own_matrix();
    void declare_stream();
    void declare_matrix_readouts();
    void declare_month_readouts();
    void declare_goals();
    void draw_test_scores();
    ConfusionMatrix matrix_at(double threshold) const;
    ConfusionMatrix chosen_matrix() const;
    std::uint64_t seed() const { return static_cast<std::uint64_t>(value(seed_)); }
    int in_a_row() const { return static_cast<int>(value(in_a_row_)); }
    int anomaly_minutes() const { return static_cast<int>(value(anomaly_minutes_)); }
    void update_matrix_readouts();
    void update_month_readouts();

    std::size_t classifier_ = 0;
    std::size_t own_tp_ = 0;
    std::size_t own_fn_ = 0;
    std::size_t own_fp_ = 0;
    std::size_t own_tn_ = 0;
    std::size_t threshold_ = 0;
    std::size_t separation_ = 0;
    std::size_t memory_ = 0;
    std::size_t in_a_row_ = 0;
    std::size_t anomaly_minutes_ = 0;
    std::size_t seed_ = 0;

    std::size_t tp_ = 0;
    std::size_t fn_ = 0;
    std::size_t fp_ = 0;
    std::size_t tn_ = 0;
    std::size_t accuracy_ = 0;
    std::size_t precision_ = 0;
    std::size_t recall_ = 0;
    std::size_t f1_ = 0;
    std::size_t false_alarm_rate_ = 0;
    std::size_t expected_ = 0;
    std::size_t expected_by_rule_ = 0;
    std::size_t chance_found_ = 0;
    std::size_t months_ = 0;
    std::size_t false_alarms_ = 0;
    std::size_t found_ = 0;
    std::size_t delay_ = 0;

    std::vector<float> positive_scores_;
    std::vector<float> negative_scores_;
    ConfusionMatrix matrix_{2};
    AlarmMonth month_;
    std::vector<int> alarms_;
    std::vector<int> false_alarms_by_month_;
    int anomalies_found_ = 0;
    std::int64_t total_delay_ = 0;  // minutes from an anomaly's begin to its first alarm, added up
};

}  // namespace whittle
