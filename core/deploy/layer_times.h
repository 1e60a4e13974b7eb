#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/deploy/program_image.h"

namespace whittle {

// A layer as it runs: one operator of a deployment.
struct Layer {
    std::string name;    // of the tensor that it makes
    std::string op;      // "Convolution"
    std::string kernel;  // "whittle_conv2d_int8"
    std::string output;  // "[1, 25, 5, 64]"
    std::int64_t macs = 0;
};
// In the order in which they run.
std::vector<Layer> layers_of(const Deployment& deployment);

// What one inference takes on this machine, in seconds: medians over several rounds.
struct LayerTimes {
    std::vector<double> layers;  // of each operator, in the order in which they run
    double total = 0.0;          // of a whole inference, measured by itself
    int rounds = 0;
};

// Inputs of a graph in order, the same for every call: floats within -1 ... 1, else any bytes.
std::vector<std::uint8_t> random_inputs(const Graph& graph);

// Times a program. A round runs one inference operator by operator, and then whole inferences, as
// many as the clock needs. Where the clock is as coarse as browsers make it, operators too are
// repeated within a round, and find their tensors in the cache. rounds == 0: as many as half a
// second holds, at least 5 and at most 1,000. inputs.size() == program.input_bytes().
LayerTimes time_layers(Program& program, std::span<const std::uint8_t> inputs, int rounds = 0);

}  // namespace whittle
