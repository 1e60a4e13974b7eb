#pragma once

#include <span>
#include <vector>

#include "lessons/03-gradient-descent/landscape.h"
#include "lessons/kit/lab.h"

namespace whittle {

// A ball on a loss landscape that rolls down by gradient descent, one step at a time:
//   velocity = momentum * velocity + gradient;  position -= learning rate * velocity
class GradientDescentLab : public Lab {
public:
    // Where parameters start, and what a view draws: -kReach … kReach along each axis.
    static constexpr double kReach = 5.0;
    // Beyond this the descent has left for good.
    static constexpr double kOffTheMap = 1000.0;
    // Nearer to a minimum than this, and moving less than this: arrived.
    static constexpr double kClose = 1e-3;
    static constexpr std::size_t kMaxSteps = 5000;

    // The values of the readout "state".
    enum class State { at_start, converging, oscillating, diverging, arrived, diverged };

    struct PathPoint {
        double x = 0.0;
        double y = 0.0;  // 0 on a landscape of one parameter
        double loss = 0.0;
    };

    GradientDescentLab();

    const Landscape& landscape() const { return landscape_; }
    State state() const { return state_; }
    // Everywhere the ball has been, from the start to where it is now; never empty.
    std::span<const PathPoint> path() const { return path_; }
    Ground position() const { return {path_.back().x, path_.back().y}; }
    // Points uphill: the arrow to draw is its opposite.
    Ground gradient() const { return landscape_.gradient(position()); }
    // Where the next step leads: the tip of the arrow, in units of the map.
    Ground next_position() const;

    // The loss over -kReach … kReach in `points` >= 2 equal steps, at y = 0: the curve of a
    // landscape with one parameter.
    std::vector<PathPoint> curve(std::size_t points) const;
    // Losses at the centres of columns x rows cells over -kReach … kReach both ways, row after row
    // from the lowest y: the contours of a landscape with two parameters.
    std::vector<double> surface(std::size_t columns, std::size_t rows) const;

protected:
    void reset() override;
    bool do_step() override;
    void changed(std::size_t parameter) override;
    void update() override;

private:
    void declare_parameters();
    void declare_readouts();
    void declare_goals();
    State state_after_step(Ground before, Ground after) const;
    bool done() const { return state_ == State::arrived || state_ == State::diverged; }
    bool on(LandscapeKind kind) const { return landscape_.kind() == kind; }
    std::size_t steps() const { return path_.size() - 1; }
    double distance_from(Ground at) const;

    std::size_t kind_ = 0;
    std::size_t learning_rate_ = 0;
    std::size_t momentum_ = 0;
    std::size_t start_x_ = 0;
    std::size_t start_y_ = 0;
    std::size_t steepness_ = 0;

    std::size_t state_readout_ = 0;
    std::size_t steps_readout_ = 0;
    std::size_t x_readout_ = 0;
    std::size_t y_readout_ = 0;
    std::size_t loss_readout_ = 0;
    std::size_t gradient_x_readout_ = 0;
    std::size_t gradient_y_readout_ = 0;
    std::size_t distance_readout_ = 0;
    std::size_t ratio_readout_ = 0;
    std::size_t smooth_limit_readout_ = 0;
    std::size_t limit_readout_ = 0;

    Landscape landscape_{LandscapeKind::parabola, 1.0};
    std::vector<PathPoint> path_{PathPoint{}};
    Ground velocity_;
    State state_ = State::at_start;
};

}  // namespace whittle
