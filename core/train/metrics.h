#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace whittle {

// sqrt(mean (p - t)^2), the mean in float64.
double root_mean_squared_error(std::span<const float> predictions, std::span<const float> targets);
double mean_absolute_error(std::span<const float> predictions, std::span<const float> targets);

// What is left between predictions and targets, error = prediction - target.
struct RegressionSummary {
    double root_mean_square = 0.0;
    double mean_absolute = 0.0;
    double largest = 0.0;  // absolute
    double bias = 0.0;     // the mean error
    // The share of the targets' variance that is explained, 1 - sum error^2 / sum (t - mean t)^2: 1
    // at best, 0 for always answering the mean, below for worse. NaN where all targets are equal.
    double r_squared = 0.0;
};
// Both [N], N >= 1.
RegressionSummary summarize_errors(std::span<const float> predictions,
                                   std::span<const float> targets);

// Rows are the actual class, columns the predicted one.
class ConfusionMatrix {
public:
    explicit ConfusionMatrix(std::size_t classes);

    void add(std::size_t actual, std::size_t predicted, std::int64_t count = 1);
    std::size_t classes() const { return classes_; }
    std::int64_t at(std::size_t actual, std::size_t predicted) const;
    std::int64_t total() const;

    double accuracy() const;
    // Of the samples predicted as this class, the share that are: TP / (TP + FP). 0 where
    // undefined.
    double precision(std::size_t of_class) const;
    // Of the samples of this class, the share found: TP / (TP + FN). 0 where undefined.
    double recall(std::size_t of_class) const;
    // Harmonic mean of the two. 0 where undefined.
    double f1(std::size_t of_class) const;

private:
    std::size_t classes_;
    std::vector<std::int64_t> counts_;
};

// One row of the table of a classifier's classes.
struct ClassScores {
    std::int64_t samples = 0;  // of this class
    double precision = 0.0;
    double recall = 0.0;
    double f1 = 0.0;
};
// One for each class, in order.
std::vector<ClassScores> class_scores(const ConfusionMatrix& matrix);
// Their plain mean, every class counting the same ("macro average"), and all samples.
ClassScores mean_scores(std::span<const ClassScores> scores);

// Of the samples, the share whose label is among the k largest of its scores; of equal scores the
// earlier class counts as larger. scores: [N, classes]; labels: [N], each below `classes`.
double top_k_accuracy(std::span<const float> scores,
                      std::span<const std::size_t> labels,
                      std::size_t classes,
                      std::size_t k);

// The index of the largest value; the first of equals. `values` is not empty.
std::size_t argmax(std::span<const float> values);

}  // namespace whittle
