#include "core/memory/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "core/memory/greedy.h"
#include "tests/memory/random_buffers.h"

namespace whittle {

namespace {

std::string complaint_about(const std::vector<Buffer>& buffers,
                            std::int64_t alignment,
                            const ArenaPlan& plan) {
    const Status status = check_plan(buffers, alignment, plan);
    return status.ok() ? "" : status.error().message();
}

// Pair by pair, without regard to how check_plan() does it.
bool some_overlap(const std::vector<Buffer>& buffers, const std::vector<std::int64_t>& offsets) {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (buffers[i].bytes > 0 && buffers[k].bytes > 0 &&
                alive_together(buffers[i], buffers[k]) &&
                offsets[i] < offsets[k] + buffers[k].bytes &&
                offsets[k] < offsets[i] + buffers[i].bytes) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

TEST_CASE("An arena plan of nothing is empty") {
    for (const PlannerInfo& info : all_planners()) {
        const ArenaPlan plan = plan_with(info.planner, {}, 4);
        CHECK(plan.arena_bytes == 0);
        CHECK(plan.lower_bound_bytes == 0);
        const std::vector<Buffer> empty = {{0, 0, 5}, {0, 2, 3}};
        const ArenaPlan nothing = plan_with(info.planner, empty, 4);
        CHECK(nothing.arena_bytes == 0);
        CHECK(complaint_about(empty, 4, nothing) == "");
    }
}

TEST_CASE("A chain of layers reuses the space of what is no longer read") {
    const std::vector<Buffer> chain = {{16, 0, 0}, {16, 0, 1}, {16, 1, 2}, {1, 2, 2}};
    for (const PlannerInfo& info : all_planners()) {
        const ArenaPlan plan = plan_with(info.planner, chain, 4);
        CAPTURE(info.name);
        CHECK(complaint_about(chain, 4, plan) == "");
        CHECK(plan.lower_bound_bytes == 32);
        CHECK(plan.arena_bytes == (info.planner == Planner::none ? 49 : 32));
    }
}

TEST_CASE("The lower bound counts padding beneath the topmost buffer, and no more") {
    CHECK(lower_bound_bytes({{5, 0, 0}}, 8) == 5);
    CHECK(lower_bound_bytes({{5, 0, 0}, {8, 0, 0}}, 8) == 13);
    CHECK(lower_bound_bytes({{5, 0, 0}, {3, 0, 0}}, 8) == 11);
    CHECK(lower_bound_bytes({{5, 0, 1}, {3, 1, 2}, {7, 2, 2}}, 1) == 10);
    CHECK(lower_bound_bytes({{5, 0, 0}, {5, 1, 1}}, 4) == 5);
    constexpr int kLast = std::numeric_limits<int>::max();
    CHECK(lower_bound_bytes({{kMaxBufferBytes, 0, kLast}, {kMaxBufferBytes, kLast, kLast}}, 1) ==
          2 * kMaxBufferBytes);
}

TEST_CASE("Random plans are valid, and never below the bound") {
    Random random(1);
    for (const std::uint32_t count : {1u, 2u, 3u, 50u, 200u}) {
        for (int round = 0; round < 20; ++round) {
            const auto buffers = test::random_buffers(random, count, 1000, 50, 1 + round);
            const std::int64_t alignment = std::int64_t{1} << random.below(5);
            for (const PlannerInfo& info : all_planners()) {
                CAPTURE(info.name);
                const ArenaPlan plan = plan_with(info.planner, buffers, alignment);
                CHECK(complaint_about(buffers, alignment, plan) == "");
                CHECK(!some_overlap(buffers, plan.offsets));
            }
        }
    }
}

TEST_CASE("Greedy by size is what its words say, place by place") {
    Random random(2);
    for (int round = 0; round < 50; ++round) {
        // Every other time few are alive together: then those placed are found by time.
        const auto buffers = test::random_buffers(random, 30, 20, round % 2 == 0 ? 20 : 200, 8);
        std::vector<std::int64_t> offsets(buffers.size(), 0);
        std::vector<Buffer> placed;
        std::vector<std::int64_t> placed_offsets;
        for (const std::size_t i : order_by_size(buffers)) {
            placed.push_back(buffers[i]);
            placed_offsets.push_back(0);
            while (some_overlap(placed, placed_offsets)) ++placed_offsets.back();
            offsets[i] = placed_offsets.back();
        }
        CHECK(plan_greedy_by_size(buffers, 1).offsets == offsets);
    }
}

TEST_CASE("Greedy by breadth begins with the fullest step") {
    // Step 1 holds 12 bytes, step 0 only 10: the 10 come last, although they are the largest.
    const std::vector<Buffer> buffers = {{10, 0, 0}, {5, 1, 1}, {7, 1, 2}};
    CHECK(order_by_breadth(buffers) == std::vector<std::size_t>{2, 1, 0});
    CHECK(order_by_breadth({}).empty());
    constexpr int kLast = std::numeric_limits<int>::max();
    CHECK(order_by_breadth({{1, kLast, kLast}, {2, 0, kLast}}) == std::vector<std::size_t>{1, 0});
}

TEST_CASE("Greedy by breadth: each buffer belongs to the fullest step of its life") {
    Random random(3);
    for (int round = 0; round < 100; ++round) {
        const auto buffers = test::random_buffers(random, 1 + random.below(20), 20, 12, 6);
        std::vector<std::int64_t> breadths(20, 0);
        for (const Buffer& buffer : buffers) {
            for (int step = buffer.first_step; step <= buffer.last_step; ++step) {
                breadths[static_cast<std::size_t>(step)] += buffer.bytes;
            }
        }
        const auto breadth_of = [&](const Buffer& buffer) {
            return *std::max_element(breadths.begin() + buffer.first_step,
                                     breadths.begin() + buffer.last_step + 1);
        };
        const std::vector<std::size_t> order = order_by_breadth(buffers);
        for (std::size_t i = 1; i < order.size(); ++i) {
            CHECK(breadth_of(buffers[order[i - 1]]) >= breadth_of(buffers[order[i]]));
        }
    }
}

TEST_CASE("Best fit takes the smallest hole, and the top when there is none") {
    // After step 0 there are holes of 5 bytes at 0 and of 3 bytes at 9.
    const std::vector<Buffer> buffers = {{5, 0, 0}, {4, 0, 9}, {3, 0, 0}, {2, 0, 9},
                                         {3, 1, 9}, {5, 2, 9}, {2, 3, 9}};
    CHECK(best_fit_offsets(buffers, 1) == std::vector<std::int64_t>{0, 5, 9, 12, 9, 0, 14});
}

TEST_CASE("The conflict graph joins what is alive at the same step") {
    const std::vector<Buffer> buffers = {{1, 0, 1}, {1, 1, 2}, {1, 2, 3}, {1, 0, 3}};
    const auto conflicts = conflict_graph(buffers);
    CHECK(conflicts[0] == std::vector<int>{1, 3});
    CHECK(conflicts[1] == std::vector<int>{0, 2, 3});
    CHECK(conflicts[2] == std::vector<int>{1, 3});
    CHECK(conflicts[3] == std::vector<int>{0, 1, 2});
    CHECK(conflict_graph({}).empty());
}

TEST_CASE("A plan that breaks a promise is told which") {
    const std::vector<Buffer> buffers = {{8, 0, 1}, {8, 1, 2}, {4, 2, 3}};
    const ArenaPlan good = {{0, 8, 0}, 16, 16};
    CHECK(complaint_about(buffers, 4, good) == "");
    const auto complains = [&](ArenaPlan plan, const char* about) {
        const std::string text = complaint_about(buffers, 4, plan);
        CAPTURE(text);
        CHECK(text.find(about) != std::string::npos);
    };
    complains({{0, 4, 0}, 16, 16}, "buffer 1: expected no bytes in common with buffer 0");
    complains({{8, 0, 4}, 16, 16}, "buffer 2: expected no bytes in common with buffer 1");
    complains({{0, 12, 0}, 16, 16}, "found 20");
    complains({{0, -8, 0}, 16, 16}, "found -8");
    complains({{0, 10, 0}, 24, 16}, "aligned to 4");
    complains({{0, 8}, 16, 16}, "expected 3 offsets");
    complains({{0, 8, 0}, 16, 15}, "lower bound");
    complains({{0, 8, 0}, 16, 17}, "lower bound");
}

TEST_CASE("Every overlap is found, wherever it is") {
    Random random(4);
    int overlaps = 0;
    for (int round = 0; round < 2000; ++round) {
        const auto buffers = test::random_buffers(random, 4, 6, 6, 4);
        ArenaPlan plan;
        for (std::size_t i = 0; i < buffers.size(); ++i) plan.offsets.push_back(random.below(14));
        plan.arena_bytes = 100;
        plan.lower_bound_bytes = 100;
        const bool expected = some_overlap(buffers, plan.offsets);
        overlaps += expected ? 1 : 0;
        CHECK(check_plan(buffers, 1, plan).ok() == !expected);
    }
    CHECK(overlaps > 200);
    CHECK(overlaps < 1800);
}

TEST_CASE("Buffers that make no sense are refused") {
    const auto refuses = [](Buffer buffer, const char* about) {
        const Status status = validate_buffers({{1, 0, 0}, buffer}, 4);
        REQUIRE(!status.ok());
        const std::string text = status.error().message();
        CAPTURE(text);
        CHECK(text.find("buffer 1: expected") == 0);
        CHECK(text.find(about) != std::string::npos);
    };
    refuses({-1, 0, 0}, "found -1");
    refuses({kMaxBufferBytes + 1, 0, 0}, "found 4294967296");
    refuses({std::int64_t{1} << 40, 0, 0}, "found 1099511627776");
    refuses({std::numeric_limits<std::int64_t>::max(), 0, 0}, "32-bit");
    refuses({1, -1, 0}, "first step");
    refuses({1, 3, 2}, "last step of 3 or more, found 2");
    CHECK(validate_buffers({{kMaxBufferBytes, 0, 0}}, 4).ok());
    CHECK(validate_buffers({}, 4096).ok());
    for (const std::int64_t alignment :
         {std::int64_t{0}, std::int64_t{-4}, std::int64_t{3}, std::int64_t{8192}}) {
        CHECK(!validate_buffers({}, alignment).ok());
    }
}

}  // namespace whittle
