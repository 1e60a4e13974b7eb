#include "core/memory/plan.h"

#include <algorithm>
#include <array>
#include <numeric>

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
                                     std::int64_t alignment) {
    switch (planner) {
        case Planner::none: return one_after_another(buffers, alignment);
        case Planner::shared_by_size:
            return plan_with_shared_buffers(buffers, alignment).plan.offsets;
        case Planner::greedy_by_size:
            return lowest_offsets_in_order(buffers, order_by_size(buffers), alignment);
        case Planner::greedy_by_breadth:
            return lowest_offsets_in_order(buffers, order_by_breadth(buffers), alignment);
        case Planner::best_fit_in_time: return best_fit_offsets(buffers, alignment);
    }
    return {};
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

ArenaPlan plan_with(Planner planner, const std::vector<Buffer>& buffers, std::int64_t alignment) {
    ArenaPlan plan;
    plan.offsets = offsets_by(planner, buffers, alignment);
    plan.arena_bytes = arena_bytes_of(buffers, plan.offsets);
    plan.lower_bound_bytes = lower_bound_bytes(buffers, alignment);
    return plan;
}

ArenaPlan best_greedy_plan(const std::vector<Buffer>& buffers, std::int64_t alignment) {
    ArenaPlan best = plan_with(Planner::greedy_by_size, buffers, alignment);
    for (const PlannerInfo& info : kPlanners) {
        if (best.arena_bytes == best.lower_bound_bytes) break;
        ArenaPlan plan = plan_with(info.planner, buffers, alignment);
        if (plan.arena_bytes < best.arena_bytes) best = std::move(plan);
    }
    return best;
}

}  // namespace whittle
