// What the student can set, do, read and reach.

#include "lessons/22-counting-cost/lab.h"

namespace whittle {

CountingCostLab::CountingCostLab() {
    declare_net();
    declare_board();
    declare_readouts();
    declare_goals();
    finish_declaration();
}

void CountingCostLab::declare_net() {
    start_group("Net");
    const auto integer = [this](const char* name, const char* title, double initial, double minimum,
                                double maximum, const char* help) {
        return add_parameter({.name = name,
                              .title = title,
                              .kind = ParameterKind::integer,
                              .initial = initial,
                              .minimum = minimum,
                              .maximum = maximum,
                              .step = 1,
                              .help = help});
    };
    kind_ = add_parameter({.name = "kind",
                           .title = "Layers",
                           .kind = ParameterKind::choice,
                           .initial = 1,
                           .choices = {"dense", "conv", "separable"},
                           .help = "Separable: a depthwise and a pointwise one for each from the "
                                   "second on"});
    count_ = integer("layers", "Number of layers", 3, 1, 4, "Before the last, dense one");
    side_ = integer("side", "Side of the image", 32, 8, 96, "Convolutions: as high as wide");
    channels_ = integer("channels", "Channels of the image", 3, 1, 3, "Convolutions: grey or RGB");
    filters_ = integer("filters", "Filters of the first layer", 8, 1, 32,
                       "Convolutions: each further layer has twice as many");
    inputs_ = integer("inputs", "Inputs", 784, 1, 4096, "Dense layers: values that go in");
    units_ = integer("units", "Neurons of a layer", 20, 1, 256, "Dense layers");
    classes_ = integer("classes", "Classes", 10, 2, 100, "What comes out");
    numbers_ = add_parameter({.name = "numbers",
                              .title = "Numbers",
                              .kind = ParameterKind::choice,
                              .choices = {"float32", "int8"}});
}

void CountingCostLab::declare_board() {
    start_group("Board");
    std::vector<std::string> names;
    for (const Board& board : all_boards()) names.emplace_back(board.name);
    board_ = add_parameter({.name = "board",
                            .title = "Board",
                            .kind = ParameterKind::choice,
                            .initial = 1,
                            .choices = std::move(names)});
    start_group("Your own count");
    const auto guess = [this](const char* name, const char* title) {
        return add_parameter(
            {.name = name, .title = title, .maximum = 1e9, .step = 1, .help = "What you count"});
    };
    guessed_parameters_ = guess("guess-parameters", "Parameters, by your count");
    guessed_macs_ = guess("guess-macs", "MACs, by your count");
}

void CountingCostLab::declare_readouts() {
    const auto bytes = [this](const char* name, const char* title, const char* help) {
        return add_readout(
            {.name = name, .title = title, .unit = "bytes", .digits = 12, .help = help});
    };
    shown_.parameters = add_readout({.name = "parameters", .title = "Parameters", .digits = 12});
    shown_.weight_bytes = bytes("weight-bytes", "Weights and biases",
                                "float32: 4 bytes each; int8: 1 for a weight, 4 for a bias");
    shown_.macs = add_readout({.name = "macs",
                               .title = "Multiply-accumulates",
                               .digits = 12,
                               .help = "For one answer of the net"});
    shown_.saving = add_readout({.name = "saving",
                                 .title = "Whole convolutions would take",
                                 .unit = "times as many",
                                 .digits = 3});
    shown_.arena = bytes("arena", "Arena", "RAM for what flows between the layers, as deployed");
    shown_.kept_apart =
        bytes("arena-apart", "Arena, kept apart", "If no output could lie over an input");
    shown_.image = bytes("image", "Model in flash",
                         "Weights and what says how to run them; code comes on top");
    shown_.ram = bytes("ram", "RAM of the firmware",
                       "Predicted: arena, inputs, outputs and, where code was measured, the stack");
    shown_.flash = bytes("flash", "Flash of the firmware",
                         "Predicted: weights, parameters and, where it was measured, all code");
    shown_.stack = bytes("stack", "of it stack", "As deep as one answer can go");
    shown_.instructions = add_readout({.name = "instructions",
                                       .title = "Instructions",
                                       .digits = 12,
                                       .help = "Predicted, of one answer"});
    shown_.predicted_time = add_readout({.name = "predicted-time",
                                         .title = "Time of an answer",
                                         .unit = "ms",
                                         .digits = 3,
                                         .help = "Predicted at the board's clock, with memory that "
                                                 "never lets it wait"});
    shown_.ram_share =
        add_readout({.name = "ram-share", .title = "Of the board's RAM", .unit = "%", .digits = 3});
    shown_.flash_share = add_readout(
        {.name = "flash-share", .title = "Of the board's flash", .unit = "%", .digits = 3});
    shown_.fits = add_readout({.name = "fits",
                               .title = "Fits on the board",
                               .names = {"no", "RAM too small", "flash too small", "yes"}});
    shown_.boards = add_readout({.name = "boards", .title = "Boards it fits on", .digits = 4});
    shown_.time = add_readout({.name = "time",
                               .title = "One MAC a cycle",
                               .unit = "ms",
                               .digits = 3,
                               .help = "A bound for plain processors: most need several cycles"});
    shown_.guess = add_readout({.name = "guess",
                                .title = "Your count",
                                .names = {"neither is right", "the parameters are right",
                                          "the MACs are right", "both are right"}});
}

void CountingCostLab::declare_goals() {
    add_goal({.name = "count",
              .title = "Count parameters and MACs of a net with two layers or more by yourself",
              .hint =
                  "Dense, 784 inputs, two layers of 20, 10 classes: 784 x 20 + 20 x 20 + 20 x 10 "
                  "multiplications, and as many weights; each neuron has a bias on top.",
              .reached = [this] { return value(count_) >= 2 && readout(shown_.guess) == 3; }});
    add_goal({.name = "camera",
              .title = "A net for images of 48 x 48 or more on the micro:bit v1",
              .hint = "Its RAM has 16 KiB. In int8 the first convolution's output is a quarter as "
                      "large, and a layer with few filters makes it small.",
              .reached = [this] {
                  return design().kind != NetDesign::Kind::dense && design().side >= 48 &&
                         fits_on("microbit");
              }});
    add_goal({.name = "uno",
              .title = "Convolutions with 500 parameters or more on the Arduino Uno",
              .hint = "2 KiB of RAM for all that flows. Small images and few filters in the first "
                      "layer; the later layers may be rich.",
              .reached = [this] {
                  return design().kind != NetDesign::Kind::dense && parameters_ >= 500 &&
                         fits_on("uno");
              }});
    add_goal({.name = "separable",
              .title = "Save five sixths of the multiplications by separable layers",
              .hint =
                  "A separable layer costs 1/9 plus 1/filters of a whole one. The first layer is "
                  "always whole: it must not weigh much.",
              .reached = [this] { return readout(shown_.saving) >= 6.0; }});
}

}  // namespace whittle
