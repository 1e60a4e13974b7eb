#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/memory/plan.h"

namespace whittle {

inline std::int64_t align_up(std::int64_t bytes, std::int64_t alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
}

// Where the highest buffer ends.
inline std::int64_t arena_bytes_of(const std::vector<Buffer>& buffers,
                                   const std::vector<std::int64_t>& offsets) {
    std::int64_t end = 0;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (buffers[i].bytes > 0) end = std::max(end, offsets[i] + buffers[i].bytes);
    }
    return end;
}

}  // namespace whittle
