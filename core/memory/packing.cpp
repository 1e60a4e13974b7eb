#include "core/memory/packing.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/memory/alignment.h"

namespace whittle {
namespace {

void add_rectangles(Packing& packing, const std::vector<Buffer>& buffers, std::int64_t alignment) {
    std::int64_t divisor = 0;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (buffers[i].bytes == 0) continue;
        packing.buffers.push_back(i);
        packing.heights.push_back(align_up(buffers[i].bytes, alignment));
        divisor = std::gcd(divisor, packing.heights.back());
    }
    if (divisor == 0) return;
    packing.unit_bytes = divisor;
    for (Units& height : packing.heights) height /= divisor;
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
            if (i != j && together) packing.conflicts.push_back(static_cast<int>(j));
        }
        packing.conflict_begin.push_back(static_cast<int>(packing.conflicts.size()));
        if (packing.conflicts.size() > kMaxPackingEntries) return false;
    }
    return true;
}

std::span<const int> row(const std::vector<int>& begins, const std::vector<int>& entries, int i) {
    const auto begin = static_cast<std::size_t>(begins[static_cast<std::size_t>(i)]);
    const auto end = static_cast<std::size_t>(begins[static_cast<std::size_t>(i) + 1]);
    return std::span(entries).subspan(begin, end - begin);
}

}  // namespace

std::span<const int> Packing::clique(int k) const { return row(clique_begin, members, k); }

std::span<const int> Packing::conflicts_of(int rectangle) const {
    return row(conflict_begin, conflicts, rectangle);
}

std::optional<Packing> make_packing(const std::vector<Buffer>& buffers, std::int64_t alignment) {
    Packing packing;
    add_rectangles(packing, buffers, alignment);
    if (packing.size() > kMaxPackedBuffers) return std::nullopt;
    if (!add_cliques(packing, buffers) || !add_conflicts(packing)) return std::nullopt;
    return packing;
}

}  // namespace whittle
