#include "core/memory/shared_buffers.h"

#include <algorithm>

#include "core/memory/alignment.h"
#include "core/memory/greedy.h"

namespace whittle {
namespace {

// Lifetimes of the tenants of one shared buffer: disjoint, sorted by time.
class Occupancy {
public:
    // The earliest tenant alive together with the buffer, or -1.
    int conflict(const Buffer& buffer) const {
        const auto next =
            std::lower_bound(stays_.begin(), stays_.end(), buffer.first_step,
                             [](const Stay& stay, int step) { return stay.last_step < step; });
        return next != stays_.end() && next->first_step <= buffer.last_step ? next->tenant : -1;
    }
    void add(const Buffer& buffer, int tenant) {
        const auto next =
            std::lower_bound(stays_.begin(), stays_.end(), buffer.first_step,
                             [](const Stay& stay, int step) { return stay.last_step < step; });
        stays_.insert(next, {buffer.first_step, buffer.last_step, tenant});
    }

private:
    struct Stay {
        int first_step;
        int last_step;
        int tenant;
    };
    std::vector<Stay> stays_;
};

class Walk {
public:
    explicit Walk(const std::vector<Buffer>& buffers) : buffers_(buffers) {}

    void decide(int index) {
        const Buffer& buffer = buffers_[static_cast<std::size_t>(index)];
        SharedBufferStep step;
        step.buffer = index;
        step.chosen = choose(buffer, step.trials);
        step.created = step.chosen < 0;
        if (step.created) {
            step.chosen = static_cast<int>(shared_.size());
            shared_.push_back({0, buffer.bytes, {}});
            occupancies_.emplace_back();
        }
        const auto chosen = static_cast<std::size_t>(step.chosen);
        shared_[chosen].tenants.push_back(index);
        occupancies_[chosen].add(buffer, index);
        steps_.push_back(std::move(step));
    }

    SharedBufferPlan finish(std::int64_t alignment) && {
        SharedBufferPlan result;
        std::int64_t end = 0;
        result.plan.offsets.assign(buffers_.size(), 0);
        for (SharedBuffer& shared : shared_) {
            shared.offset = end;
            end += align_up(shared.bytes, alignment);
            for (const int tenant : shared.tenants) {
                result.plan.offsets[static_cast<std::size_t>(tenant)] = shared.offset;
            }
        }
        result.plan.arena_bytes = arena_bytes_of(buffers_, result.plan.offsets);
        result.plan.lower_bound_bytes = lower_bound_bytes(buffers_, alignment);
        result.shared_buffers = std::move(shared_);
        result.steps = std::move(steps_);
        return result;
    }

private:
    // The smallest suitable shared buffer, or -1. Shared buffers come in decreasing size, so the
    // last suitable one is the smallest; of equal ones the earliest counts.
    int choose(const Buffer& buffer, std::vector<SharedBufferTrial>& trials) {
        const bool record = recorded_trials_ + shared_.size() <= kMaxRecordedTrials;
        int chosen = -1;
        for (std::size_t i = 0; i < shared_.size(); ++i) {
            const SharedBufferTrial trial = {static_cast<int>(i), shared_[i].bytes >= buffer.bytes,
                                             occupancies_[i].conflict(buffer)};
            if (record) trials.push_back(trial);
            if (!trial.suitable()) continue;
            if (chosen < 0 || shared_[i].bytes < shared_[static_cast<std::size_t>(chosen)].bytes) {
                chosen = static_cast<int>(i);
            }
        }
        recorded_trials_ += trials.size();
        return chosen;
    }

    const std::vector<Buffer>& buffers_;
    std::vector<SharedBuffer> shared_;
    std::vector<Occupancy> occupancies_;
    std::vector<SharedBufferStep> steps_;
    std::size_t recorded_trials_ = 0;
};

}  // namespace

SharedBufferPlan plan_with_shared_buffers(const std::vector<Buffer>& buffers,
                                          std::int64_t alignment) {
    Walk walk(buffers);
    for (const std::size_t index : order_by_size(buffers)) walk.decide(static_cast<int>(index));
    return std::move(walk).finish(alignment);
}

}  // namespace whittle
