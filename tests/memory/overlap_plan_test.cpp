#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "core/base/random.h"
#include "core/memory/exact.h"
#include "tests/memory/random_buffers.h"

namespace whittle {
namespace {

std::int64_t rounded_up(std::int64_t bytes, std::int64_t alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
}

// How far `upper` begins above `lower` at least, if it lies higher.
std::int64_t distance(const std::vector<Buffer>& buffers,
                      const std::vector<Overlap>& overlaps,
                      std::int64_t alignment,
                      std::size_t lower,
                      std::size_t upper) {
    std::int64_t bytes = buffers[lower].bytes;
    for (const Overlap& overlap : overlaps) {
        if (static_cast<std::size_t>(overlap.below) == lower &&
            static_cast<std::size_t>(overlap.above) == upper) {
            bytes = std::min(bytes, overlap.clearance_bytes);
        }
    }
    return rounded_up(bytes, alignment);
}

// Tries all orders; each buffer lies as low as those before it that live with it allow. Some
// smallest plan is among these: say of two alive together that the lower one comes first, and let
// them sink.
std::int64_t smallest_arena(const std::vector<Buffer>& buffers,
                            const std::vector<Overlap>& overlaps,
                            std::int64_t alignment) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (buffers[i].bytes > 0) order.push_back(i);
    }
    std::vector<std::int64_t> offsets(buffers.size(), 0);
    std::int64_t smallest = kMaxBufferBytes;
    do {
        std::int64_t arena = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const std::size_t upper = order[i];
            offsets[upper] = 0;
            for (std::size_t k = 0; k < i; ++k) {
                const std::size_t lower = order[k];
                if (!alive_together(buffers[lower], buffers[upper])) continue;
                offsets[upper] =
                    std::max(offsets[upper],
                             offsets[lower] + distance(buffers, overlaps, alignment, lower, upper));
            }
            arena = std::max(arena, offsets[upper] + buffers[upper].bytes);
        }
        smallest = std::min(smallest, arena);
    } while (std::next_permutation(order.begin(), order.end()));
    return order.empty() ? 0 : smallest;
}

// Some of the overlaps that the lifetimes allow.
std::vector<Overlap> random_overlaps(Random& random, const std::vector<Buffer>& buffers) {
    std::vector<Overlap> overlaps;
    for (std::size_t below = 0; below < buffers.size(); ++below) {
        for (std::size_t above = 0; above < buffers.size(); ++above) {
            const std::pair lower(buffers[below].first_step, below);
            const std::pair upper(buffers[above].first_step, above);
            if (upper >= lower || buffers[below].first_step != buffers[above].last_step ||
                random.below(3) == 0) {
                continue;
            }
            const auto most = static_cast<std::uint32_t>(buffers[below].bytes + 2);
            const std::int64_t clearance = random.below(3) == 0 ? 0 : random.below(most);
            overlaps.push_back({static_cast<int>(below), static_cast<int>(above), clearance});
        }
    }
    return overlaps;
}

std::string message_of(const Status& status) { return status.ok() ? "" : status.error().message(); }

}  // namespace

TEST_CASE("With overlaps the exact search finds what trying all orders finds") {
    Random random(3);
    int smaller = 0;
    for (int round = 0; round < 600; ++round) {
        const std::uint32_t count = 2 + random.below(6);
        const auto buffers = test::random_buffers(random, count, 12, 5, 3);
        const auto overlaps = random_overlaps(random, buffers);
        const std::int64_t alignment = std::int64_t{1} << random.below(3);
        CAPTURE(round);
        REQUIRE(message_of(validate_overlaps(buffers, overlaps)) == "");
        const ExactPlan exact = plan_exactly(buffers, alignment, {}, overlaps);
        CHECK(exact.proved_optimal());
        CHECK(message_of(check_plan(buffers, alignment, exact.plan, overlaps)) == "");
        const std::int64_t smallest = smallest_arena(buffers, overlaps, alignment);
        CHECK(exact.plan.arena_bytes == smallest);
        CHECK(lower_bound_bytes(buffers, alignment, overlaps) <= smallest);
        for (const PlannerInfo& info : all_planners()) {
            const ArenaPlan plan = plan_with(info.planner, buffers, alignment, overlaps);
            CHECK(message_of(check_plan(buffers, alignment, plan, overlaps)) == "");
        }
        smaller += smallest < plan_exactly(buffers, alignment).plan.arena_bytes;
    }
    CHECK(smaller > 100);
}

TEST_CASE("A chain of operators slides down through its arena") {
    // Four tensors of 100 bytes, each 10 bytes below the one that it is made from.
    const std::vector<Buffer> buffers = {{100, 0, 1}, {100, 1, 2}, {100, 2, 3}, {100, 3, 4}};
    const std::vector<Overlap> overlaps = {{1, 0, 10}, {2, 1, 10}, {3, 2, 10}};
    CHECK(lower_bound_bytes(buffers, 1) == 200);
    CHECK(lower_bound_bytes(buffers, 1, overlaps) == 110);
    const ExactPlan exact = plan_exactly(buffers, 1, {}, overlaps);
    CHECK(exact.plan.arena_bytes == 130);
    CHECK(exact.proved_optimal());
    CHECK(exact.plan.offsets == std::vector<std::int64_t>{30, 20, 10, 0});
    CHECK(best_greedy_plan(buffers, 1, overlaps).arena_bytes == 130);
    // Without one of them the chain may begin anew.
    const std::vector<Overlap> fewer = {{1, 0, 10}, {3, 2, 10}};
    CHECK(plan_exactly(buffers, 1, {}, fewer).plan.arena_bytes == 200);
}

TEST_CASE("Two inputs give their places to one output only once") {
    const std::vector<Buffer> buffers = {{100, 0, 2}, {100, 1, 2}, {100, 2, 3}};
    const std::vector<Overlap> overlaps = {{2, 0, 0}, {2, 1, 0}};
    CHECK(lower_bound_bytes(buffers, 4, overlaps) == 200);
    CHECK(plan_exactly(buffers, 4, {}, overlaps).plan.arena_bytes == 200);
    CHECK(lower_bound_bytes(buffers, 4) == 300);
}

TEST_CASE("A plan that overlaps otherwise than allowed is refused") {
    const std::vector<Buffer> buffers = {{100, 0, 1}, {100, 1, 2}};
    const std::vector<Overlap> overlaps = {{1, 0, 12}};
    const auto check = [&](std::int64_t input, std::int64_t output) {
        ArenaPlan plan{{input, output}, 400, 112};
        return message_of(check_plan(buffers, 4, plan, overlaps));
    };
    CHECK(check(12, 0) == "");
    CHECK(check(100, 0) == "");
    CHECK(check(0, 100) == "");
    CHECK(check(8, 0).find("buffer 1") != std::string::npos);
    CHECK(check(0, 0).find("an overlap") != std::string::npos);
    CHECK(check(0, 12).find("an overlap") != std::string::npos);
}

TEST_CASE("Overlaps that make no sense are refused") {
    const std::vector<Buffer> buffers = {{100, 0, 1}, {100, 1, 2}, {100, 2, 2}};
    const auto refusal = [&](std::vector<Overlap> overlaps) {
        return message_of(validate_overlaps(buffers, overlaps));
    };
    CHECK(refusal({{1, 0, 0}}) == "");
    CHECK(refusal({{1, 3, 0}}).find("overlap 0: expected two of 3 buffers") != std::string::npos);
    CHECK(refusal({{1, 0, -1}}).find("clearance of 0 or more") != std::string::npos);
    CHECK(refusal({{0, 1, 0}}).find("begins at the last step") != std::string::npos);
    CHECK(refusal({{2, 2, 0}}).find("comes before the lower one") != std::string::npos);
    CHECK(refusal({{1, 0, 0}, {1, 0, 4}}).find("each pair once") != std::string::npos);
}

}  // namespace whittle
