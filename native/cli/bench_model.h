#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/deploy/boards.h"
#include "core/deploy/program_image.h"

namespace whittle::cli {

// What `whittle bench M.tflite` says of a model, wherever it was measured: one table for all.
struct BenchedLayer {
    std::string op;      // "Convolution"
    std::string kernel;  // "whittle_conv2d_int8"
    std::string output;  // "[1, 25, 5, 64]"
    std::int64_t macs = 0;
    double amount = 0.0;  // in the unit of the bench
};
struct ModelBench {
    std::string model;  // the file
    std::string place;  // "native", "wasm", or a board's name
    std::string unit;   // "instructions", or "ns"
    std::string how;    // one line: what was counted or timed
    std::vector<BenchedLayer> layers;
    double total = 0.0;  // of one inference, with what lies between the layers
};

// The layers of a deployment, without their amounts.
std::vector<BenchedLayer> layers_of(const Deployment& deployment);

// Instructions of each layer of the firmware that is exported for the board, on its emulator.
Result<ModelBench> bench_on_board(const Graph& graph, const Board& board, const Savings& savings);

std::string bench_text(const ModelBench& bench);
// The document of --json.
std::string bench_json(const ModelBench& bench);

}  // namespace whittle::cli
