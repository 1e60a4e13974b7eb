#include "core/memory/overlaps.h"

#include <algorithm>

#include "core/memory/alignment.h"

namespace whittle {

OverlapIndex::OverlapIndex(const std::vector<Buffer>& buffers,
                           std::int64_t alignment,
                           std::span<const Overlap> overlaps)
    : buffers_(buffers), alignment_(alignment) {
    if (overlaps.empty()) return;
    begin_.assign(buffers.size() + 1, 0);
    involved_.assign(buffers.size(), 0);
    for (const Overlap& overlap : overlaps) {
        const auto low = static_cast<std::size_t>(overlap.below);
        ++begin_[low + 1];
        involved_[low] = 1;
        involved_[static_cast<std::size_t>(overlap.above)] = 1;
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) begin_[i + 1] += begin_[i];
    entries_.resize(overlaps.size());
    std::vector<std::size_t> next = begin_;
    for (const Overlap& overlap : overlaps) {
        entries_[next[static_cast<std::size_t>(overlap.below)]++] = {
            static_cast<std::size_t>(overlap.above), overlap.clearance_bytes};
    }
}

std::span<const OverlapIndex::Entry> OverlapIndex::entries_of(std::size_t below) const {
    if (begin_.empty()) return {};
    return std::span(entries_).subspan(begin_[below], begin_[below + 1] - begin_[below]);
}

std::int64_t OverlapIndex::distance(std::size_t lower, std::size_t upper) const {
    std::int64_t bytes = buffers_[lower].bytes;
    for (const Entry& entry : entries_of(lower)) {
        if (entry.above == upper) bytes = std::min(bytes, entry.clearance_bytes);
    }
    return align_up(bytes, alignment_);
}

std::vector<std::int64_t> overlap_savings(const std::vector<Buffer>& buffers,
                                          std::int64_t alignment,
                                          std::span<const Overlap> overlaps) {
    std::vector<std::int64_t> savings(buffers.size(), 0);
    std::vector<std::int64_t> most(buffers.size(), 0);
    for (const Overlap& overlap : overlaps) {
        const auto low = static_cast<std::size_t>(overlap.below);
        const auto high = static_cast<std::size_t>(overlap.above);
        const std::int64_t low_bytes = align_up(buffers[low].bytes, alignment);
        if (overlap.clearance_bytes >= low_bytes) continue;
        const std::int64_t common = low_bytes - align_up(overlap.clearance_bytes, alignment);
        most[low] = std::max(most[low], common);
        savings[low] += std::min(common, align_up(buffers[high].bytes, alignment));
    }
    for (std::size_t i = 0; i < savings.size(); ++i) savings[i] = std::min(savings[i], most[i]);
    return savings;
}

}  // namespace whittle
