#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/memory/plan.h"

namespace whittle {

// The overlaps of a list, found by buffer.
class OverlapIndex {
public:
    OverlapIndex(const std::vector<Buffer>& buffers,
                 std::int64_t alignment,
                 std::span<const Overlap> overlaps);

    // Whether the buffer may overlap any other.
    bool has_any(std::size_t buffer) const { return !involved_.empty() && involved_[buffer] != 0; }

    // How far `upper` must begin above the start of `lower` if it lies higher and both are alive at
    // one step: the size of `lower`, or the clearance if that is less; aligned.
    std::int64_t distance(std::size_t lower, std::size_t upper) const;

private:
    struct Entry {
        std::size_t above;
        std::int64_t clearance_bytes;
    };
    std::span<const Entry> entries_of(std::size_t below) const;

    const std::vector<Buffer>& buffers_;
    std::int64_t alignment_;
    // All empty if there are no overlaps. Entries begin_[i] … begin_[i + 1] - 1 are those below
    // which buffer i may lie.
    std::vector<std::size_t> begin_;
    std::vector<Entry> entries_;
    std::vector<char> involved_;
};

// For each buffer the bytes, at most, that those above it can have in common with it, aligned: they
// lie apart from one another, and none reaches below its clearance.
std::vector<std::int64_t> overlap_savings(const std::vector<Buffer>& buffers,
                                          std::int64_t alignment,
                                          std::span<const Overlap> overlaps);

}  // namespace whittle
