#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/memory/plan.h"

namespace whittle {

// Orders of placement: indices of all buffers.
std::vector<std::size_t> order_by_size(const std::vector<Buffer>& buffers);
// Steps by the bytes alive in them, the fullest first; within a step by size. Pisarchyk and Lee,
// "Efficient memory management for deep neural net inference", 2020.
std::vector<std::size_t> order_by_breadth(const std::vector<Buffer>& buffers);

// Those that come alive last first; at one step in order.
std::vector<std::size_t> latest_first(const std::vector<Buffer>& buffers);

// Places one buffer after another, each at the lowest aligned offset where it overlaps no buffer
// placed before that is alive at the same time, unless it may.
std::vector<std::int64_t> lowest_offsets_in_order(const std::vector<Buffer>& buffers,
                                                  const std::vector<std::size_t>& order,
                                                  std::int64_t alignment,
                                                  std::span<const Overlap> overlaps = {});

// As an allocator at run time would: buffers in the order in which they come alive (the larger
// first at one step), each in the smallest hole it fits in, else on top.
std::vector<std::int64_t> best_fit_offsets(const std::vector<Buffer>& buffers,
                                           std::int64_t alignment);

}  // namespace whittle
