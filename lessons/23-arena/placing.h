#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/memory/shared_buffers.h"
#include "lessons/23-arena/nets.h"

namespace whittle {

// Placing by hand. A place for every tensor, allowed to overlap.

// For each tensor: does it share a byte with another that is alive at the same time, as `overlaps`
// does not allow?
std::vector<bool> overlapping(const std::vector<Buffer>& buffers,
                              const std::vector<std::int64_t>& offsets,
                              const std::vector<Overlap>& overlaps = {});
std::size_t overlapping_pairs(const std::vector<Buffer>& buffers,
                              const std::vector<std::int64_t>& offsets,
                              const std::vector<Overlap>& overlaps = {});
// The lowest aligned offset where the tensor shares no byte with one alive at the same time.
std::int64_t lowest_free_offset(const std::vector<Buffer>& buffers,
                                const std::vector<std::int64_t>& offsets,
                                std::size_t tensor,
                                std::int64_t alignment);
// Where a tensor that was dragged to `wanted` comes to lie: flush above or below one that is alive
// at the same time, or at the bottom, if that is at most `reach` bytes away; else at the next
// aligned offset. Never below 0.
std::int64_t snapped_offset(const std::vector<Buffer>& buffers,
                            const std::vector<std::int64_t>& offsets,
                            std::size_t tensor,
                            std::int64_t wanted,
                            std::int64_t alignment,
                            std::int64_t reach);

// Why a tensor went where it went, in words: of the walk with shared buffers, and of planners that
// place one tensor after another by a rule ("the lowest free place").
std::string told(const ArenaTensors& tensors, const SharedBufferPlan& walk, std::size_t step);
std::string told(const ArenaTensors& tensors,
                 const std::vector<std::int64_t>& offsets,
                 const std::vector<std::size_t>& order,
                 std::size_t step,
                 const std::string& rule);

// "16,384 B"
std::string bytes_text(std::int64_t bytes);

}  // namespace whittle
