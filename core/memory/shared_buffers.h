#pragma once

#include <cstdint>
#include <vector>

#include "core/memory/plan.h"

namespace whittle {

// A piece of the arena that several buffers use one after another.
struct SharedBuffer {
    std::int64_t offset = 0;
    std::int64_t bytes = 0;    // of the largest tenant, which came first
    std::vector<int> tenants;  // buffers, in the order of their coming
};

// One shared buffer that was looked at.
struct SharedBufferTrial {
    int shared_buffer = 0;
    bool large_enough = false;
    int conflict = -1;  // the first tenant alive together with the buffer, or -1

    bool suitable() const { return large_enough && conflict < 0; }
};

// One decision of the walk: which shared buffers were tried, and where the buffer went.
struct SharedBufferStep {
    int buffer = 0;
    std::vector<SharedBufferTrial> trials;  // one for each shared buffer there was
    int chosen = 0;                         // a shared buffer
    bool created = false;                   // it is new
};

struct SharedBufferPlan {
    ArenaPlan plan;
    std::vector<SharedBuffer> shared_buffers;
    std::vector<SharedBufferStep> steps;  // one for each buffer, the largest first
};

// Greedy by size with shared buffers: the largest first; each goes into the smallest shared buffer
// that is large enough and has no tenant alive together with it, else into a new one. Ties go to
// the earlier. Pisarchyk and Lee, "Efficient memory management for deep neural net inference",
// 2020. With so many trials that they would not fit in memory, `steps` leaves them out; see
// kMaxRecordedTrials.
SharedBufferPlan plan_with_shared_buffers(const std::vector<Buffer>& buffers,
                                          std::int64_t alignment);

inline constexpr std::size_t kMaxRecordedTrials = 1'000'000;

}  // namespace whittle
