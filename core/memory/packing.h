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
//
// Where an overlap is allowed, the upper rectangle needs a distance less than the height of the
// lower one. The two have one clique in common, the lower one's first; what overlaps there counts
// once in the height of the clique.
struct Packing {
    std::vector<std::size_t> buffers;  // of each rectangle
    std::vector<Units> heights;
    std::vector<int> first_clique;
    std::vector<int> last_clique;
    Units unit_bytes = 1;

    // Members of clique k: members[clique_begin[k]] … members[clique_begin[k + 1] - 1].
    std::vector<int> clique_begin;
    std::vector<int> members;
    // Conflicts of rectangle i, likewise: those that must lie wholly above it if they lie higher.
    std::vector<int> conflict_begin;
    std::vector<int> conflicts;

    struct Overlapping {
        int above;
        Units distance;  // >= 0, less than the height of the lower one
    };
    // What may overlap rectangle i from above, likewise.
    std::vector<int> overlap_begin;
    std::vector<Overlapping> overlaps;
    // For each rectangle those that may lie at the same offset, but count as lying beneath it.
    std::vector<std::vector<int>> at_same_offset;
    // What the rectangles above it can have in common with it in its first clique, at most.
    std::vector<Units> savings;

    std::size_t size() const { return heights.size(); }
    int clique_count() const { return static_cast<int>(clique_begin.size()) - 1; }
    std::span<const int> clique(int k) const;
    std::span<const int> conflicts_of(int rectangle) const;
    std::span<const Overlapping> overlaps_of(int rectangle) const;
    // What the rectangle adds at least to the height of one of its cliques.
    Units height_in(int k, int rectangle) const {
        const auto i = static_cast<std::size_t>(rectangle);
        return k == first_clique[i] ? heights[i] - savings[i] : heights[i];
    }
};

// Nothing when the problem is too large for an exhaustive search: more than kMaxPackedBuffers, or
// more than kMaxPackingEntries conflicts or members of cliques.
std::optional<Packing> make_packing(const std::vector<Buffer>& buffers,
                                    std::int64_t alignment,
                                    std::span<const Overlap> overlaps = {});

inline constexpr std::size_t kMaxPackedBuffers = 4000;
inline constexpr std::size_t kMaxPackingEntries = 8'000'000;

}  // namespace whittle
