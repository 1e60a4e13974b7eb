#include "lessons/09-judging-a-classifier/alarm_stream.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/random.h"

namespace whittle {

namespace {

// Streams of random numbers: two of each month's own, apart from the test set's (stream 0).
std::uint64_t place_stream(std::uint64_t month) { return 1 + 2 * month; }
std::uint64_t sample_stream(std::uint64_t month) { return 2 + 2 * month; }

AlarmMonth empty_month(int anomaly_minutes, std::uint64_t seed, std::uint64_t month) {
    Random random(seed, place_stream(month));
    AlarmMonth result;
    result.anomaly_minutes = anomaly_minutes;
    result.anomaly_begin = static_cast<int>(random.below(kMinutesPerMonth));
    result.positive.resize(static_cast<std::size_t>(kMinutesPerMonth + anomaly_minutes));
    return result;
}

}  // namespace

AlarmMonth month_of_scores(const ScoreModel& model,
                           double threshold,
                           int anomaly_minutes,
                           std::uint64_t seed,
                           std::uint64_t month) {
    AlarmMonth result = empty_month(anomaly_minutes, seed, month);
    result.scores.resize(result.positive.size());
    Random random(seed, sample_stream(month));
    const double fresh = std::sqrt(1.0 - model.memory * model.memory);
    double noise = static_cast<double>(random.normal());
    for (std::size_t minute = 0; minute < result.scores.size(); ++minute) {
        const bool anomaly = result.is_anomaly(static_cast<int>(minute));
        const double score = noise + (anomaly ? model.separation : 0.0);
        result.scores[minute] = static_cast<float>(score);
        result.positive[minute] = score >= threshold ? 1 : 0;
        noise = model.memory * noise + fresh * static_cast<double>(random.normal());
    }
    return result;
}

AlarmMonth month_of_draws(double false_alarm_rate,
                          double recall,
                          int anomaly_minutes,
                          std::uint64_t seed,
                          std::uint64_t month) {
    AlarmMonth result = empty_month(anomaly_minutes, seed, month);
    Random random(seed, sample_stream(month));
    for (std::size_t minute = 0; minute < result.positive.size(); ++minute) {
        const bool anomaly = result.is_anomaly(static_cast<int>(minute));
        const double chance = anomaly ? recall : false_alarm_rate;
        result.positive[minute] = static_cast<double>(random.uniform()) < chance ? 1 : 0;
    }
    return result;
}

std::vector<int> raised_alarms(std::span<const std::uint8_t> positive, int in_a_row) {
    assert(in_a_row >= 1);
    std::vector<int> alarms;
    int run = 0;
    for (std::size_t minute = 0; minute < positive.size(); ++minute) {
        run = positive[minute] != 0 ? run + 1 : 0;
        if (run < in_a_row) continue;
        alarms.push_back(static_cast<int>(minute));
        run = 0;
    }
    return alarms;
}

double expected_alarms(double probability, int in_a_row, double minutes) {
    assert(in_a_row >= 1);
    // The mean waiting time is 1/p + 1/p^2 + … + 1/p^k: no division by 1 - p, which may be 0.
    double waiting = 0.0;
    double power = 1.0;
    for (int i = 0; i < in_a_row; ++i) {
        power *= probability;
        if (power == 0.0) return 0.0;
        waiting += 1.0 / power;
    }
    return minutes / waiting;
}

double chance_of_alarm(double probability, int in_a_row, int minutes) {
    assert(in_a_row >= 1);
    // at[r]: the probability of no alarm so far and of r positives just now.
    std::vector<double> at(static_cast<std::size_t>(in_a_row), 0.0);
    at[0] = 1.0;
    double raised = 0.0;
    for (int minute = 0; minute < minutes; ++minute) {
        double none = 0.0;
        for (const double share : at) none += share;
        raised += at.back() * probability;
        for (std::size_t run = at.size() - 1; run > 0; --run) at[run] = at[run - 1] * probability;
        at[0] = none * (1.0 - probability);
    }
    return std::min(raised, 1.0);  // the sum may round to a little more
}

}  // namespace whittle
