#include "lessons/03-gradient-descent/lab.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "lessons/kit/numbers.h"

namespace whittle {

namespace {

constexpr double kStepsPerSecond = 20.0;
// A loss that is higher than the start's by no more than rounding has not grown.
constexpr double kRounding = 1.0 + 1e-9;

double length(Ground vector) { return std::sqrt(vector.x * vector.x + vector.y * vector.y); }

}  // namespace

GradientDescentLab::GradientDescentLab() {
    declare_parameters();
    declare_readouts();
    declare_goals();
    start_group("");
    add_steps("Step", kStepsPerSecond);
    finish_declaration();
}

void GradientDescentLab::declare_parameters() {
    start_group("Landscape");
    kind_ = add_parameter(
        {.name = "landscape",
         .title = "Landscape",
         .kind = ParameterKind::choice,
         .choices = {"parabola", "two-valleys", "plateau", "bowl", "narrow-valley", "line-fit"},
         .help = "The loss: of one parameter (the first three) or of two"});
    steepness_ = add_parameter({.name = "steepness",
                                .title = "Steepness a",
                                .initial = 1.0,
                                .minimum = 0.1,
                                .maximum = 4.0,
                                .step = 0.1,
                                .help = "Of the parabola, the bowl and the narrow valley"});
    start_group("Descent");
    learning_rate_ = add_parameter({.name = "learning-rate",
                                    .title = "Learning rate",
                                    .initial = 0.1,
                                    .minimum = 0.01,
                                    .maximum = 5.0,
                                    .logarithmic = true,
                                    .help = "A step is this many times the gradient"});
    momentum_ = add_parameter({.name = "momentum",
                               .title = "Momentum",
                               .maximum = 0.95,
                               .step = 0.05,
                               .help = "The share of the last step that is kept; 0: none"});
    start_group("Start");
    start_x_ = add_parameter({.name = "start-x",
                              .title = "Start x",
                              .initial = -4.0,
                              .minimum = -kReach,
                              .maximum = kReach,
                              .step = 0.1,
                              .help = "Where the first parameter starts (line-fit: the slope w)"});
    start_y_ = add_parameter({.name = "start-y",
                              .title = "Start y",
                              .initial = 3.0,
                              .minimum = -kReach,
                              .maximum = kReach,
                              .step = 0.1,
                              .help = "Where the second one starts (line-fit: the intercept b)"});
}

void GradientDescentLab::declare_readouts() {
    state_readout_ = add_readout({.name = "state",
                                  .title = "State",
                                  .help = "Oscillating: the last step jumped across the valley",
                                  .names = {"at the start", "converging", "oscillating",
                                            "diverging", "arrived", "diverged"}});
    steps_readout_ = add_readout({.name = "steps", .title = "Steps"});
    x_readout_ = add_readout({.name = "x", .title = "x"});
    y_readout_ = add_readout({.name = "y", .title = "y"});
    loss_readout_ = add_readout({.name = "loss", .title = "Loss"});
    gradient_x_readout_ = add_readout({.name = "gradient-x",
                                       .title = "Gradient along x",
                                       .help = "How fast the loss grows when x grows"});
    gradient_y_readout_ = add_readout({.name = "gradient-y",
                                       .title = "Gradient along y",
                                       .help = "How fast the loss grows when y grows"});
    distance_readout_ = add_readout(
        {.name = "distance", .title = "Distance", .help = "To the nearest minimum on the map"});
    ratio_readout_ =
        add_readout({.name = "distance-ratio",
                     .title = "Distance, after / before",
                     .help = "What the last step multiplied the distance by; below 1 is nearer"});
    smooth_limit_readout_ =
        add_readout({.name = "smooth-limit",
                     .title = "Oscillates above",
                     .help = "The learning rate from which steps jump across, as it bends here"});
    limit_readout_ =
        add_readout({.name = "limit",
                     .title = "Diverges above",
                     .help = "The largest learning rate that still converges, as it bends here"});
}

void GradientDescentLab::declare_goals() {
    add_goal({.name = "reach-bottom",
              .title = "Parabola: reach the bottom",
              .hint = "Press Step a few times and watch the arrow shrink. Then press Play.",
              .reached = [this] {
                  return on(LandscapeKind::parabola) && state_ == State::arrived && steps() > 0;
              }});
    add_goal({.name = "single-step",
              .title = "Parabola: get there in a single step",
              .hint = "A step multiplies x by 1 - 2a · learning rate. Make that zero: 1 / (2a).",
              .reached = [this] {
                  // 2 % of the way may be missing, so that a slider can hit it.
                  const double whole = distance_from({path_.front().x, path_.front().y});
                  return on(LandscapeKind::parabola) && steps() == 1 && whole >= 1.0 &&
                         distance_from(position()) <= 0.02 * whole;
              }});
    add_goal({.name = "fly-off",
              .title = "Make the descent diverge",
              .hint = "Choose a learning rate above the readout “Diverges above”, then Play.",
              .reached = [this] { return state_ == State::diverged; }});
    add_goal({.name = "deeper-valley",
              .title = "Two valleys: start between x = 1 and 3, end in the deeper one",
              .hint = "It lies on the left, behind a hill. A ball with momentum rolls over hills: "
                      "start at 3 and give it a momentum of 0.9.",
              .reached = [this] {
                  const double start = path_.front().x;
                  return on(LandscapeKind::two_valleys) && start >= 1.0 && start <= 3.0 &&
                         state_ == State::arrived && position().x < 0.0;
              }});
    add_goal({.name = "narrow-valley",
              .title = "Narrow valley, from 3 or farther out: arrive in at most 40 steps",
              .hint = "The walls limit the learning rate; along the floor it is far too small. "
                      "Momentum adds up along the floor and cancels between the walls.",
              .reached = [this] {
                  return on(LandscapeKind::narrow_valley) && state_ == State::arrived &&
                         std::fabs(path_.front().x) >= 3.0 && steps() <= 40;
              }});
}

void GradientDescentLab::reset() {
    landscape_ = Landscape(static_cast<LandscapeKind>(value(kind_)), value(steepness_));
    const Ground start = {value(start_x_), landscape_.dimension() == 2 ? value(start_y_) : 0.0};
    path_.assign(1, {start.x, start.y, landscape_.loss(start)});
    velocity_ = {};
    state_ = State::at_start;
}

// The learning rate and the momentum may change on the way; anything else is another descent.
void GradientDescentLab::changed(std::size_t parameter) {
    if (done() || (parameter != learning_rate_ && parameter != momentum_)) reset();
}

Ground GradientDescentLab::next_position() const {
    const Ground slope = gradient();
    const Ground velocity = {value(momentum_) * velocity_.x + slope.x,
                             value(momentum_) * velocity_.y + slope.y};
    return {position().x - value(learning_rate_) * velocity.x,
            position().y - value(learning_rate_) * velocity.y};
}

bool GradientDescentLab::do_step() {
    if (done() || steps() >= kMaxSteps) return false;
    const Ground before = position();
    const Ground slope = gradient();
    const Ground after = next_position();
    velocity_ = {value(momentum_) * velocity_.x + slope.x,
                 value(momentum_) * velocity_.y + slope.y};
    path_.push_back({after.x, after.y, landscape_.loss(after)});
    state_ = state_after_step(before, after);
    return true;
}

GradientDescentLab::State GradientDescentLab::state_after_step(Ground before, Ground after) const {
    if (std::fabs(after.x) > kOffTheMap || std::fabs(after.y) > kOffTheMap) return State::diverged;
    const Ground moved = {after.x - before.x, after.y - before.y};
    if (distance_from(after) < kClose && length(moved) < kClose) return State::arrived;
    if (landscape_.loss(after) > path_.front().loss * kRounding) return State::diverging;
    const Ground slope_before = landscape_.gradient(before);
    const Ground slope_after = landscape_.gradient(after);
    const bool turned = slope_before.x * slope_after.x + slope_before.y * slope_after.y < 0.0;
    return turned ? State::oscillating : State::converging;
}

double GradientDescentLab::distance_from(Ground at) const {
    double nearest = std::numeric_limits<double>::infinity();
    for (const Ground& minimum : landscape_.minima()) {
        nearest = std::min(nearest, length({at.x - minimum.x, at.y - minimum.y}));
    }
    return nearest;
}

void GradientDescentLab::update() {
    const bool two = landscape_.dimension() == 2;
    const PathPoint& now = path_.back();
    const Ground slope = gradient();
    set_readout(state_readout_, static_cast<double>(state_));
    set_readout(steps_readout_, static_cast<double>(steps()));
    set_readout(x_readout_, now.x);
    set_readout(y_readout_, two ? now.y : kNothing);
    set_readout(loss_readout_, now.loss);
    set_readout(gradient_x_readout_, slope.x);
    set_readout(gradient_y_readout_, two ? slope.y : kNothing);
    const double distance = distance_from(position());
    set_readout(distance_readout_, distance);
    double ratio = kNothing;
    if (steps() > 0) {
        const PathPoint& last = path_[path_.size() - 2];
        const double distance_before = distance_from({last.x, last.y});
        if (distance_before > 0.0) ratio = distance / distance_before;
    }
    set_readout(ratio_readout_, ratio);
    // Polyak's heavy ball on a parabola of this curvature c: the error follows
    // e[t+1] = (1 + m - rate c) e[t] - m e[t-1], whose roots leave the real axis at
    // rate c = (1 - sqrt m)^2 and the unit circle at rate c = 2 (1 + m).
    const double curvature = landscape_.largest_curvature(position());
    const double momentum = value(momentum_);
    const double root = 1.0 - std::sqrt(momentum);
    set_readout(smooth_limit_readout_, curvature > 0.0 ? root * root / curvature : kNothing);
    set_readout(limit_readout_, curvature > 0.0 ? 2.0 * (1.0 + momentum) / curvature : kNothing);
}

std::vector<GradientDescentLab::PathPoint> GradientDescentLab::curve(std::size_t points) const {
    assert(points >= 2);
    std::vector<PathPoint> curve;
    for (std::size_t i = 0; i < points; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(points - 1);
        const double x = (2.0 * share - 1.0) * kReach;
        curve.push_back({x, 0.0, landscape_.loss({x, 0.0})});
    }
    return curve;
}

std::vector<double> GradientDescentLab::surface(std::size_t columns, std::size_t rows) const {
    const auto centre = [](std::size_t cell, std::size_t cells) {
        return ((static_cast<double>(cell) + 0.5) / static_cast<double>(cells) * 2.0 - 1.0) *
               kReach;
    };
    std::vector<double> losses;
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            losses.push_back(landscape_.loss({centre(column, columns), centre(row, rows)}));
        }
    }
    return losses;
}

}  // namespace whittle
