#include "core/memory/exact.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <numeric>

#include "core/base/random.h"
#include "core/memory/alignment.h"
#include "core/memory/capacity_search.h"
#include "core/memory/packing.h"

namespace whittle {
namespace {

// Nodes of the shortest run for each rectangle: to the top and back some way.
constexpr std::uint64_t kNodesPerRectangle = 10;
// What a short search may take: some tenths of a second, also where a node looks at many buffers.
constexpr std::uint64_t kDeploymentNodes = 50'000;
constexpr std::uint64_t kUsualBuffers = 100;

std::uint64_t deployment_nodes(std::uint64_t buffers) {
    if (buffers <= kUsualBuffers) return kDeploymentNodes;
    return std::max(kDeploymentNodes * kUsualBuffers / buffers, kNodesPerRectangle * buffers);
}

constexpr std::uint64_t kManyRuns = 1 << 20;

// 1, 1, 2, 1, 1, 2, 4, 1, 1, 2, ... for i = 1, 2, ...: Luby, Sinclair and Zuckerman, "Optimal
// speedup of Las Vegas algorithms", 1993.
std::uint64_t luby(std::uint64_t i) {
    while (true) {
        std::uint64_t power = 1;
        while (2 * power - 1 < i) power *= 2;
        if (2 * power - 1 == i) return power;
        i -= power - 1;
    }
}

// Every other cycle looks three times as far: some cases want many orders, some a long search.
std::uint64_t length_of_run(std::uint64_t cycle) {
    return (cycle % 2 == 0 ? 1 : 3) * luby(cycle / 2 + 1);
}

// What the first orders go by, the largest first.
struct Traits {
    std::int64_t steps = 0;  // of the lifetime
    std::int64_t height = 0;
    std::int64_t area = 0;   // steps * height
    std::int64_t crowd = 0;  // height of the fullest clique
};
using TraitOrder = std::array<std::int64_t Traits::*, 3>;
constexpr std::array<TraitOrder, 5> kFirstOrders = {{
    {&Traits::steps, &Traits::area, &Traits::crowd},
    {&Traits::crowd, &Traits::area, &Traits::steps},
    {&Traits::crowd, &Traits::steps, &Traits::area},
    {&Traits::area, &Traits::steps, &Traits::crowd},
    {&Traits::height, &Traits::area, &Traits::crowd},
}};

std::vector<Traits> traits_of(const Packing& packing, const std::vector<Buffer>& buffers) {
    std::vector<Traits> traits(packing.size());
    for (std::size_t i = 0; i < packing.size(); ++i) {
        const Buffer& buffer = buffers[packing.buffers[i]];
        traits[i].steps = std::int64_t{buffer.last_step} - buffer.first_step + 1;
        traits[i].height = packing.heights[i];
        traits[i].area = traits[i].steps * traits[i].height;
    }
    for (int k = 0; k < packing.clique_count(); ++k) {
        std::int64_t height = 0;
        for (const int i : packing.clique(k))
            height += packing.heights[static_cast<std::size_t>(i)];
        for (const int i : packing.clique(k)) {
            std::int64_t& crowd = traits[static_cast<std::size_t>(i)].crowd;
            crowd = std::max(crowd, height);
        }
    }
    return traits;
}

// An order of placement that learns from failures.
class Wheel {
public:
    Wheel(const std::vector<Traits>& traits, const TraitOrder& keys)
        : first_order_(traits.size()), weights_(traits.size(), 0) {
        std::iota(first_order_.begin(), first_order_.end(), 0);
        std::stable_sort(first_order_.begin(), first_order_.end(), [&](int a, int b) {
            const Traits& left = traits[static_cast<std::size_t>(a)];
            const Traits& right = traits[static_cast<std::size_t>(b)];
            for (const auto key : keys) {
                if (left.*key != right.*key) return left.*key > right.*key;
            }
            return false;
        });
    }

    std::vector<int> order() const {
        std::vector<int> order = first_order_;
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
            return weights_[static_cast<std::size_t>(a)] > weights_[static_cast<std::size_t>(b)];
        });
        return order;
    }

    // Older blame fades; some noise breaks cycles.
    void learn(const std::vector<std::uint64_t>& blame, Random* noise) {
        constexpr std::uint64_t kMostBlame = 1'000'000;
        constexpr std::uint32_t kNoise = 30'000;
        const std::uint64_t most =
            std::max<std::uint64_t>(1, *std::max_element(blame.begin(), blame.end()));
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            weights_[i] = weights_[i] * 9 / 10 + blame[i] * kMostBlame / most;
            if (noise != nullptr) weights_[i] += noise->below(kNoise);
        }
    }

private:
    std::vector<int> first_order_;
    std::vector<std::uint64_t> weights_;
};

class ExactPlanner {
public:
    ExactPlanner(const std::vector<Buffer>& buffers,
                 std::int64_t alignment,
                 const ExactOptions& options,
                 std::span<const Overlap> overlaps)
        : buffers_(buffers), options_(options) {
        best_.plan = best_greedy_plan(buffers, alignment, overlaps);
    }

    // First whether the bound can be reached: often it can. Then the capacity that is wanted; else
    // how far the best plan can be lowered.
    void search(const Packing& packing) {
        packing_ = &packing;
        traits_ = traits_of(packing, buffers_);
        CapacitySearch capacity_search(packing);
        try_capacity(capacity_search, best_.plan.lower_bound_bytes,
                     options_.capacity_bytes ? 1 : kFirstOrders.size());
        while (!done() && options_.capacity_bytes &&
               *options_.capacity_bytes >= best_.plan.lower_bound_bytes) {
            try_capacity(capacity_search, *options_.capacity_bytes, kManyRuns);
        }
        for (std::uint64_t runs = kFirstOrders.size(); !done(); runs *= 2) {
            lower(capacity_search, runs);
            try_capacity(capacity_search, best_.plan.lower_bound_bytes, runs);
        }
    }

    bool done() const {
        if (gave_up_ || best_.proved_optimal()) return true;
        return options_.capacity_bytes && best_.plan.arena_bytes <= *options_.capacity_bytes;
    }

    ExactPlan take() && { return std::move(best_); }

private:
    // Tries for plans that lie lower by a share of the gap; by less and less, in the end by a byte.
    void lower(CapacitySearch& capacity_search, std::uint64_t runs) {
        for (std::int64_t divisor = 2; !done();) {
            const std::int64_t gap = best_.plan.arena_bytes - best_.plan.lower_bound_bytes;
            const std::int64_t share = gap / divisor;
            const std::int64_t step = share < packing_->unit_bytes ? 1 : share;
            if (try_capacity(capacity_search, best_.plan.arena_bytes - step, runs)) {
                divisor = std::max<std::int64_t>(2, divisor / 2);
            } else if (step == 1) {
                return;
            } else {
                divisor *= 2;
            }
        }
    }

    // Whether the best plan is now at most so large. Each call learns afresh: what does not fit
    // below one capacity says little about another.
    bool try_capacity(CapacitySearch& capacity_search, std::int64_t capacity, std::uint64_t runs) {
        std::vector<Wheel> wheels;
        for (const TraitOrder& keys : kFirstOrders) wheels.emplace_back(traits_, keys);
        Random noise(1, runs);
        for (std::uint64_t i = 0; i < runs; ++i) {
            if (done() || best_.plan.lower_bound_bytes > capacity) return false;
            Wheel& wheel = wheels[i % wheels.size()];
            const std::uint64_t cycle = i / wheels.size();
            run(capacity_search, capacity, wheel, length_of_run(cycle));
            if (best_.plan.arena_bytes <= capacity) return true;
            wheel.learn(capacity_search.blame(), cycle >= 2 ? &noise : nullptr);
        }
        return false;
    }

    void run(CapacitySearch& capacity_search,
             std::int64_t capacity,
             const Wheel& wheel,
             std::uint64_t length) {
        const std::vector<Units> highest = highest_offsets(capacity);
        const std::uint64_t left = options_.max_nodes - best_.nodes;
        const std::uint64_t wanted = kNodesPerRectangle * packing_->size() * length;
        const auto outcome =
            capacity_search.run(highest, wheel.order(), std::min(left, wanted), options_.stop);
        best_.nodes += std::min(left, capacity_search.nodes());
        gave_up_ = capacity_search.stopped() || best_.nodes >= options_.max_nodes;
        if (outcome == CapacitySearch::Outcome::found) {
            take_over(capacity_search.offsets());
        } else if (outcome == CapacitySearch::Outcome::impossible) {
            best_.plan.lower_bound_bytes =
                std::min(best_.plan.arena_bytes, next_larger_capacity(highest));
        }
    }

    const Buffer& buffer_of(std::size_t rectangle) const {
        return buffers_[packing_->buffers[rectangle]];
    }

    std::vector<Units> highest_offsets(std::int64_t capacity) const {
        std::vector<Units> highest(packing_->size());
        for (std::size_t i = 0; i < highest.size(); ++i) {
            highest[i] = (capacity - buffer_of(i).bytes) / packing_->unit_bytes;
        }
        return highest;
    }

    // The smallest capacity that allows any rectangle a higher offset.
    std::int64_t next_larger_capacity(const std::vector<Units>& highest) const {
        std::int64_t next = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i < highest.size(); ++i) {
            next = std::min(next, (highest[i] + 1) * packing_->unit_bytes + buffer_of(i).bytes);
        }
        return next;
    }

    void take_over(const std::vector<Units>& offsets) {
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            best_.plan.offsets[packing_->buffers[i]] = offsets[i] * packing_->unit_bytes;
        }
        best_.plan.arena_bytes = arena_bytes_of(buffers_, best_.plan.offsets);
    }

    const std::vector<Buffer>& buffers_;
    const ExactOptions& options_;
    const Packing* packing_ = nullptr;
    ExactPlan best_;
    std::vector<Traits> traits_;
    bool gave_up_ = false;
};

}  // namespace

ExactPlan plan_exactly(const std::vector<Buffer>& buffers,
                       std::int64_t alignment,
                       const ExactOptions& options,
                       std::span<const Overlap> overlaps) {
    ExactPlanner planner(buffers, alignment, options, overlaps);
    if (!planner.done()) {
        if (const auto packing = make_packing(buffers, alignment, overlaps)) {
            planner.search(*packing);
        }
    }
    return std::move(planner).take();
}

ArenaPlan plan_arena(const std::vector<Buffer>& buffers,
                     std::int64_t alignment,
                     std::span<const Overlap> overlaps) {
    const std::uint64_t nodes = deployment_nodes(buffers.size());
    return plan_exactly(buffers, alignment, {.max_nodes = nodes}, overlaps).plan;
}

}  // namespace whittle
