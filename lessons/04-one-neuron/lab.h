#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/graph/graph.h"
#include "core/train/trainer.h"
#include "lessons/03-gradient-descent/landscape.h"
#include "lessons/kit/lab.h"

namespace whittle {

// One neuron y = w x + b, trained by the core's Trainer on the six points of lesson 2
// (GuessTheLineLab::kX and kY): mean squared error, plain gradient descent, all six points in one
// batch, so that an epoch is one step.
class OneNeuronLab : public Lab {
public:
    // Starts and the map of the loss: -kReach … kReach for w and for b.
    static constexpr double kReach = 5.0;

    // The values of the readout "state".
    enum class State { at_start, learning, growing, finished, broken };

    struct Weights {
        double w = 0.0;
        double b = 0.0;
    };

    OneNeuronLab();

    State state() const { return state_; }
    // What the trainer said when the numbers left the range of float32; empty otherwise.
    const std::string& error_message() const { return error_message_; }
    std::int64_t epoch() const { return static_cast<std::int64_t>(path_.size()) - 1; }

    // Of the neuron as it is now.
    Weights weights() const { return path_.back(); }
    double predicted(double x) const { return path_.back().w * x + path_.back().b; }
    // The derivatives of the loss by w and b: the next epoch subtracts learning rate times these.
    Weights gradient() const;
    // The loss over all w (as x) and b (as y), for a map of it.
    const Landscape& landscape() const { return landscape_; }

    // Weights and loss before the first epoch and after each one: entry e belongs to epoch e. The
    // path on the loss map, and the loss curve.
    const std::vector<Weights>& path() const { return path_; }
    const std::vector<double>& loss_history() const { return losses_; }

    // The net itself, for a view that shows or saves it.
    const Graph& graph() const { return graph_; }

protected:
    void reset() override;
    bool do_step() override;
    void changed(std::size_t parameter) override;
    void update() override;

private:
    void declare_parameters();
    void declare_readouts();
    void declare_goals();
    bool done() const { return state_ == State::finished || state_ == State::broken; }
    void build_neuron();
    void record_epoch();

    std::size_t learning_rate_ = 0;
    std::size_t epochs_ = 0;
    std::size_t start_w_ = 0;
    std::size_t start_b_ = 0;
    std::size_t question_ = 0;

    std::size_t state_readout_ = 0;
    std::size_t epoch_readout_ = 0;
    std::size_t loss_readout_ = 0;
    std::size_t w_readout_ = 0;
    std::size_t b_readout_ = 0;
    std::size_t answer_readout_ = 0;
    std::size_t gradient_w_readout_ = 0;
    std::size_t gradient_b_readout_ = 0;

    const Landscape landscape_{LandscapeKind::line_fit, 1.0};
    Dataset data_;
    Graph graph_;
    std::unique_ptr<Trainer> trainer_;  // refers to data_ and graph_
    std::vector<Weights> path_;
    std::vector<double> losses_;
    State state_ = State::at_start;
    std::string error_message_;
};

}  // namespace whittle
