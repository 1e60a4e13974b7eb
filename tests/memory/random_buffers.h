#pragma once

#include <vector>

#include "core/base/random.h"
#include "core/memory/plan.h"

namespace whittle::test {

// Buffers of 0 … most_bytes bytes that live for 1 … longest of `steps` steps.
inline std::vector<Buffer> random_buffers(
    Random& random, std::uint32_t count, std::uint32_t most_bytes, int steps, int longest) {
    std::vector<Buffer> buffers(count);
    for (Buffer& buffer : buffers) {
        buffer.bytes = random.below(most_bytes + 1);
        buffer.first_step = static_cast<int>(random.below(static_cast<std::uint32_t>(steps)));
        buffer.last_step =
            buffer.first_step + static_cast<int>(random.below(static_cast<std::uint32_t>(longest)));
    }
    return buffers;
}

}  // namespace whittle::test
