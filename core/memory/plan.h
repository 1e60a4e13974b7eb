#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// A buffer that must not share bytes with any other alive at the same time.
struct Buffer {
    std::int64_t bytes = 0;
    int first_step = 0;  // alive during steps first_step … last_step, both included
    int last_step = 0;
};

inline bool alive_together(const Buffer& a, const Buffer& b) {
    return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

// Two buffers that may share bytes at the one step at which both are alive, the last of `above` and
// the first of `below`: if they overlap, `above` begins at least so many bytes above `below`. Where
// an operator reads its input before it writes over it, its output is below its input.
struct Overlap {
    int below = 0;  // index of the buffer
    int above = 0;
    std::int64_t clearance_bytes = 0;
};

// What a 32-bit target can address.
inline constexpr std::int64_t kMaxBufferBytes = (std::int64_t{1} << 32) - 1;
inline constexpr std::int64_t kMaxBufferAlignment = 4096;
inline constexpr std::size_t kMaxBuffers = 50'000;

// What all planners ask for: sizes of 0 … kMaxBufferBytes, steps from 0, no lifetime that ends
// before it begins, an alignment that is a power of two up to kMaxBufferAlignment. Places are
// "buffer 3", counted from 0.
Status validate_buffers(const std::vector<Buffer>& buffers, std::int64_t alignment);
// Two buffers of the list, the first step of the lower one the last of the upper one, which begins
// earlier or stands earlier in the list; each pair once; a clearance of 0 or more. Places are
// "overlap 2".
Status validate_overlaps(const std::vector<Buffer>& buffers, std::span<const Overlap> overlaps);

// Offsets of the buffers in one arena.
struct ArenaPlan {
    std::vector<std::int64_t> offsets;  // one for each buffer
    std::int64_t arena_bytes = 0;
    std::int64_t lower_bound_bytes = 0;  // no plan can be smaller than what is alive at one step
};

// The largest number of bytes that buffers alive at one step need, each at an aligned offset: the
// sum of their sizes, rounded up to the alignment for all but the one that saves most on top, less
// what can overlap at that step.
std::int64_t lower_bound_bytes(const std::vector<Buffer>& buffers,
                               std::int64_t alignment,
                               std::span<const Overlap> overlaps = {});

// For each buffer those alive together with it, in ascending order.
std::vector<std::vector<int>> conflict_graph(const std::vector<Buffer>& buffers);

// Says which promise a plan breaks: an offset for each buffer, aligned, inside the arena, and no
// overlap of two buffers alive together but those allowed; the arena not smaller than the lower
// bound.
Status check_plan(const std::vector<Buffer>& buffers,
                  std::int64_t alignment,
                  const ArenaPlan& plan,
                  std::span<const Overlap> overlaps = {});

enum class Planner {
    none,               // each buffer has a place of its own
    shared_by_size,     // plan_with_shared_buffers() of shared_buffers.h
    greedy_by_size,     // the largest first, each at the lowest offset that is free
    greedy_by_breadth,  // the steps with most bytes alive first; within a step the largest first
    best_fit_in_time,   // as they come alive, each in the smallest hole it fits in
};

struct PlannerInfo {
    Planner planner;
    const char* name;   // "greedy-by-size"
    const char* title;  // "Greedy by size"
};
std::span<const PlannerInfo> all_planners();

// Deterministic: ties go to the earlier buffer. The buffers are valid. Greedy by size and by
// breadth use the overlaps where they happen to find the two so; the others keep all buffers apart.
ArenaPlan plan_with(Planner planner,
                    const std::vector<Buffer>& buffers,
                    std::int64_t alignment,
                    std::span<const Overlap> overlaps = {});

inline ArenaPlan plan_greedy_by_size(const std::vector<Buffer>& buffers, std::int64_t alignment) {
    return plan_with(Planner::greedy_by_size, buffers, alignment);
}

// The smallest plan of the planners above; ties go to the one listed first. With overlaps also
// that of placing the last buffers first: then each lies below those that it may overlap.
ArenaPlan best_greedy_plan(const std::vector<Buffer>& buffers,
                           std::int64_t alignment,
                           std::span<const Overlap> overlaps = {});

}  // namespace whittle
