#include "core/memory/placed_buffers.h"

#include <algorithm>

#include "core/memory/alignment.h"

namespace whittle {
namespace {

// How many pairs of buffers are alive together.
std::int64_t count_conflicts(const std::vector<Buffer>& buffers) {
    std::vector<int> firsts;
    std::vector<int> lasts;
    for (const Buffer& buffer : buffers) {
        firsts.push_back(buffer.first_step);
        lasts.push_back(buffer.last_step);
    }
    std::sort(firsts.begin(), firsts.end());
    std::sort(lasts.begin(), lasts.end());
    std::int64_t conflicts = 0;
    std::size_t ended = 0;
    for (std::size_t begun = 0; begun < firsts.size(); ++begun) {
        while (lasts[ended] < firsts[begun]) ++ended;
        conflicts += static_cast<std::int64_t>(begun - ended);
    }
    return conflicts;
}

// Sorting what is found by time costs more than a look at what is not alive.
bool are_sparse(const std::vector<Buffer>& buffers) {
    constexpr std::int64_t kLooks = 16;
    const auto count = static_cast<std::int64_t>(buffers.size());
    return kLooks * count_conflicts(buffers) < count * count;
}

bool live_together(const Buffer& buffer, int first_step, int last_step) {
    return first_step <= buffer.last_step && last_step >= buffer.first_step;
}

}  // namespace

PlacedBuffers::PlacedBuffers(const std::vector<Buffer>& buffers,
                             std::int64_t alignment,
                             std::span<const Overlap> overlaps)
    : buffers_(buffers), alignment_(alignment), overlaps_(buffers, alignment, overlaps) {
    if (!are_sparse(buffers)) {
        by_offset_.reserve(buffers.size());
        return;
    }
    const auto count = static_cast<std::int64_t>(buffers.size());
    std::int64_t lived = 0;
    std::int64_t steps = 0;
    for (const Buffer& buffer : buffers) {
        lived += std::int64_t{buffer.last_step} - buffer.first_step + 1;
        steps = std::max(steps, std::int64_t{buffer.last_step} + 1);
    }
    // As long as a mean life, so that all buffers together stand in about three times as many
    // slots; and not many more slots than buffers.
    slot_steps_ = std::max(lived / count, steps / (4 * count)) + 1;
    slots_.resize(static_cast<std::size_t>(steps / slot_steps_ + 1));
}

PlacedBuffers::Taken PlacedBuffers::taken_by(const Placed& other, std::size_t index) const {
    return {other.begin - overlaps_.distance(index, other.index),
            other.begin + overlaps_.distance(other.index, index)};
}

void PlacedBuffers::take_from_slots(std::size_t index) {
    const Buffer& buffer = buffers_[index];
    const std::size_t first = slot_of(buffer.first_step);
    for (std::size_t slot = first; slot <= slot_of(buffer.last_step); ++slot) {
        for (const Placed& other : slots_[slot]) {
            // One that lives in several of these slots counts in the first.
            if (std::max(first, slot_of(other.first_step)) != slot) continue;
            if (live_together(buffer, other.first_step, other.last_step)) {
                taken_.push_back(taken_by(other, index));
            }
        }
    }
}

void PlacedBuffers::take_from_all(std::size_t index) {
    for (const Placed& other : by_offset_) {
        if (live_together(buffers_[index], other.first_step, other.last_step)) {
            taken_.push_back(taken_by(other, index));
        }
    }
}

std::int64_t PlacedBuffers::first_hole_by_offset(const Buffer& buffer) const {
    std::int64_t candidate = 0;
    for (const Placed& other : by_offset_) {
        if (!live_together(buffer, other.first_step, other.last_step)) continue;
        if (candidate + buffer.bytes <= other.begin) break;
        candidate = std::max(candidate, other.end);
    }
    return candidate;
}

std::int64_t PlacedBuffers::lowest_free_offset(std::size_t index) {
    if (slots_.empty() && !overlaps_.has_any(index)) return first_hole_by_offset(buffers_[index]);
    taken_.clear();
    if (slots_.empty()) {
        take_from_all(index);
    } else {
        take_from_slots(index);
    }
    std::sort(taken_.begin(), taken_.end());
    std::int64_t candidate = 0;
    for (const auto& [low, high] : taken_) {
        if (candidate <= low) break;
        candidate = std::max(candidate, high);
    }
    return candidate;
}

void PlacedBuffers::insert(std::size_t index, std::int64_t offset) {
    const Buffer& buffer = buffers_[index];
    const Placed placed = {offset, offset + align_up(buffer.bytes, alignment_), buffer.first_step,
                           buffer.last_step, index};
    if (!slots_.empty()) {
        for (std::size_t slot = slot_of(buffer.first_step); slot <= slot_of(buffer.last_step);
             ++slot) {
            slots_[slot].push_back(placed);
        }
        return;
    }
    const auto position = std::upper_bound(
        by_offset_.begin(), by_offset_.end(), offset,
        [](std::int64_t value, const Placed& other) { return value < other.begin; });
    by_offset_.insert(position, placed);
}

}  // namespace whittle
