#include "core/memory/plan.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/memory/alignment.h"
#include "core/memory/greedy.h"
#include "core/memory/shared_buffers.h"

namespace whittle {
namespace {

Error fault(std::size_t buffer, std::string expected, std::string found, std::string hint) {
    return {"", "buffer " + std::to_string(buffer), std::move(expected), std::move(found),
            std::move(hint)};
}

Status validate(const Buffer& buffer, std::size_t index) {
    if (buffer.bytes < 0 || buffer.bytes > kMaxBufferBytes) {
        return fault(index, "a size of 0 to " + std::to_string(kMaxBufferBytes) + " bytes",
                     std::to_string(buffer.bytes), "32-bit targets address no more");
    }
    if (buffer.first_step < 0) {
        return fault(index, "a first step of 0 or more", std::to_string(buffer.first_step), "");
    }
    if (buffer.last_step < buffer.first_step) {
        return fault(index, "a last step of " + std::to_string(buffer.first_step) + " or more",
                     std::to_string(buffer.last_step), "a lifetime ends after it begins");
    }
    return {};
}

constexpr std::array kPlanners = {
    PlannerInfo{Planner::none, "none", "Each its own place"},
    PlannerInfo{Planner::shared_by_size, "shared-by-size", "Shared buffers by size"},
    PlannerInfo{Planner::greedy_by_size, "greedy-by-size", "Greedy by size"},
    PlannerInfo{Planner::greedy_by_breadth, "greedy-by-breadth", "Greedy by breadth"},
    PlannerInfo{Planner::best_fit_in_time, "best-fit-in-time", "Best fit in time order"},
};

std::vector<std::int64_t> one_after_another(const std::vector<Buffer>& buffers,
                                            std::int64_t alignment) {
    std::vector<std::int64_t> offsets;
    std::int64_t end = 0;
    for (const Buffer& buffer : buffers) {
        offsets.push_back(end);
        end += align_up(buffer.bytes, alignment);
    }
    return offsets;
}

std::vector<std::int64_t> offsets_by(Planner planner,
                                     const std::vector<Buffer>& buffers,
                                     std::int64_t alignment,
                                     std::span<const Overlap> overlaps) {
    switch (planner) {
        case Planner::none: return one_after_another(buffers, alignment);
        case Planner::shared_by_size:
            return plan_with_shared_buffers(buffers, alignment).plan.offsets;
        case Planner::greedy_by_size:
            return lowest_offsets_in_order(buffers, order_by_size(buffers), alignment, overlaps);
        case Planner::greedy_by_breadth:
            return lowest_offsets_in_order(buffers, order_by_breadth(buffers), alignment, overlaps);
        case Planner::best_fit_in_time: return best_fit_offsets(buffers, alignment);
    }
    return {};
}

ArenaPlan plan_of(const std::vector<Buffer>& buffers,
                  std::int64_t alignment,
                  std::span<const Overlap> overlaps,
                  std::vector<std::int64_t> offsets) {
    ArenaPlan plan;
    plan.offsets = std::move(offsets);
    plan.arena_bytes = arena_bytes_of(buffers, plan.offsets);
    plan.lower_bound_bytes = lower_bound_bytes(buffers, alignment, overlaps);
    return plan;
}

}  // namespace

Status validate_buffers(const std::vector<Buffer>& buffers, std::int64_t alignment) {
    if (alignment < 1 || alignment > kMaxBufferAlignment || (alignment & (alignment - 1)) != 0) {
        return Error{"", "alignment",
                     "a power of two from 1 to " + std::to_string(kMaxBufferAlignment),
                     std::to_string(alignment), ""};
    }
    if (buffers.size() > kMaxBuffers) {
        return Error{"", "", "at most " + std::to_string(kMaxBuffers) + " buffers",
                     std::to_string(buffers.size()), ""};
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (Status status = validate(buffers[i], i); !status.ok()) return status;
    }
    return {};
}

std::span<const PlannerInfo> all_planners() { return kPlanners; }

Status validate_overlaps(const std::vector<Buffer>& buffers, std::span<const Overlap> overlaps) {
    const auto fault_at = [](std::size_t i, std::string expected, std::string found) {
        return Error{"", "overlap " + std::to_string(i), std::move(expected), std::move(found), ""};
    };
    const auto known = [&](int i) {
        return i >= 0 && static_cast<std::size_t>(i) < buffers.size();
    };
    std::set<std::pair<int, int>> pairs;
    for (std::size_t i = 0; i < overlaps.size(); ++i) {
        const auto& [below, above, clearance] = overlaps[i];
        if (!known(below) || !known(above)) {
            return fault_at(i, "two of " + std::to_string(buffers.size()) + " buffers",
                            std::to_string(below) + " and " + std::to_string(above));
        }
        if (clearance < 0) {
            return fault_at(i, "a clearance of 0 or more", std::to_string(clearance));
        }
        const Buffer& lower = buffers[static_cast<std::size_t>(below)];
        const Buffer& upper = buffers[static_cast<std::size_t>(above)];
        if (lower.first_step != upper.last_step) {
            return fault_at(
                i, "a lower buffer that begins at the last step of the upper one",
                std::to_string(lower.first_step) + " and " + std::to_string(upper.last_step));
        }
        if (std::pair(upper.first_step, above) >= std::pair(lower.first_step, below)) {
            return fault_at(i, "an upper buffer that comes before the lower one",
                            std::to_string(above) + " and " + std::to_string(below));
        }
        if (!pairs.emplace(below, above).second)
            return fault_at(i, "each pair once", "a pair again");
    }
    return {};
}

ArenaPlan plan_with(Planner planner,
                    const std::vector<Buffer>& buffers,
                    std::int64_t alignment,
                    std::span<const Overlap> overlaps) {
    return plan_of(buffers, alignment, overlaps, offsets_by(planner, buffers, alignment, overlaps));
}

ArenaPlan best_greedy_plan(const std::vector<Buffer>& buffers,
                           std::int64_t alignment,
                           std::span<const Overlap> overlaps) {
    ArenaPlan best = plan_with(Planner::greedy_by_size, buffers, alignment, overlaps);
    const auto take_if_smaller = [&](ArenaPlan plan) {
        if (plan.arena_bytes < best.arena_bytes) best = std::move(plan);
    };
    if (!overlaps.empty()) {
        take_if_smaller(
            plan_of(buffers, alignment, overlaps,
                    lowest_offsets_in_order(buffers, latest_first(buffers), alignment, overlaps)));
    }
    for (const PlannerInfo& info : kPlanners) {
        if (best.arena_bytes == best.lower_bound_bytes) break;
        take_if_smaller(plan_with(info.planner, buffers, alignment, overlaps));
    }
    return best;
}

}  // namespace whittle
