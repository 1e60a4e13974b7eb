#pragma once

#include <string>
#include <vector>

#include "core/deploy/program_image.h"
#include "tests/conformance/case.h"

namespace whittle::conformance {

// A layer that a file describes by its sizes and the integers of its requantization. Inputs,
// weights and bias come from a generator; of the right output the file has the hash.
struct Layer {
    std::string name;
    Graph graph;                       // this one operator
    PreparedOp op;                     // its reference kernel
    std::vector<std::uint8_t> inputs;  // the bytes of all inputs, one after another
    std::uint32_t hash = 0;            // FNV-1a, 32 bits, of the output's bytes
};

// The entries of a file {"layers": [{"name", "op", sizes, "mult", "shift", "out_fnv1a"}]}.
Result<std::vector<Case>> read_layers(const std::string& path);
// `place`: among the file's entries; the generator begins with it. Fails where the entry lacks
// something, or has sizes that no layer has.
Result<Layer> make_layer(const Case& c, std::size_t place);

// These layers side by side in one program, with the kernels of a set.
Deployment deployment_of(const std::vector<const Layer*>& layers, InstructionSet set);

// Runs the layers of a file with every set of kernels, here or, if there are any, on these boards.
// Prints a line for each layer and set that fails, one for each set and place, and at the end
// "N passed, M failed, K unsupported". The exit status.
int run_layers(const std::string& path, const std::vector<std::string>& boards);

}  // namespace whittle::conformance
