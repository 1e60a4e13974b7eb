#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/deploy/cost_model.h"
#include "native/tools/cost/firmware_code.h"
#include "native/tools/cost/least_squares.h"

namespace whittle {

// One call of a kernel on a board.
struct CallSample {
    Work work;
    double instructions;
    double cycles;
};

struct KernelSamples {
    std::vector<CallSample> fit;
    std::vector<CallSample> check;
};

// All that was measured on one board.
struct BoardSamples {
    std::map<std::string, KernelSamples> kernels;
    std::map<std::string, FirmwarePart> parts;  // by their names in the table
    std::vector<FitSample> invoke;              // bytes of the function that calls the kernels
    std::vector<FitSample> base;                // bytes of what all firmware shares
    double invoke_frame_bytes = 0.0;
    std::vector<double> instructions_outside;
};

}  // namespace whittle
