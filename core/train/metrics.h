#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace whittle {

// sqrt(mean (p - t)^2), the mean in float64.
double root_mean_squared_error(std::span<const float> predictions, std::span<const float> targets);
double mean_absolute_error(std::span<const float> predictions, std::span<const float> targets);

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

// The index of the largest value; the first of equals. `values` is not empty.
std::size_t argmax(std::span<const float> values);

}  // namespace whittle
