#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/memory/plan.h"

namespace whittle {

using Units = std::int64_t;

// Buffers as rectangles to be packed: time across, height up. Lengths are divided by the greatest
// common divisor of the aligned sizes; time is cut into the maximal cliques of the conflict graph,
// in order, and each rectangle spans a range of them. Two rectangles conflict when they share a
// clique. Empty buffers are left out.
struct Packing {
    std::vector<std::size_t> buffers;  // of each rectangle
    std::vector<Units> heights;
    std::vector<int> first_clique;
    std::vector<int> last_clique;
    Units unit_bytes = 1;

    // Members of clique k: members[clique_begin[k]] … members[clique_begin[k + 1] - 1].
    std::vector<int> clique_begin;
    std::vector<int> members;
    // Conflicts of rectangle i, likewise.
    std::vector<int> conflict_begin;
    std::vector<int> conflicts;

    std::size_t size() const { return heights.size(); }
    int clique_count() const { return static_cast<int>(clique_begin.size()) - 1; }
    std::span<const int> clique(int k) const;
    std::span<const int> conflicts_of(int rectangle) const;
};

// Nothing when the problem is too large for an exhaustive search: more than kMaxPackedBuffers, or
// more than kMaxPackingEntries conflicts or members of cliques.
std::optional<Packing> make_packing(const std::vector<Buffer>& buffers, std::int64_t alignment);

inline constexpr std::size_t kMaxPackedBuffers = 4000;
inline constexpr std::size_t kMaxPackingEntries = 8'000'000;

}  // namespace whittle
