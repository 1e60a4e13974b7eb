#include "lessons/02-guess-the-line/lab.h"

#include <algorithm>
#include <cmath>

namespace whittle {

GuessTheLineLab::GuessTheLineLab() {
    slope_ = add_parameter({.name = "w",
                            .title = "Slope w",
                            .initial = 3.0,
                            .minimum = -5.0,
                            .maximum = 5.0,
                            .step = 0.1,
                            .help = "How much y grows when x grows by 1"});
    intercept_ = add_parameter({.name = "b",
                                .title = "Intercept b",
                                .initial = 2.0,
                                .minimum = -5.0,
                                .maximum = 5.0,
                                .step = 0.1,
                                .help = "Where the line crosses x = 0"});
    sum_of_squares_ = add_readout({.name = "sum-of-squares",
                                   .title = "Sum of squared errors",
                                   .help = "The areas of the squares, added up"});
    root_of_sum_ = add_readout({.name = "root-of-sum", .title = "Root of the sum"});
    rmse_ = add_readout({.name = "rmse",
                         .title = "RMSE",
                         .help = "Root of the mean squared error: the size of a typical error"});
    largest_error_ = add_readout({.name = "largest-error", .title = "Largest error"});
    add_goal({.name = "better-than-first",
              .title = "Beat the guess 3x - 1: an RMSE below 2",
              .hint = "The line is too steep and too high. Make w and b smaller.",
              .reached = [this] { return readout(rmse_) < 2.0; }});
    add_goal({.name = "below-one",
              .title = "Bring the RMSE below 1",
              .hint = "With w = 2 all errors are equal. What does b do to them?",
              .reached = [this] { return readout(rmse_) < 1.0; }});
    add_goal({.name = "perfect",
              .title = "Find the line with no error at all",
              .hint = "From one point to the next x grows by 1. How much does y grow?",
              .reached = [this] { return readout(sum_of_squares_) == 0.0; }});
    finish_declaration();
}

void GuessTheLineLab::update() {
    double sum = 0.0;
    double largest = 0.0;
    for (std::size_t i = 0; i < kX.size(); ++i) {
        sum += error(i) * error(i);
        largest = std::max(largest, std::fabs(error(i)));
    }
    set_readout(sum_of_squares_, sum);
    set_readout(root_of_sum_, std::sqrt(sum));
    set_readout(rmse_, std::sqrt(sum / static_cast<double>(kX.size())));
    set_readout(largest_error_, largest);
}

}  // namespace whittle
