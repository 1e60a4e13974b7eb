#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/memory/overlaps.h"
#include "core/memory/plan.h"

namespace whittle {

// Buffers that have their places, and the holes between them. Where few of all buffers are alive
// together, those that matter are found by time, so that placing n buffers takes about n times as
// many steps as conflict with each; else by offset, in n steps each.
class PlacedBuffers {
public:
    // Keeps a reference to the buffers.
    PlacedBuffers(const std::vector<Buffer>& buffers,
                  std::int64_t alignment,
                  std::span<const Overlap> overlaps);

    // The lowest aligned offset at which the buffer keeps its distance to all that are placed and
    // alive together with it.
    std::int64_t lowest_free_offset(std::size_t index);
    void insert(std::size_t index, std::int64_t offset);

private:
    // With all that a search for holes reads, side by side in memory.
    struct Placed {
        std::int64_t begin;
        std::int64_t end;  // aligned
        int first_step;
        int last_step;
        std::size_t index;
    };
    // [low, high): offsets strictly between are taken.
    using Taken = std::pair<std::int64_t, std::int64_t>;

    std::int64_t first_hole_by_offset(const Buffer& buffer) const;
    void take_from_slots(std::size_t index);
    void take_from_all(std::size_t index);
    Taken taken_by(const Placed& other, std::size_t index) const;
    std::size_t slot_of(int step) const { return static_cast<std::size_t>(step / slot_steps_); }

    const std::vector<Buffer>& buffers_;
    std::int64_t alignment_;
    OverlapIndex overlaps_;
    std::vector<Placed> by_offset_;           // unless they are found by time
    std::vector<std::vector<Placed>> slots_;  // of time; each buffer in all that it lives in
    std::int64_t slot_steps_ = 1;
    std::vector<Taken> taken_;  // scratch
};

}  // namespace whittle
