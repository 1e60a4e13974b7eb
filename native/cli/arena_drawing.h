#pragma once

#include <string>

#include "core/graph/graph.h"
#include "core/memory/lifetimes.h"

namespace whittle::cli {

// The arena as text: addresses upward, steps to the right, a letter for each tensor.
//   48 |  . B B
//    0 |  A A C
std::string draw_arena(const TensorLifetimes& lifetimes, const ArenaPlan& plan, int steps);

// Tensor, letter, bytes, offset and steps of each buffer, as a table.
std::string arena_table(const Graph& graph,
                        const TensorLifetimes& lifetimes,
                        const ArenaPlan& plan);

}  // namespace whittle::cli
