// What the student can set, do, read and reach.

#include <cmath>

#include "lessons/07-hello-sine/lab.h"

namespace whittle {

HelloSineLab::HelloSineLab() {
    declare_parameters();
    start_group("");
    add_steps("One epoch", 100.0);
    add_action({"quantize", "Whittle to int8", "Makes the int8 net from the weights of now"},
               [this] { quantize(); });
    declare_readouts();
    declare_int8_readouts();
    declare_goals();
    finish_declaration();
}

void HelloSineLab::declare_parameters() {
    start_group("Data");
    function_ = add_parameter({.name = "function",
                               .title = "Function",
                               .kind = ParameterKind::choice,
                               .choices = {"sine", "cosine"}});
    samples_ = add_parameter({.name = "samples",
                              .title = "Points",
                              .kind = ParameterKind::integer,
                              .initial = 1000,
                              .minimum = 50,
                              .maximum = 2000,
                              .step = 50});
    noise_ = add_parameter({.name = "noise",
                            .title = "Noise",
                            .initial = 0.1,
                            .maximum = 0.5,
                            .step = 0.01,
                            .help = "Standard deviation of what is added to every y"});
    outliers_ = add_parameter({.name = "outliers",
                               .title = "Outliers",
                               .kind = ParameterKind::integer,
                               .maximum = 20,
                               .step = 1,
                               .unit = "%",
                               .help = "Points of which the sensor reported 2 too much"});
    train_share_ = add_parameter({.name = "train-share",
                                  .title = "Points to train on",
                                  .kind = ParameterKind::integer,
                                  .initial = 60,
                                  .minimum = 10,
                                  .maximum = 90,
                                  .step = 10,
                                  .unit = "%",
                                  .help = "Half of the rest validates, the other half tests"});
    start_group("Network and learning");
    architecture_ = add_parameter({.name = "architecture",
                                   .title = "Layers",
                                   .kind = ParameterKind::choice,
                                   .choices = {"1-16-16-1", "1-16-1"},
                                   .help = "Numbers of neurons: input, hidden ones, output"});
    loss_ = add_parameter({.name = "loss",
                           .title = "Loss",
                           .kind = ParameterKind::choice,
                           .choices = {"mse", "mae"},
                           .help = "Mean squared error, or mean absolute error"});
    learning_rate_ = add_parameter({.name = "learning-rate",
                                    .title = "Learning rate",
                                    .initial = 0.005,
                                    .minimum = 0.0001,
                                    .maximum = 1.0,
                                    .logarithmic = true,
                                    .help = "Of Adam; may be changed while it learns"});
    batch_size_ = add_parameter({.name = "batch-size",
                                 .title = "Batch size",
                                 .kind = ParameterKind::integer,
                                 .initial = 32,
                                 .minimum = 1,
                                 .maximum = 256,
                                 .step = 1});
    epochs_ = add_parameter({.name = "epochs",
                             .title = "Epochs",
                             .kind = ParameterKind::integer,
                             .initial = 500,
                             .minimum = 1,
                             .maximum = 2000,
                             .step = 1,
                             .help = "How often it sees all training points at most"});
    patience_ = add_parameter({.name = "patience",
                               .title = "Stop when no better for",
                               .kind = ParameterKind::integer,
                               .initial = 100,
                               .maximum = 500,
                               .step = 10,
                               .unit = "epochs",
                               .help = "Watches the validation loss and goes back to the best "
                                       "weights; 0: never"});
    seed_ = add_parameter({.name = "seed",
                           .title = "Seed",
                           .kind = ParameterKind::integer,
                           .initial = 1,
                           .minimum = 1,
                           .maximum = 9999,
                           .step = 1,
                           .help = "Other points and other first weights"});
}

void HelloSineLab::declare_readouts() {
    shown_.state = add_readout(
        {.name = "state",
         .title = "State",
         .names = {"ready", "all epochs done", "stopped early, best weights kept", "ran away"}});
    shown_.epoch = add_readout({.name = "epoch", .title = "Epoch", .digits = 8});
    shown_.train_loss = add_readout({.name = "train-loss", .title = "Training loss"});
    shown_.validation_loss = add_readout({.name = "validation-loss", .title = "Validation loss"});
    shown_.test_loss = add_readout({.name = "test-loss", .title = "Test loss"});
    shown_.rmse = add_readout({.name = "rmse",
                               .title = "RMSE",
                               .help = "On the noisy test points: root of the mean squared error"});
    shown_.mae = add_readout({.name = "mae",
                              .title = "MAE",
                              .help = "On the noisy test points: mean of the absolute error"});
    shown_.curve_error = add_readout({.name = "curve-error",
                                      .title = "Distance from the true curve",
                                      .help = "RMSE against the function without any noise"});
    shown_.parameters = add_readout({.name = "parameters", .title = "Parameters", .digits = 8});
    shown_.float_bytes = add_readout({.name = "float-bytes",
                                      .title = "Weights as float32",
                                      .unit = "bytes",
                                      .digits = 8,
                                      .help = "4 bytes for each parameter"});
    shown_.macs = add_readout({.name = "macs",
                               .title = "Multiply-accumulates",
                               .digits = 8,
                               .help = "For one answer of the net"});
    shown_.tflite_bytes = add_readout(
        {.name = "tflite-bytes", .title = "float32 .tflite file", .unit = "bytes", .digits = 8});
}

void HelloSineLab::declare_int8_readouts() {
    shown_.int8_rmse = add_readout({.name = "int8-rmse", .title = "RMSE in int8"});
    shown_.int8_change = add_readout(
        {.name = "int8-change", .title = "Change of the RMSE", .unit = "%", .digits = 3});
    shown_.int8_bytes = add_readout({.name = "int8-bytes",
                                     .title = "Weights as int8",
                                     .unit = "bytes",
                                     .digits = 8,
                                     .help = "1 byte for each weight, 4 for each bias"});
    shown_.int8_tflite_bytes = add_readout(
        {.name = "int8-tflite-bytes", .title = "int8 .tflite file", .unit = "bytes", .digits = 8});
    shown_.arena_bytes = add_readout({.name = "arena-bytes",
                                      .title = "Arena in int8",
                                      .unit = "bytes",
                                      .digits = 8,
                                      .help = "RAM for what flows between the layers"});
}

void HelloSineLab::declare_goals() {
    add_goal(
        {.name = "down-to-the-noise",
         .title = "Learn the sine down to its noise: RMSE below 0.11 at a noise of 0.1 or more",
         .hint = "Press Play and let it run to the end. A test RMSE well below the noise "
                 "itself would be luck: nobody can predict noise.",
         .reached = [this] {
             return chosen(function_, "sine") && value(noise_) >= 0.1 && epoch_ > 0 &&
                    readout(shown_.rmse) < 0.11;
         }});
    add_goal({.name = "whittled",
              .title = "Whittle a good net to int8 at the cost of at most 3 % of its RMSE",
              .hint = "Train first, then choose Whittle to int8. Training on throws the int8 net "
                      "away: it belongs to the weights it was made from.",
              .reached = [this] {
                  return is_quantized() && epoch_ > 0 && readout(shown_.curve_error) < 0.06 &&
                         readout(shown_.int8_change) <= 3.0;
              }});
    add_goal({.name = "cosine",
              .title = "Same net, other data: bring the cosine within 0.05 of the true curve",
              .hint = "Set the function to cosine and play. Nothing else has to change: the code "
                      "knows nothing of sines.",
              .reached = [this] {
                  return chosen(function_, "cosine") && epoch_ > 0 &&
                         readout(shown_.curve_error) < 0.05;
              }});
    add_goal({.name = "smaller",
              .title = "Do it with 49 parameters: 1-16-1 within 0.03 of the true curve",
              .hint = "Sixteen bends in a line are enough for a wave, but they take their time. "
                      "If 500 epochs are not enough: more points, more epochs, more patience.",
              .reached = [this] {
                  return chosen(architecture_, "1-16-1") && epoch_ > 0 &&
                         readout(shown_.curve_error) < 0.03;
              }});
    add_goal({.name = "robust",
              .title = "With 10 % outliers or more, stay within 0.06 of the true curve",
              .hint = "The squared error of an outlier of 2 counts as much as that of 400 points "
                      "that are off by 0.1. Which loss does not square?",
              .reached = [this] {
                  return whole(outliers_) >= 10 && epoch_ > 0 && readout(shown_.curve_error) < 0.06;
              }});
}

}  // namespace whittle
