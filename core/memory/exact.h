#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/memory/plan.h"

namespace whittle {

struct ExactOptions {
    // When given: any plan of at most so many bytes will do.
    std::optional<std::int64_t> capacity_bytes{};
    // The search gives up after so many nodes. A limit that depends on nothing but the buffers:
    // with it alone, the same buffers lead to the same plan everywhere.
    std::uint64_t max_nodes = 100'000'000;
    // Asked now and then: whether to give up. May be empty.
    std::function<bool()> stop{};
};

struct ExactPlan {
    // The lower bound is what has been proved, which may be more than what is alive at one step.
    ArenaPlan plan;
    std::uint64_t nodes = 0;

    bool proved_optimal() const { return plan.arena_bytes == plan.lower_bound_bytes; }
};

// The smallest plan there is, or the best that was found before the search gave up; never larger
// than best_greedy_plan(). Problems beyond the limits of packing.h are planned greedily only.
//
// Searches for a packing below one capacity after another (see capacity_search.h), with restarts:
// rectangles that did not fit in a run come earlier in the next (Joslin and Clements, "Squeaky
// wheel optimization", 1999), from several first orders; runs get longer by Luby's sequence, so
// that one of them is exhaustive in the end. Depth-first search over packings that cannot sink:
// Moffitt, "MiniMalloc", 2023.
ExactPlan plan_exactly(const std::vector<Buffer>& buffers,
                       std::int64_t alignment,
                       const ExactOptions& options = {},
                       std::span<const Overlap> overlaps = {});

// What a deployment uses: proved optimal where a short search proves it. The same everywhere.
ArenaPlan plan_arena(const std::vector<Buffer>& buffers,
                     std::int64_t alignment,
                     std::span<const Overlap> overlaps = {});

}  // namespace whittle
