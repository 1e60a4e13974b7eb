// What the student can set, do, read and reach.

#include <cmath>
#include <iterator>

#include "lessons/06-neurons-and-layers/lab.h"

namespace whittle {

NeuronsAndLayersLab::NeuronsAndLayersLab() {
    declare_data();
    declare_net();
    declare_training();
    add_steps("One epoch", 60.0);
    declare_edits();
    declare_readouts();
    declare_goals();
    finish_declaration();
}

void NeuronsAndLayersLab::declare_data() {
    start_group("Data");
    data_ = add_parameter({.name = "data",
                           .title = "Data",
                           .kind = ParameterKind::choice,
                           .choices = {"circle", "xor", "gaussians", "spiral", "three-gaussians",
                                       "three-spirals", "plane", "hills", "own"},
                           .help = "Two or three classes of points, or a surface (plane, hills); "
                                   "own: only the points you draw"});
    noise_ = add_parameter({.name = "noise",
                            .title = "Noise",
                            .maximum = 2.0,
                            .step = 0.1,
                            .help = "Standard deviation by which every point is moved"});
    samples_ = add_parameter({.name = "samples",
                              .title = "Points",
                              .kind = ParameterKind::integer,
                              .initial = 400,
                              .minimum = 20,
                              .maximum = 1000,
                              .step = 20});
    train_share_ = add_parameter({.name = "train-share",
                                  .title = "Points to train on",
                                  .kind = ParameterKind::integer,
                                  .initial = 50,
                                  .minimum = 10,
                                  .maximum = 90,
                                  .step = 10,
                                  .unit = "%",
                                  .help = "The others test the net on what it has never seen"});
    seed_ = add_parameter({.name = "seed",
                           .title = "Seed",
                           .kind = ParameterKind::integer,
                           .initial = 1,
                           .minimum = 1,
                           .maximum = 9999,
                           .step = 1,
                           .help = "Other points and other first weights"});
    show_test_ = add_parameter(
        {.name = "show-test", .title = "Show test points", .kind = ParameterKind::toggle});
    discretize_ =
        add_parameter({.name = "discretize",
                       .title = "Show the decision",
                       .kind = ParameterKind::toggle,
                       .help = "The class that is chosen, instead of how sure the net is"});
}

void NeuronsAndLayersLab::declare_net() {
    start_group("Features");
    for (std::size_t f = 0; f < kFeatures; ++f) {
        const auto feature = static_cast<Feature>(f);
        feature_toggles_[f] =
            add_parameter({.name = feature_name(feature),
                           .title = feature_title(feature),
                           .kind = ParameterKind::toggle,
                           .initial = f < 2 ? 1.0 : 0.0,
                           .help = "A feature the net is told; with none on, it is told x1"});
    }
    start_group("Network");
    layers_ = add_parameter({.name = "layers",
                             .title = "Hidden layers",
                             .kind = ParameterKind::integer,
                             .initial = 2,
                             .maximum = kMaxHidden,
                             .step = 1});
    static constexpr int kInitialNeurons[kMaxHidden] = {4, 2, 2, 2, 2, 2};
    for (std::size_t layer = 0; layer < kMaxHidden; ++layer) {
        const std::string number = std::to_string(layer + 1);
        neurons_[layer] = add_parameter({.name = "neurons-" + number,
                                         .title = "Neurons in layer " + number,
                                         .kind = ParameterKind::integer,
                                         .initial = static_cast<double>(kInitialNeurons[layer]),
                                         .minimum = 1,
                                         .maximum = kMaxNeurons,
                                         .step = 1});
    }
    activation_ = add_parameter({.name = "activation",
                                 .title = "Activation",
                                 .kind = ParameterKind::choice,
                                 .initial = 1,
                                 .choices = {"relu", "tanh", "sigmoid", "silu", "linear"},
                                 .help = "What a hidden neuron makes of its sum"});
    biases_ = add_parameter({.name = "biases",
                             .title = "Biases",
                             .kind = ParameterKind::toggle,
                             .initial = 1.0,
                             .help = "Off: every neuron's sum has no constant term"});
}

void NeuronsAndLayersLab::declare_training() {
    start_group("Learning");
    loss_ = add_parameter({.name = "loss",
                           .title = "Loss of classifiers",
                           .kind = ParameterKind::choice,
                           .choices = {"cross-entropy", "half-squared"},
                           .help = "half-squared: one sigmoid output for each class, and half the "
                                   "sum of their squared errors"});
    optimizer_ = add_parameter({.name = "optimizer",
                                .title = "Optimizer",
                                .kind = ParameterKind::choice,
                                .choices = {"sgd", "adam"},
                                .help = "Plain gradient descent, or Adam's own rate per weight"});
    learning_rate_ = add_parameter({.name = "learning-rate",
                                    .title = "Learning rate",
                                    .initial = 0.03,
                                    .minimum = 0.0001,
                                    .maximum = 10.0,
                                    .logarithmic = true,
                                    .help = "May be changed while it learns"});
    batch_size_ = add_parameter({.name = "batch-size",
                                 .title = "Batch size",
                                 .kind = ParameterKind::integer,
                                 .initial = 10,
                                 .minimum = 1,
                                 .maximum = 100,
                                 .step = 1,
                                 .help = "Points for each step of the weights"});
    regularization_ = add_parameter({.name = "regularization",
                                     .title = "Regularization",
                                     .kind = ParameterKind::choice,
                                     .choices = {"none", "l1", "l2"},
                                     .help = "l1 makes weights exactly 0, l2 keeps them small"});
    regularization_rate_ = add_parameter({.name = "regularization-rate",
                                          .title = "Regularization rate",
                                          .initial = 0.003,
                                          .minimum = 0.00001,
                                          .maximum = 1.0,
                                          .logarithmic = true});
    start_group("When to stop");
    stop_epochs_ = add_parameter({.name = "stop-epochs",
                                  .title = "Stop after",
                                  .kind = ParameterKind::integer,
                                  .maximum = 10000,
                                  .step = 50,
                                  .unit = "epochs",
                                  .help = "0: never"});
    stop_loss_ = add_parameter({.name = "stop-loss",
                                .title = "Stop at a test loss of",
                                .maximum = 1.0,
                                .step = 0.01,
                                .help = "0: never"});
    stop_patience_ = add_parameter({.name = "stop-patience",
                                    .title = "Stop when no better for",
                                    .kind = ParameterKind::integer,
                                    .maximum = 1000,
                                    .step = 10,
                                    .unit = "epochs",
                                    .help = "0: never; the test loss is watched"});
}

void NeuronsAndLayersLab::declare_edits() {
    const auto coordinate = [&](const char* name, const char* title) {
        return add_parameter({.name = name,
                              .title = title,
                              .minimum = -ActivationMaps::kEdge,
                              .maximum = ActivationMaps::kEdge,
                              .step = 0.05});
    };
    start_group("Points of your own");
    point_x_ = coordinate("point-x", "New point: x1");
    point_y_ = coordinate("point-y", "New point: x2");
    point_class_ = add_parameter({.name = "point-class",
                                  .title = "New point: class",
                                  .kind = ParameterKind::choice,
                                  .choices = {"A", "B", "C"},
                                  .help = "On a surface: A is the height -1, B is 1, C is 0"});
    add_action({"add-point", "Add point", "The net goes on with one more training point", true},
               [this] { add_point(); });
    add_action({"clear-points", "Clear my points", "Takes away the points you added", true},
               [this] { clear_points(); });
    start_group("Edit a weight");
    weight_layer_ = add_parameter({.name = "weight-layer",
                                   .title = "Edit weight: layer",
                                   .kind = ParameterKind::integer,
                                   .initial = 1,
                                   .minimum = 1,
                                   .maximum = kMaxHidden + 1,
                                   .step = 1,
                                   .help = "1 is the first hidden layer; the last is the output"});
    weight_from_ = add_parameter({.name = "weight-from",
                                  .title = "Edit weight: from",
                                  .kind = ParameterKind::integer,
                                  .initial = 1,
                                  .maximum = kMaxNeurons,
                                  .step = 1,
                                  .help = "Number of the feature or neuron before; 0: the bias"});
    weight_to_ = add_parameter({.name = "weight-to",
                                .title = "Edit weight: to",
                                .kind = ParameterKind::integer,
                                .initial = 1,
                                .minimum = 1,
                                .maximum = kMaxNeurons,
                                .step = 1});
    weight_value_ = add_parameter({.name = "weight-value",
                                   .title = "Edit weight: value",
                                   .minimum = -20.0,
                                   .maximum = 20.0,
                                   .step = 0.01});
    add_action({"set-weight", "Set weight", "Puts the value there; training goes on from it"},
               [this] { edit_weight(); });
}

void NeuronsAndLayersLab::declare_readouts() {
    shown_.state = add_readout({.name = "state",
                                .title = "State",
                                .names = {"ready", "all epochs done", "loss reached",
                                          "no longer better", "ran away", "no points yet"}});
    shown_.epoch = add_readout({.name = "epoch", .title = "Epoch", .digits = 8});
    shown_.train_loss = add_readout({.name = "train-loss", .title = "Training loss"});
    shown_.test_loss = add_readout({.name = "test-loss", .title = "Test loss"});
    shown_.train_accuracy =
        add_readout({.name = "train-accuracy",
                     .title = "Training accuracy",
                     .help = "Share of the training points whose class the net names"});
    shown_.test_accuracy = add_readout({.name = "test-accuracy",
                                        .title = "Test accuracy",
                                        .help = "The same of points it has never seen"});
    shown_.parameters = add_readout(
        {.name = "parameters", .title = "Parameters", .digits = 8, .help = "Weights and biases"});
    shown_.macs = add_readout({.name = "macs",
                               .title = "Multiply-accumulates",
                               .digits = 8,
                               .help = "For one answer of the net"});
    shown_.zero_weights = add_readout({.name = "zero-weights",
                                       .title = "Weights that are 0",
                                       .digits = 8,
                                       .help = "They need no storage and no multiplication"});
    shown_.collapse_difference =
        add_readout({.name = "collapse-difference",
                     .title = "Net minus one layer",
                     .help = "Linear nets only: the largest difference over the plane between "
                             "the net and the one layer that its matrices multiply to"});
}

void NeuronsAndLayersLab::declare_goals() {
    const auto accurate = [this](const char* data, double accuracy) {
        return chosen(data_, data) && readout(shown_.test_accuracy) >= accuracy;
    };
    const auto plain_features = [this] {
        return net_->options().features == std::vector<Feature>{Feature::x1, Feature::x2};
    };
    add_goal({.name = "linear-fails",
              .title = "See linear layers fail on the circle: two or more of them, 20 epochs",
              .hint = "Set the activation to linear and keep two hidden layers or more. However "
                      "long it learns, the border stays a straight line.",
              .reached = [this, plain_features] {
                  return chosen(data_, "circle") && chosen(activation_, "linear") &&
                         whole(layers_) >= 2 && plain_features() && epoch_ >= 20 &&
                         readout(shown_.test_accuracy) < 0.75;
              }});
    add_goal({.name = "circle",
              .title = "Enclose the circle: 95 % of the test points, from x1 and x2 alone",
              .hint = "Give the hidden layers a bend: tanh or relu. Three neurons can draw a "
                      "triangle round the disc.",
              .reached = [accurate, plain_features] {
                  return accurate("circle", 0.95) && plain_features();
              }});
    add_goal(
        {.name = "no-hidden-layer",
         .title = "Solve xor with no hidden layer at all: 95 % of the test points",
         .hint = "One neuron can only draw a line, unless you tell it something better than "
                 "x1 and x2. Which product has the same sign as the class?",
         .reached = [this, accurate] { return accurate("xor", 0.95) && whole(layers_) == 0; }});
    add_goal({.name = "tiny",
              .title = "Enclose the circle with at most 13 parameters (x1 and x2 alone)",
              .hint = "One hidden layer of three neurons: 2·3 weights, 3 biases, then 3 weights "
                      "and a bias. A neuron more costs 4 parameters more.",
              .reached = [this, accurate, plain_features] {
                  return accurate("circle", 0.95) && plain_features() &&
                         readout(shown_.parameters) <= 13.0;
              }});
    add_goal({.name = "spiral",
              .title = "Unroll the spiral: 90 % of the test points",
              .hint = "It needs more neurons and time: two or three layers of 8, the optimizer "
                      "adam at a learning rate of 0.01, and some 600 epochs. sin x1 and sin x2 "
                      "help too.",
              .reached = [accurate] { return accurate("spiral", 0.90); }});
}

}  // namespace whittle
