#pragma once

#include <string>

#include "core/graph/graph.h"
#include "core/memory/lifetimes.h"

namespace whittle::cli {

// The arena as text: addresses upward, steps to the right, a letter for each tensor.
//   48 |  . B B
//    0 |  A A C
// Where there are more steps than kArenaColumns, each column stands for several.
std::string draw_arena(const std::vector<Buffer>& buffers,
                       const ArenaPlan& plan,
                       std::int64_t steps);
inline std::string draw_arena(const TensorLifetimes& lifetimes, const ArenaPlan& plan, int steps) {
    return draw_arena(lifetimes.buffers, plan, steps);
}

inline constexpr std::int64_t kArenaColumns = 64;

// "; fast kernels' scratch on this machine takes 5,120 more", or nothing when it takes none.
std::string scratch_text(std::int64_t scratch_bytes);

// What stands for a buffer in the drawing. Letters repeat after 52 buffers.
char letter_of(std::size_t buffer);

// Tensor, letter, bytes, offset and steps of each buffer, as a table.
std::string arena_table(const Graph& graph,
                        const TensorLifetimes& lifetimes,
                        const ArenaPlan& plan);

}  // namespace whittle::cli
