#include "core/memory/packing.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/memory/alignment.h"
#include "core/memory/overlaps.h"

namespace whittle {
namespace {

// All lengths in bytes at first. An overlap that leaves nothing in common is none.
void add_rectangles(Packing& packing,
                    const std::vector<Buffer>& buffers,
                    std::int64_t alignment,
                    std::span<const Overlap> overlaps) {
    std::vector<int> rectangle_of(buffers.size(), -1);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (buffers[i].bytes == 0) continue;
        rectangle_of[i] = static_cast<int>(packing.size());
        packing.buffers.push_back(i);
        packing.heights.push_back(align_up(buffers[i].bytes, alignment));
    }
    const std::vector<std::int64_t> savings = overlap_savings(buffers, alignment, overlaps);
    for (const std::size_t buffer : packing.buffers) packing.savings.push_back(savings[buffer]);

    std::vector<std::vector<Packing::Overlapping>> rows(packing.size());
    packing.at_same_offset.resize(packing.size());
    for (const Overlap& overlap : overlaps) {
        const int below = rectangle_of[static_cast<std::size_t>(overlap.below)];
        const int above = rectangle_of[static_cast<std::size_t>(overlap.above)];
        if (below < 0 || above < 0) continue;
        const auto low = static_cast<std::size_t>(below);
        const std::int64_t distance = align_up(overlap.clearance_bytes, alignment);
        if (distance >= packing.heights[low]) continue;
        rows[low].push_back({above, distance});
        if (distance == 0) packing.at_same_offset[static_cast<std::size_t>(above)].push_back(below);
    }
    packing.overlap_begin = {0};
    for (const auto& row : rows) {
        packing.overlaps.insert(packing.overlaps.end(), row.begin(), row.end());
        packing.overlap_begin.push_back(static_cast<int>(packing.overlaps.size()));
    }
}

void divide_lengths(Packing& packing) {
    std::int64_t divisor = 0;
    for (const Units height : packing.heights) divisor = std::gcd(divisor, height);
    for (const auto& overlap : packing.overlaps) divisor = std::gcd(divisor, overlap.distance);
    if (divisor == 0) return;
    packing.unit_bytes = divisor;
    for (Units& height : packing.heights) height /= divisor;
    for (Units& saving : packing.savings) saving /= divisor;
    for (auto& overlap : packing.overlaps) overlap.distance /= divisor;
}

// A set of rectangles alive together is maximal where the first of them ends after one began.
bool add_cliques(Packing& packing, const std::vector<Buffer>& buffers) {
    const auto buffer_of = [&](int i) -> const Buffer& {
        return buffers[packing.buffers[static_cast<std::size_t>(i)]];
    };
    std::vector<int> by_begin(packing.size());
    std::iota(by_begin.begin(), by_begin.end(), 0);
    std::stable_sort(by_begin.begin(), by_begin.end(), [&](int a, int b) {
        return buffer_of(a).first_step < buffer_of(b).first_step;
    });
    packing.first_clique.assign(packing.size(), -1);
    packing.last_clique.assign(packing.size(), -1);
    packing.clique_begin = {0};
    std::vector<int> alive;
    for (std::size_t next = 0; next < by_begin.size();) {
        const int step = buffer_of(by_begin[next]).first_step;
        std::erase_if(alive, [&](int i) { return buffer_of(i).last_step < step; });
        while (next < by_begin.size() && buffer_of(by_begin[next]).first_step == step) {
            alive.push_back(by_begin[next++]);
        }
        const int next_step = next < by_begin.size() ? buffer_of(by_begin[next]).first_step
                                                     : std::numeric_limits<int>::max();
        const bool maximal = next == by_begin.size() ||
                             std::any_of(alive.begin(), alive.end(),
                                         [&](int i) { return buffer_of(i).last_step < next_step; });
        if (!maximal) continue;
        const int clique = packing.clique_count();
        for (const int i : alive) {
            const auto index = static_cast<std::size_t>(i);
            if (packing.first_clique[index] < 0) packing.first_clique[index] = clique;
            packing.last_clique[index] = clique;
        }
        packing.members.insert(packing.members.end(), alive.begin(), alive.end());
        packing.clique_begin.push_back(static_cast<int>(packing.members.size()));
        if (packing.members.size() > kMaxPackingEntries) return false;
    }
    return true;
}

bool add_conflicts(Packing& packing) {
    const std::size_t count = packing.size();
    packing.conflict_begin = {0};
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const bool together = packing.first_clique[i] <= packing.last_clique[j] &&
                                  packing.first_clique[j] <= packing.last_clique[i];
            if (i == j || !together) continue;
            const auto overlaps = packing.overlaps_of(static_cast<int>(i));
            const bool may_overlap = std::any_of(
                overlaps.begin(), overlaps.end(),
                [&](const auto& overlap) { return overlap.above == static_cast<int>(j); });
            if (!may_overlap) packing.conflicts.push_back(static_cast<int>(j));
        }
        packing.conflict_begin.push_back(static_cast<int>(packing.conflicts.size()));
        if (packing.conflicts.size() > kMaxPackingEntries) return false;
    }
    return true;
}

template <class T>
std::span<const T> row(const std::vector<int>& begins, const std::vector<T>& entries, int i) {
    const auto begin = static_cast<std::size_t>(begins[static_cast<std::size_t>(i)]);
    const auto end = static_cast<std::size_t>(begins[static_cast<std::size_t>(i) + 1]);
    return std::span(entries).subspan(begin, end - begin);
}

}  // namespace

std::span<const int> Packing::clique(int k) const { return row(clique_begin, members, k); }

std::span<const int> Packing::conflicts_of(int rectangle) const {
    return row(conflict_begin, conflicts, rectangle);
}

std::span<const Packing::Overlapping> Packing::overlaps_of(int rectangle) const {
    return row(overlap_begin, overlaps, rectangle);
}

std::optional<Packing> make_packing(const std::vector<Buffer>& buffers,
                                    std::int64_t alignment,
                                    std::span<const Overlap> overlaps) {
    Packing packing;
    add_rectangles(packing, buffers, alignment, overlaps);
    divide_lengths(packing);
    if (packing.size() > kMaxPackedBuffers) return std::nullopt;
    if (!add_cliques(packing, buffers) || !add_conflicts(packing)) return std::nullopt;
    return packing;
}

}  // namespace whittle
