#include <array>

#include "native/cli/command.h"

namespace whittle::cli {
namespace {

constexpr std::array kCommands = {
    Command{"demo",
            "the whole story: noisy data, training, int8, firmware, the same bits everywhere",
            "  whittle demo\n"
            "  whittle demo --seed 7 -o my-demo     keep the models and the firmware\n",
            declare_demo},
    Command{
        "train", "train a model from a recipe",
        "  whittle train --list\n"
        "  whittle train digits -o digits.tflite --checkpoint c    and when it was interrupted\n"
        "  whittle train digits -o digits.tflite --checkpoint c --resume c\n"
        "  whittle train --print digits-cnn > mine.json    then change it, and\n"
        "  whittle train mine.json -o mine.tflite\n"
        "  whittle train sine -o sine.tflite\n"
        "  whittle train digits --data mnist/ --epochs 20 -o digits.tflite\n",
        declare_train},
    Command{"inspect", "show a model's layers, memory plan and size",
            "  whittle inspect sine.tflite\n"
            "  whittle inspect sine.tflite --json\n",
            declare_inspect},
    Command{"plan", "place buffers in an arena, as tightly as can be",
            "  whittle plan sine_int8.tflite\n"
            "  whittle plan sine_int8.tflite --planner shared-by-size\n"
            "  whittle plan --csv buffers.csv --capacity 1048576 --json\n",
            declare_plan},
    Command{
        "quantize", "turn a float model into one of 8-bit integers",
        "  whittle quantize sine.tflite --recipe sine -o sine_int8.tflite\n"
        "  whittle quantize digits.tflite --recipe digits --data mnist/ -o digits_int8.tflite\n",
        declare_quantize},
    Command{"run", "run a model on raw bytes, here or on an emulated board",
            "  whittle run m.tflite --input in.bin --output out.bin\n"
            "  whittle run m.tflite --input in.bin --output out.bin --on microbit\n",
            declare_run},
    Command{"eval", "measure how good a model is on data",
            "  whittle eval sine_int8.tflite --recipe sine\n"
            "  whittle eval digits.tflite --data mnist/\n"
            "  whittle eval m.tflite --data table.csv --json\n",
            declare_eval},
    Command{"bench", "measure how fast this machine trains, or a model layer by layer",
            "  whittle bench train\n"
            "  whittle bench train cnn --threads 2\n"
            "  whittle bench train mlp --data mnist/ --json\n"
            "  whittle bench sine_int8.tflite\n"
            "  whittle bench sine_int8.tflite --simd reference --json\n"
            "  whittle bench sine_int8.tflite --on microbit\n",
            declare_bench},
    Command{"export", "write a model as C code or as firmware for a board",
            "  whittle export sine_int8.tflite --format c -o sine-c\n"
            "  whittle export sine_int8.tflite --format elf --board microbit -o sine-firmware\n",
            declare_export},
    Command{"lab", "do a lesson's lab without a screen: settings, actions, readouts, goals",
            "  whittle lab --list\n"
            "  whittle lab guess-the-line --set w=2 --set b=-1\n"
            "  whittle lab one-neuron --do step:500 --json\n",
            declare_lab},
    Command{"boards", "list the boards", "  whittle boards --json\n", declare_boards},
};

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

const Command* command_named(std::string_view name) {
    for (const Command& command : kCommands) {
        if (name == command.name) return &command;
    }
    return nullptr;
}

}  // namespace whittle::cli
