#pragma once

#include <algorithm>
#include <cstdint>

namespace whittle {

// The images of a batch cut into pieces for the threads, at most kMaxPieces of about the same size.
// The pieces follow from the batch alone: what is summed for each piece and then over the pieces in
// order has the same bits with any number of threads.
struct BatchPieces {
    static constexpr std::int32_t kMaxPieces = 8;

    explicit BatchPieces(std::int32_t batch_size)
        : batches(batch_size), count(std::min(batch_size, kMaxPieces)) {}

    // The first image of a piece; that of piece `count` is behind the last.
    std::int32_t first(std::int32_t piece) const {
        return static_cast<std::int32_t>(std::int64_t{batches} * piece / count);
    }

    std::int32_t batches;
    std::int32_t count;
};

}  // namespace whittle
