#include "lessons/09-judging-a-classifier/lab.h"

#include <cassert>

#include "core/base/random.h"
#include "lessons/kit/numbers.h"

namespace whittle {

namespace {

constexpr double kMonthsPerSecond = 4.0;
constexpr std::uint64_t kTestStream = 0;

ConfusionMatrix make_matrix(std::int64_t tp, std::int64_t fn, std::int64_t fp, std::int64_t tn) {
    ConfusionMatrix matrix(2);
    matrix.add(JudgingLab::kPositive, JudgingLab::kPositive, tp);
    matrix.add(JudgingLab::kPositive, JudgingLab::kNegative, fn);
    matrix.add(JudgingLab::kNegative, JudgingLab::kPositive, fp);
    matrix.add(JudgingLab::kNegative, JudgingLab::kNegative, tn);
    return matrix;
}

std::int64_t positives(const ConfusionMatrix& matrix) {
    return matrix.at(JudgingLab::kPositive, JudgingLab::kPositive) +
           matrix.at(JudgingLab::kPositive, JudgingLab::kNegative);
}

std::int64_t negatives(const ConfusionMatrix& matrix) { return matrix.total() - positives(matrix); }

std::int64_t called_positive(const ConfusionMatrix& matrix) {
    return matrix.at(JudgingLab::kPositive, JudgingLab::kPositive) +
           matrix.at(JudgingLab::kNegative, JudgingLab::kPositive);
}

// NaN where there is nothing to divide by.
double precision_of(const ConfusionMatrix& matrix) {
    return called_positive(matrix) > 0 ? matrix.precision(JudgingLab::kPositive) : kNothing;
}

double recall_of(const ConfusionMatrix& matrix) {
    return positives(matrix) > 0 ? matrix.recall(JudgingLab::kPositive) : kNothing;
}

double false_alarm_rate_of(const ConfusionMatrix& matrix) {
    if (negatives(matrix) == 0) return kNothing;
    return static_cast<double>(matrix.at(JudgingLab::kNegative, JudgingLab::kPositive)) /
           static_cast<double>(negatives(matrix));
}

}  // namespace

JudgingLab::JudgingLab() {
    declare_classifier();
    declare_own_matrix();
    declare_stream();
    declare_matrix_readouts();
    declare_month_readouts();
    declare_goals();
    start_group("");
    add_steps("Next month", kMonthsPerSecond);
    finish_declaration();
}

void JudgingLab::declare_classifier() {
    start_group("Classifier");
    classifier_ = add_parameter({.name = "classifier",
                                 .title = "Classifier",
                                 .kind = ParameterKind::choice,
                                 .choices = {"nn1", "nn2", "nn3", "own", "detector"},
                                 .help = "Three nets, your own matrix, or a detector with scores"});
    start_group("Detector");
    threshold_ = add_parameter({.name = "threshold",
                                .title = "Threshold",
                                .initial = 1.75,
                                .minimum = kLowestThreshold,
                                .maximum = kHighestThreshold,
                                .step = 0.05,
                                .help = "Detector: a score this high is positive"});
    separation_ = add_parameter({.name = "separation",
                                 .title = "Separation",
                                 .initial = 3.0,
                                 .minimum = 0.0,
                                 .maximum = 6.0,
                                 .step = 0.1,
                                 .help = "Detector: how much higher an anomaly scores on average"});
    memory_ = add_parameter({.name = "memory",
                             .title = "Memory of the noise",
                             .minimum = 0.0,
                             .maximum = 0.98,
                             .step = 0.01,
                             .help = "Detector: how much the noise resembles the last minute's"});
}

void JudgingLab::declare_own_matrix() {
    start_group("Own matrix");
    const auto count = [this](const char* name, const char* title, double initial, double maximum,
                              const char* help) {
        return add_parameter({.name = name,
                              .title = title,
                              .kind = ParameterKind::integer,
                              .initial = initial,
                              .minimum = 0,
                              .maximum = maximum,
                              .help = help});
    };
    own_tp_ = count("tp", "Own: true positives", 10, 1000, "Anomalies that it finds");
    own_fn_ = count("fn", "Own: false negatives", 10, 1000, "Anomalies that it misses");
    own_fp_ =
        count("fp", "Own: false positives", 10, 10000, "Normal samples that it takes for one");
    own_tn_ = count("tn", "Own: true negatives", 990, 10000, "Normal samples that it leaves alone");
}

void JudgingLab::declare_stream() {
    start_group("Months");
    in_a_row_ = add_parameter({.name = "in-a-row",
                               .title = "Positives in a row",
                               .kind = ParameterKind::integer,
                               .initial = 1,
                               .minimum = 1,
                               .maximum = 30,
                               .help = "So many positive samples in a row raise an alarm"});
    anomaly_minutes_ = add_parameter({.name = "anomaly-minutes",
                                      .title = "Length of the anomaly",
                                      .kind = ParameterKind::integer,
                                      .initial = 20,
                                      .minimum = 1,
                                      .maximum = 120,
                                      .unit = "min",
                                      .help = "One anomaly a month, one sample a minute"});
    seed_ = add_parameter({.name = "seed",
                           .title = "Seed",
                           .kind = ParameterKind::integer,
                           .initial = 200,
                           .minimum = 0,
                           .maximum = 9999,
                           .help = "Another seed: other chances, the same odds"});
}

void JudgingLab::declare_matrix_readouts() {
    tp_ = add_readout({.name = "tp", .title = "True positives"});
    fn_ = add_readout({.name = "fn", .title = "False negatives"});
    fp_ = add_readout({.name = "fp", .title = "False positives"});
    tn_ = add_readout({.name = "tn", .title = "True negatives"});
    accuracy_ = add_readout({.name = "accuracy",
                             .title = "Accuracy",
                             .help = "The share of samples that it gets right"});
    precision_ = add_readout({.name = "precision",
                              .title = "Precision",
                              .help = "Of what it calls an anomaly, the share that is one"});
    recall_ = add_readout(
        {.name = "recall", .title = "Recall", .help = "Of the anomalies, the share that it finds"});
    f1_ = add_readout({.name = "f1", .title = "F1", .help = "High only if both of them are"});
    false_alarm_rate_ = add_readout({.name = "false-alarm-rate",
                                     .title = "False alarm rate",
                                     .help = "Of the normal samples, the share called positive"});
}

void JudgingLab::declare_month_readouts() {
    expected_ = add_readout({.name = "expected-each",
                             .title = "False positives, a month",
                             .help = "The rate times the 43,200 minutes of a month"});
    expected_by_rule_ = add_readout({.name = "expected-alarms",
                                     .title = "False alarms expected, a month",
                                     .help = "By the rule, if every sample errs for itself"});
    chance_found_ = add_readout({.name = "chance-found",
                                 .title = "Chance to catch an anomaly",
                                 .help = "By the rule, if every sample errs for itself"});
    months_ = add_readout({.name = "months", .title = "Months simulated"});
    false_alarms_ = add_readout({.name = "false-alarms",
                                 .title = "False alarms, a month",
                                 .help = "Simulated, the mean of the months so far"});
    found_ = add_readout({.name = "found",
                          .title = "Anomalies caught",
                          .help = "Simulated, the share of the months so far"});
    delay_ = add_readout({.name = "delay",
                          .title = "Delay of the alarm",
                          .unit = "min",
                          .help = "From an anomaly's begin to its alarm, on average"});
}

void JudgingLab::declare_goals() {
    add_goal({.name = "accurate-and-blind",
              .title = "Own matrix: at least 98 % accuracy on 20 anomalies, finding none",
              .hint = "Which answer is nearly always right? Give it to all 1,020 samples.",
              .reached = [this] {
                  return classifier() == Classifier::own && positives(matrix_) >= 20 &&
                         readout(accuracy_) >= 0.98 && readout(recall_) == 0.0;
              }});
    add_goal({.name = "beat-nn3",
              .title = "Detector: an F1 above 0.6 by the threshold alone",
              .hint = "NN3 has 0.46. Where do false positives fall faster than true ones?",
              .reached = [this] {
                  return classifier() == Classifier::detector && value(separation_) <= 3.0 &&
                         readout(f1_) > 0.6;
              }});
    add_goal({.name = "miss-nothing",
              .title = "Detector: all 20 anomalies of the test set, at a precision of 0.05 or more",
              .hint = "Lower the threshold until recall is 1. What does it cost?",
              .reached = [this] {
                  return classifier() == Classifier::detector && value(separation_) <= 3.0 &&
                         readout(recall_) == 1.0 && readout(precision_) >= 0.05;
              }});
    add_goal({.name = "quiet-months",
              .title = "NN3, a year: at most 5 false alarms a month, every anomaly caught",
              .hint = "Ask for more positives in a row, then simulate 12 months.",
              .reached = [this] {
                  return classifier() == Classifier::nn3 && readout(months_) >= 12.0 &&
                         readout(false_alarms_) <= 5.0 && readout(found_) == 1.0;
              }});
    add_goal({.name = "noise-that-remembers",
              .title = "Detector, noise with a memory of 0.5 or more: the same over a year",
              .hint = "False positives now come in runs. Ask for a longer run and a higher score.",
              .reached = [this] {
                  return classifier() == Classifier::detector && value(memory_) >= 0.5 &&
                         value(separation_) <= 3.0 && readout(months_) >= 12.0 &&
                         readout(false_alarms_) <= 5.0 && readout(found_) == 1.0;
              }});
}

void JudgingLab::draw_test_scores() {
    Random random(seed(), kTestStream);
    positive_scores_.resize(kTestPositives);
    negative_scores_.resize(kTestNegatives);
    const auto separation = static_cast<float>(value(separation_));
    for (float& score : positive_scores_) score = separation + random.normal();
    for (float& score : negative_scores_) score = random.normal();
}

ConfusionMatrix JudgingLab::matrix_at(double threshold) const {
    const auto reached = [threshold](std::span<const float> scores) {
        std::int64_t count = 0;
        for (const float score : scores) count += static_cast<double>(score) >= threshold ? 1 : 0;
        return count;
    };
    const std::int64_t tp = reached(positive_scores_);
    const std::int64_t fp = reached(negative_scores_);
    return make_matrix(tp, static_cast<std::int64_t>(kTestPositives) - tp, fp,
                       static_cast<std::int64_t>(kTestNegatives) - fp);
}

ConfusionMatrix JudgingLab::chosen_matrix() const {
    const auto own = [this](std::size_t parameter) {
        return static_cast<std::int64_t>(value(parameter));
    };
    switch (classifier()) {
        case Classifier::nn1: return make_matrix(1, 19, 2, 998);
        case Classifier::nn2: return make_matrix(19, 1, 200, 800);
        case Classifier::nn3: return make_matrix(18, 2, 40, 960);
        case Classifier::own:
            return make_matrix(own(own_tp_), own(own_fn_), own(own_fp_), own(own_tn_));
        case Classifier::detector: break;
    }
    return matrix_at(value(threshold_));
}

std::vector<JudgingLab::OperatingPoint> JudgingLab::operating_points(std::size_t points) const {
    assert(points >= 2);
    std::vector<OperatingPoint> result;
    for (std::size_t i = 0; i < points; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(points - 1);
        const double at = kLowestThreshold + share * (kHighestThreshold - kLowestThreshold);
        const ConfusionMatrix matrix = matrix_at(at);
        result.push_back({at, precision_of(matrix), recall_of(matrix), matrix.f1(kPositive),
                          false_alarm_rate_of(matrix)});
    }
    return result;
}

void JudgingLab::reset() {
    draw_test_scores();
    matrix_ = chosen_matrix();
    month_ = {};
    alarms_.clear();
    false_alarms_by_month_.clear();
    anomalies_found_ = 0;
    total_delay_ = 0;
}

bool JudgingLab::do_step() {
    const bool has_rates = positives(matrix_) > 0 && negatives(matrix_) > 0;
    if (false_alarms_by_month_.size() >= kMaxMonths || !has_rates) return false;
    const std::uint64_t number = false_alarms_by_month_.size();
    month_ = classifier() == Classifier::detector
                 ? month_of_scores({value(separation_), value(memory_)}, value(threshold_),
                                   anomaly_minutes(), seed(), number)
                 : month_of_draws(false_alarm_rate_of(matrix_), recall_of(matrix_),
                                  anomaly_minutes(), seed(), number);
    alarms_ = raised_alarms(month_.positive, in_a_row());
    int false_alarms = 0;
    bool found = false;
    for (const int minute : alarms_) {
        if (!month_.is_anomaly(minute)) {
            ++false_alarms;
        } else if (!found) {
            found = true;
            total_delay_ += minute - month_.anomaly_begin;
        }
    }
    false_alarms_by_month_.push_back(false_alarms);
    anomalies_found_ += found ? 1 : 0;
    return true;
}

void JudgingLab::update() {
    update_matrix_readouts();
    update_month_readouts();
}

void JudgingLab::update_matrix_readouts() {
    set_readout(tp_, static_cast<double>(matrix_.at(kPositive, kPositive)));
    set_readout(fn_, static_cast<double>(matrix_.at(kPositive, kNegative)));
    set_readout(fp_, static_cast<double>(matrix_.at(kNegative, kPositive)));
    set_readout(tn_, static_cast<double>(matrix_.at(kNegative, kNegative)));
    set_readout(accuracy_, matrix_.total() > 0 ? matrix_.accuracy() : kNothing);
    set_readout(precision_, precision_of(matrix_));
    set_readout(recall_, recall_of(matrix_));
    set_readout(f1_, matrix_.total() > 0 ? matrix_.f1(kPositive) : kNothing);
    set_readout(false_alarm_rate_, false_alarm_rate_of(matrix_));
}

void JudgingLab::update_month_readouts() {
    const double rate = false_alarm_rate_of(matrix_);
    const bool has_rate = negatives(matrix_) > 0;
    set_readout(expected_, rate * kMinutesPerMonth);
    set_readout(expected_by_rule_,
                has_rate ? expected_alarms(rate, in_a_row(), kMinutesPerMonth) : kNothing);
    set_readout(chance_found_,
                positives(matrix_) > 0
                    ? chance_of_alarm(recall_of(matrix_), in_a_row(), anomaly_minutes())
                    : kNothing);
    const std::size_t months = false_alarms_by_month_.size();
    std::int64_t false_alarms = 0;
    for (const int count : false_alarms_by_month_) false_alarms += count;
    set_readout(months_, static_cast<double>(months));
    set_readout(false_alarms_, months > 0
                                   ? static_cast<double>(false_alarms) / static_cast<double>(months)
                                   : kNothing);
    set_readout(found_, months > 0
                            ? static_cast<double>(anomalies_found_) / static_cast<double>(months)
                            : kNothing);
    set_readout(delay_, anomalies_found_ > 0 ? static_cast<double>(total_delay_) /
                                                   static_cast<double>(anomalies_found_)
                                             : kNothing);
}

}  // namespace whittle
