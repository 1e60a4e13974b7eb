#pragma once

#include <string>

#include "core/base/status.h"
#include "core/deploy/boards.h"
#include "native/tools/cost/samples.h"

namespace whittle {

// `table` is the text of core/deploy/cost_table.def. Both fit each kernel's instructions to the
// terms of cost_model.h, and print the largest error on the samples that the fit has not seen.

// All entries of the board become those of `samples`, or are added behind the others.
void replace_board(const Board& board,
                   const std::string& compiler,
                   const BoardSamples& samples,
                   std::string& table);

// The kernels and parts of the code in `samples` replace theirs, or are added between the board's
// others. Fails where the table has none of the board.
Status replace_kernels(const Board& board, const BoardSamples& samples, std::string& table);

}  // namespace whittle
