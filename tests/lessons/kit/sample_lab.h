#pragma once

#include <limits>
#include <vector>

#include "lessons/kit/lab.h"

namespace whittle::test {

// A lab with a parameter of every kind, whose state depends on the order in which things were done.
// Each step adds rate * scale to the sum; "mark" notes the position, and a reset keeps the marks.
class SampleLab : public Lab {
public:
    static constexpr std::int64_t kLastStep = 1000;

    explicit SampleLab(double steps_per_second = 0.0) {
        rate = add_parameter(
            {.name = "rate", .title = "Rate", .initial = 1.0, .minimum = -10.0, .maximum = 10.0});
        position = add_parameter({.name = "position",
                                  .title = "Position",
                                  .minimum = -5.0,
                                  .maximum = 5.0,
                                  .step = 0.1});
        layers = add_parameter({.name = "layers",
                                .title = "Layers",
                                .kind = ParameterKind::integer,
                                .initial = 2.0,
                                .minimum = 1.0,
                                .maximum = 6.0});
        shape = add_parameter({.name = "shape",
                               .title = "Shape",
                               .kind = ParameterKind::choice,
                               .choices = {"circle", "xor", "spiral"}});
        noisy = add_parameter({.name = "noisy", .title = "Noisy", .kind = ParameterKind::toggle});
        sum = add_readout({.name = "sum", .title = "Sum"});
        resets = add_readout({.name = "resets", .title = "Resets"});
        marked = add_readout({.name = "marked", .title = "Marked positions, added up"});
        add_goal({.name = "five", .title = "A sum of 5", .hint = "Step.", .reached = [this] {
                      return readout(sum) == 5.0;
                  }});
        add_goal(
            {.name = "marked", .title = "Mark something", .hint = "Use mark.", .reached = [this] {
                 return !marks.empty();
             }});
        add_steps("Add once", steps_per_second);
        add_action({.name = "mark", .title = "Mark", .kept_by_reset = true},
                   [this] { marks.push_back(value(position)); });
        add_action({.name = "double", .title = "Double"}, [this] { total *= 2.0; });
        finish_declaration();
    }

    std::size_t rate, position, layers, shape, noisy;
    std::size_t sum, resets, marked;
    std::vector<double> marks;
    double total = 0.0;
    std::int64_t steps = 0;
    int times_reset = 0;

protected:
    void forget() override { marks.clear(); }
    void reset() override {
        total = value(shape);
        steps = 0;
        ++times_reset;
    }
    bool do_step() override {
        if (steps == kLastStep) return false;
        ++steps;
        total += value(rate) * value(layers) * 0.5;
        return true;
    }
    void changed(std::size_t parameter) override {
        if (parameter == layers || parameter == shape) Lab::changed(parameter);
    }
    void update() override {
        set_readout(sum, total);
        set_readout(resets, times_reset);
        double added = 0.0;
        for (const double mark : marks) added += mark;
        set_readout(marked, marks.empty() ? std::numeric_limits<double>::quiet_NaN() : added);
    }
};

}  // namespace whittle::test
