// What is alive together: the conflict graph, the lower bound, and the check of a plan.

#include <algorithm>
#include <numeric>
#include <set>

#include "core/memory/alignment.h"
#include "core/memory/overlaps.h"
#include "core/memory/plan.h"

namespace whittle {
namespace {

// A buffer comes alive at `step`, or is gone from `step` on.
struct Change {
    std::int64_t step;
    bool begins;
    std::size_t buffer;
};

// In order of time; at one step, what ends comes before what begins. Empty buffers are left out.
std::vector<Change> changes_in_time(const std::vector<Buffer>& buffers) {
    std::vector<Change> changes;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (buffers[i].bytes == 0) continue;
        changes.push_back({buffers[i].first_step, true, i});
        changes.push_back({std::int64_t{buffers[i].last_step} + 1, false, i});
    }
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
        if (a.step != b.step) return a.step < b.step;
        if (a.begins != b.begins) return b.begins;
        return a.buffer < b.buffer;
    });
    return changes;
}

std::string buffer_name(std::size_t index) { return "buffer " + std::to_string(index); }

Error overlap(std::size_t a, std::size_t b) {
    return {"", buffer_name(std::max(a, b)),
            "no bytes in common with " + buffer_name(std::min(a, b)) +
                ", which is alive at the same time",
            "an overlap", ""};
}

Status check_offset(const Buffer& buffer,
                    std::size_t index,
                    std::int64_t offset,
                    std::int64_t alignment,
                    std::int64_t arena_bytes) {
    if (offset < 0 || offset % alignment != 0) {
        return Error{"", buffer_name(index),
                     "an offset of 0 or more, aligned to " + std::to_string(alignment),
                     std::to_string(offset), ""};
    }
    if (buffer.bytes > 0 && offset + buffer.bytes > arena_bytes) {
        return Error{"", buffer_name(index),
                     "an end within the arena of " + std::to_string(arena_bytes) + " bytes",
                     std::to_string(offset + buffer.bytes), ""};
    }
    return {};
}

// Of two that overlap, the one that comes later meets the other alive.
Status check_distances(const std::vector<Buffer>& buffers,
                       std::int64_t alignment,
                       const ArenaPlan& plan,
                       std::span<const Overlap> overlaps) {
    const OverlapIndex index(buffers, alignment, overlaps);
    std::set<std::size_t> alive;
    for (const Change& change : changes_in_time(buffers)) {
        const std::size_t i = change.buffer;
        if (!change.begins) {
            alive.erase(i);
            continue;
        }
        for (const std::size_t other : alive) {
            const std::int64_t up = plan.offsets[other] - plan.offsets[i];
            if (up < index.distance(i, other) && -up < index.distance(other, i)) {
                return overlap(i, other);
            }
        }
        alive.insert(i);
    }
    return {};
}

// Keeps what is alive sorted by offset while time passes: of two that overlap, the one that comes
// later meets a neighbour.
Status check_overlaps(const std::vector<Buffer>& buffers, const ArenaPlan& plan) {
    std::set<std::pair<std::int64_t, std::size_t>> alive;
    for (const Change& change : changes_in_time(buffers)) {
        const std::size_t i = change.buffer;
        const std::pair entry(plan.offsets[i], i);
        if (!change.begins) {
            alive.erase(entry);
            continue;
        }
        const auto above = alive.lower_bound(entry);
        if (above != alive.end() && above->first < plan.offsets[i] + buffers[i].bytes) {
            return overlap(i, above->second);
        }
        if (above != alive.begin()) {
            const std::size_t below = std::prev(above)->second;
            if (plan.offsets[below] + buffers[below].bytes > plan.offsets[i]) {
                return overlap(i, below);
            }
        }
        alive.insert(entry);
    }
    return {};
}

}  // namespace

std::int64_t lower_bound_bytes(const std::vector<Buffer>& buffers,
                               std::int64_t alignment,
                               std::span<const Overlap> overlaps) {
    const std::vector<std::int64_t> savings = overlap_savings(buffers, alignment, overlaps);
    std::int64_t alive = 0;
    std::int64_t saved = 0;  // of `alive`, at the step of the last change
    std::int64_t last_step = -1;
    std::int64_t largest = 0;
    std::multiset<std::int64_t> paddings;
    for (const Change& change : changes_in_time(buffers)) {
        const std::int64_t bytes = buffers[change.buffer].bytes;
        const std::int64_t aligned = align_up(bytes, alignment);
        if (change.step != last_step) {
            alive += saved;
            saved = 0;
            last_step = change.step;
        }
        if (change.begins) {
            // Overlaps last for the one step at which the lower buffer begins.
            saved += savings[change.buffer];
            alive += aligned - savings[change.buffer];
            paddings.insert(aligned - bytes);
            largest = std::max({largest, bytes, alive - *paddings.rbegin()});
        } else {
            alive -= aligned;
            paddings.erase(paddings.find(aligned - bytes));
        }
    }
    return largest;
}

std::vector<std::vector<int>> conflict_graph(const std::vector<Buffer>& buffers) {
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].first_step < buffers[b].first_step;
    });
    std::vector<std::vector<int>> conflicts(buffers.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
        const std::size_t i = order[k];
        for (std::size_t m = k + 1; m < order.size(); ++m) {
            const std::size_t j = order[m];
            if (buffers[j].first_step > buffers[i].last_step) break;
            conflicts[i].push_back(static_cast<int>(j));
            conflicts[j].push_back(static_cast<int>(i));
        }
    }
    for (std::vector<int>& list : conflicts) std::sort(list.begin(), list.end());
    return conflicts;
}

Status check_plan(const std::vector<Buffer>& buffers,
                  std::int64_t alignment,
                  const ArenaPlan& plan,
                  std::span<const Overlap> overlaps) {
    if (plan.offsets.size() != buffers.size()) {
        return Error{"", "", std::to_string(buffers.size()) + " offsets",
                     std::to_string(plan.offsets.size()), ""};
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (Status status =
                check_offset(buffers[i], i, plan.offsets[i], alignment, plan.arena_bytes);
            !status.ok()) {
            return status;
        }
    }
    const std::int64_t bound = lower_bound_bytes(buffers, alignment, overlaps);
    if (plan.lower_bound_bytes < bound || plan.arena_bytes < plan.lower_bound_bytes) {
        return Error{"", "lower bound",
                     std::to_string(bound) + " to " + std::to_string(plan.arena_bytes) + " bytes",
                     std::to_string(plan.lower_bound_bytes), ""};
    }
    if (!overlaps.empty()) return check_distances(buffers, alignment, plan, overlaps);
    return check_overlaps(buffers, plan);
}

}  // namespace whittle
