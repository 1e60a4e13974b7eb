#include "lessons/04-one-neuron/lab.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/random.h"
#include "core/graph/builder.h"
#include "lessons/02-guess-the-line/lab.h"

namespace whittle {

namespace {

constexpr double kEpochsPerSecond = 60.0;

Dataset six_points() {
    Dataset data;
    data.name = "six points";
    data.feature_shape = {1};
    data.target_shape = {1};
    std::vector<float> features;
    for (const double x : GuessTheLineLab::kX) features.push_back(static_cast<float>(x));
    for (const double y : GuessTheLineLab::kY) data.targets.push_back(static_cast<float>(y));
    data.features = std::move(features);
    return data;
}

}  // namespace

OneNeuronLab::OneNeuronLab() : data_(six_points()) {
    declare_parameters();
    declare_readouts();
    declare_goals();
    start_group("");
    add_steps("One epoch", kEpochsPerSecond);
    add_action({.name = "train", .title = "Train to the end", .help = "All epochs at once"},
               [this] {
                   while (do_step()) {
                   }
               });
    finish_declaration();
}

void OneNeuronLab::declare_parameters() {
    start_group("Training");
    learning_rate_ = add_parameter({.name = "learning-rate",
                                    .title = "Learning rate",
                                    .initial = 0.01,
                                    .minimum = 0.001,
                                    .maximum = 0.5,
                                    .logarithmic = true,
                                    .help = "An epoch moves w and b by this times the gradient"});
    epochs_ = add_parameter({.name = "epochs",
                             .title = "Epochs",
                             .kind = ParameterKind::integer,
                             .initial = 500,
                             .minimum = 1,
                             .maximum = 5000,
                             .help = "How often the neuron sees all six points"});
    start_w_ =
        add_parameter({.name = "start-w",
                       .title = "Start w",
                       .minimum = -kReach,
                       .maximum = kReach,
                       .step = 0.05,
                       .help = "The weight before training; in a net it is drawn at random"});
    start_b_ = add_parameter({.name = "start-b",
                              .title = "Start b",
                              .minimum = -kReach,
                              .maximum = kReach,
                              .step = 0.05,
                              .help = "The bias before training; usually 0"});
    start_group("Question");
    question_ = add_parameter({.name = "x",
                               .title = "Ask for y at x",
                               .initial = 10.0,
                               .minimum = -20.0,
                               .maximum = 20.0,
                               .step = 0.5,
                               .help = "The points that it learns from lie between -1 and 4"});
}

void OneNeuronLab::declare_readouts() {
    state_readout_ =
        add_readout({.name = "state",
                     .title = "State",
                     .help = "Growing: the last epoch made the loss larger",
                     .names = {"at the start", "learning", "growing", "finished", "broken"}});
    epoch_readout_ = add_readout({.name = "epoch", .title = "Epoch"});
    loss_readout_ = add_readout(
        {.name = "loss", .title = "Loss", .help = "Mean squared error over the six points"});
    w_readout_ = add_readout({.name = "w", .title = "Weight w"});
    b_readout_ = add_readout({.name = "b", .title = "Bias b"});
    answer_readout_ = add_readout(
        {.name = "prediction", .title = "y at x", .help = "What the neuron says; 2x - 1 is right"});
    gradient_w_readout_ = add_readout({.name = "gradient-w",
                                       .title = "Gradient of w",
                                       .help = "How fast the loss grows when w grows"});
    gradient_b_readout_ = add_readout({.name = "gradient-b",
                                       .title = "Gradient of b",
                                       .help = "How fast the loss grows when b grows"});
}

void OneNeuronLab::declare_goals() {
    add_goal(
        {.name = "trained",
         .title = "Train for 500 epochs: at x = 10, come within 0.1 of 19",
         .hint = "Leave the settings as they are and press Play.",
         .reached = [this] { return epoch() >= 500 && std::fabs(predicted(10.0) - 19.0) < 0.1; }});
    add_goal({.name = "far-start",
              .title = "Start at w = -4 and b = 4, or farther out, and get a loss below 0.01",
              .hint = "The same recipe finds the line from there too. Set the start, then train.",
              .reached = [this] {
                  return path_.front().w <= -4.0 && path_.front().b >= 4.0 && losses_.back() < 0.01;
              }});
    add_goal({.name = "blow-up",
              .title = "Make the loss grow beyond a million",
              .hint = "Steps that are too long land higher than they started. Double the learning "
                      "rate until the state says growing.",
              .reached = [this] { return losses_.back() > 1e6; }});
    add_goal({.name = "fast",
              .title = "Get the loss from above 1 to below 0.0001 within 50 epochs",
              .hint = "Just below the rate at which it blows up, learning is fastest.",
              .reached = [this] {
                  const auto end = losses_.begin() + std::min<std::ptrdiff_t>(epoch(), 50) + 1;
                  return losses_.front() >= 1.0 && *std::min_element(losses_.begin(), end) < 1e-4;
              }});
}

void OneNeuronLab::build_neuron() {
    GraphBuilder builder("one neuron");
    Random random(1);  // its weights are overwritten
    const int x = builder.input("x", {1});
    const int y = builder.fully_connected(x, 1, Activation::none, random);
    graph_ = std::move(builder).finish({y});
    const std::vector<int>& operands = graph_.nodes.front().inputs;
    graph_.tensor(operands[1]).as<float>()[0] = static_cast<float>(value(start_w_));
    graph_.tensor(operands[2]).as<float>()[0] = static_cast<float>(value(start_b_));
}

void OneNeuronLab::reset() {
    trainer_.reset();
    build_neuron();
    TrainOptions options;
    options.loss = Loss::mean_squared_error;
    options.optimizer.kind = OptimizerOptions::Kind::sgd;
    options.optimizer.learning_rate = static_cast<float>(value(learning_rate_));
    options.batch_size = 0;
    options.shuffle = false;
    Result<std::unique_ptr<Trainer>> trainer = Trainer::make(graph_, data_, nullptr, options);
    assert(trainer.ok());
    trainer_ = std::move(*trainer);
    error_message_.clear();
    state_ = State::at_start;
    path_.clear();
    losses_.clear();
    record_epoch();
}

void OneNeuronLab::record_epoch() {
    const std::vector<int>& operands = graph_.nodes.front().inputs;
    const double w = static_cast<double>(graph_.tensor(operands[1]).as<float>()[0]);
    const double b = static_cast<double>(graph_.tensor(operands[2]).as<float>()[0]);
    path_.push_back({w, b});
    losses_.push_back(landscape_.loss({w, b}));
}

// Asking for another x or for more epochs changes nothing about the training so far.
void OneNeuronLab::changed(std::size_t parameter) {
    if (parameter == question_) return;
    if (parameter != epochs_) return reset();
    if (static_cast<double>(epoch()) > value(epochs_)) return reset();
    if (state_ == State::finished) state_ = State::learning;
    if (static_cast<double>(epoch()) == value(epochs_) && !done()) state_ = State::finished;
}

bool OneNeuronLab::do_step() {
    if (done() || static_cast<double>(epoch()) >= value(epochs_)) return false;
    const Result<float> loss = trainer_->step();
    if (!loss.ok()) {
        error_message_ = loss.error().message();
        state_ = State::broken;
        return true;
    }
    record_epoch();
    const bool grew = losses_.back() > losses_[losses_.size() - 2];
    state_ = grew ? State::growing : State::learning;
    if (static_cast<double>(epoch()) >= value(epochs_)) state_ = State::finished;
    return true;
}

OneNeuronLab::Weights OneNeuronLab::gradient() const {
    const Ground slope = landscape_.gradient({path_.back().w, path_.back().b});
    return {slope.x, slope.y};
}

void OneNeuronLab::update() {
    set_readout(state_readout_, static_cast<double>(state_));
    set_readout(epoch_readout_, static_cast<double>(epoch()));
    set_readout(loss_readout_, losses_.back());
    set_readout(w_readout_, weights().w);
    set_readout(b_readout_, weights().b);
    set_readout(answer_readout_, predicted(value(question_)));
    set_readout(gradient_w_readout_, gradient().w);
    set_readout(gradient_b_readout_, gradient().b);
}

}  // namespace whittle
