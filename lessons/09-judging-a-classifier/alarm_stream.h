#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace whittle {

// A machine is watched by a sensor and a classifier: one sample a minute, 30 days a month, and in
// every month one anomaly that lasts some minutes.
inline constexpr int kMinutesPerMonth = 30 * 24 * 60;

// Scores of a detector: normal distributions of standard deviation 1, with mean 0 where nothing is
// wrong and mean `separation` during an anomaly.
struct ScoreModel {
    double separation = 3.0;
    // Correlation of the noise from one minute to the next, 0 … below 1: x[t] = m x[t-1] +
    // sqrt(1 - m^2) n[t], which leaves the distribution of each sample as it is.
    double memory = 0.0;
};

// One month: kMinutesPerMonth minutes without anomaly, and the anomaly somewhere between them.
struct AlarmMonth {
    std::vector<float> scores;           // by minute; of a classifier without scores empty
    std::vector<std::uint8_t> positive;  // by minute: 1 where the classifier says "anomaly"
    int anomaly_begin = 0;
    int anomaly_minutes = 0;

    bool is_anomaly(int minute) const {
        return minute >= anomaly_begin && minute < anomaly_begin + anomaly_minutes;
    }
};

// A month whose positives are where the score is at least `threshold`.
AlarmMonth month_of_scores(const ScoreModel& model,
                           double threshold,
                           int anomaly_minutes,
                           std::uint64_t seed,
                           std::uint64_t month);
// A month whose positives are drawn, each for itself, with these probabilities.
AlarmMonth month_of_draws(double false_alarm_rate,
                          double recall,
                          int anomaly_minutes,
                          std::uint64_t seed,
                          std::uint64_t month);

// The rule: an alarm is raised when `in_a_row` positives have followed each other; then counting
// starts afresh. Returns the minutes of the alarms.
std::vector<int> raised_alarms(std::span<const std::uint8_t> positive, int in_a_row);

// Alarms expected by the rule among `minutes` samples that are positive with `probability`, each
// for itself: minutes * p^k (1 - p) / (1 - p^k), by the mean waiting time for a run (Feller, "An
// Introduction to Probability Theory and Its Applications", volume 1, XIII.7).
double expected_alarms(double probability, int in_a_row, double minutes);

// The probability that `minutes` such samples hold at least one run of `in_a_row` positives.
double chance_of_alarm(double probability, int in_a_row, int minutes);

}  // namespace whittle
