#pragma once

#include <array>

#include "lessons/kit/lab.h"

namespace whittle {

// Six points of y = 2x - 1, and a line y = wx + b that the student guesses.
class GuessTheLineLab : public Lab {
public:
    static constexpr std::array<double, 6> kX = {-1, 0, 1, 2, 3, 4};
    static constexpr std::array<double, 6> kY = {-3, -1, 1, 3, 5, 7};

    GuessTheLineLab();

    double slope() const { return value(slope_); }
    double intercept() const { return value(intercept_); }
    double predicted(std::size_t point) const { return slope() * kX[point] + intercept(); }
    // Prediction minus target.
    double error(std::size_t point) const { return predicted(point) - kY[point]; }

protected:
    void reset() override {}
    void update() override;

private:
    std::size_t slope_;
    std::size_t intercept_;
    std::size_t sum_of_squares_;
    std::size_t root_of_sum_;
    std::size_t rmse_;
    std::size_t largest_error_;
};

}  // namespace whittle
