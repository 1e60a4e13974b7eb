#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/deploy/cost_model.h"

namespace whittle {

// Whether a firmware fits a board, by how much not, and what would make it fit.
struct BoardFit {
    bool fits = false;
    std::int64_t flash_bytes = 0;    // needed; constants alone while code is unknown
    std::int64_t ram_bytes = 0;      // needed; static data alone while the stack is unknown
    std::int64_t missing_flash = 0;  // bytes, 0 when it is enough
    std::int64_t missing_ram = 0;
    std::vector<std::string> advice;  // sentences without their final point; empty when it fits
};

// `deployment` keeps inputs and outputs with the caller; `cost` is firmware_cost() of both.
BoardFit fit_on_board(const Deployment& deployment, const FirmwareCost& cost, const Board& board);

// What its programs lie in: a chip without flash of its own runs from what stands beside it.
std::int64_t flash_of(const Board& board);

// The step at which most bytes of the arena are alive.
int peak_step(const TensorLifetimes& lifetimes);

}  // namespace whittle
