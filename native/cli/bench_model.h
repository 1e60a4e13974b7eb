#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/deploy/boards.h"
#include "core/deploy/layer_times.h"
#include "core/deploy/program_image.h"

namespace whittle::cli {

// What `whittle bench M.tflite` says of a model, wherever it was measured: one table for all.
struct BenchedLayer : Layer {
    double amount = 0.0;  // in the unit of the bench
};
struct ModelBench {
    std::string model;                 // the file
    std::string place;                 // "native", "wasm", or a board's name
    std::string unit;                  // "instructions", or "ns"
    std::string how;                   // one line: what was counted or timed
    std::string instruction_set = {};  // where it was timed: that of the kernels
    int rounds = 0;                    // and the rounds, else 0
    std::vector<BenchedLayer> layers;
    double total = 0.0;  // of one inference, with what lies between the layers
    double whole = 0.0;  // what shares are parts of: the total, or the sum of what was timed apart
};

// Instructions of each layer of the firmware that is exported for the board, on its emulator.
Result<ModelBench> bench_on_board(const Graph& graph, const Board& board, const Savings& savings);

// Times of each layer in the interpreter of this program, native or WebAssembly. `set`: one of
// host_instruction_sets(); rounds as time_layers() takes them.
Result<ModelBench> bench_here(const Graph& graph,
                              InstructionSet set,
                              const Savings& savings,
                              int rounds);

std::string bench_text(const ModelBench& bench);
// The document of --json.
std::string bench_json(const ModelBench& bench);

}  // namespace whittle::cli
