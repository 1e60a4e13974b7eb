#include "core/memory/exact.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "core/base/platform/files.h"
#include "core/memory/plan_csv.h"
#include "tests/memory/random_buffers.h"
#include "tests/support/shared_data.h"

namespace whittle {

namespace {

std::int64_t aligned(std::int64_t bytes, std::int64_t alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
}

// Tries all orders; each buffer lies on the highest of those before it that live with it. Some
// smallest plan is among these: order its buffers by offset, and let them sink.
std::int64_t smallest_arena(const std::vector<Buffer>& buffers, std::int64_t alignment) {
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::int64_t smallest = kMaxBufferBytes;
    do {
        std::vector<std::int64_t> tops(buffers.size(), 0);
        std::int64_t arena = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const Buffer& buffer = buffers[order[i]];
            if (buffer.bytes == 0) continue;
            std::int64_t offset = 0;
            for (std::size_t k = 0; k < i; ++k) {
                if (alive_together(buffers[order[k]], buffer)) {
                    offset = std::max(offset, tops[order[k]]);
                }
            }
            tops[order[i]] = offset + aligned(buffer.bytes, alignment);
            arena = std::max(arena, offset + buffer.bytes);
        }
        smallest = std::min(smallest, arena);
    } while (std::next_permutation(order.begin(), order.end()));
    return smallest;
}

std::string why_not(const std::vector<Buffer>& buffers,
                    std::int64_t alignment,
                    const ArenaPlan& plan) {
    const Status status = check_plan(buffers, alignment, plan);
    return status.ok() ? "" : status.error().message();
}

}  // namespace

TEST_CASE("The exact search finds what trying all orders finds") {
    Random random(1);
    for (int round = 0; round < 400; ++round) {
        const std::uint32_t count = 1 + random.below(7);
        const auto buffers = test::random_buffers(random, count, 12, 6, 4);
        const std::int64_t alignment = std::int64_t{1} << random.below(4);
        CAPTURE(round);
        const ExactPlan exact = plan_exactly(buffers, alignment);
        CHECK(exact.proved_optimal());
        CHECK(why_not(buffers, alignment, exact.plan) == "");
        CHECK(exact.plan.arena_bytes == smallest_arena(buffers, alignment));
    }
}

TEST_CASE("Where the bound cannot be reached, the search proves it") {
    // At most 6 bytes are alive at once, and yet they need 7.
    std::vector<Buffer> buffers = {{2, 5, 8}, {2, 4, 5}, {2, 2, 5}, {3, 0, 1},
                                   {1, 2, 4}, {3, 7, 9}, {1, 7, 9}, {3, 0, 2}};
    CHECK(smallest_arena(buffers, 1) == 7);
    Random random(2);
    for (int round = 0; round < 50; ++round) {
        CAPTURE(round);
        for (std::size_t i = buffers.size(); i > 1; --i) {
            std::swap(buffers[i - 1], buffers[random.below(static_cast<std::uint32_t>(i))]);
        }
        for (Buffer& buffer : buffers) {  // time runs backwards
            const int first_step = 9 - buffer.last_step;
            buffer.last_step = 9 - buffer.first_step;
            buffer.first_step = first_step;
        }
        const ExactPlan exact = plan_exactly(buffers, 1);
        CHECK(exact.proved_optimal());
        CHECK(exact.plan.arena_bytes == 7);
        CHECK(lower_bound_bytes(buffers, 1) == 6);
        CHECK(exact.plan.lower_bound_bytes == 7);
        // Alignment makes 2 bytes as high as 3, but for those on top.
        CHECK(plan_exactly(buffers, 4).plan.arena_bytes == smallest_arena(buffers, 4));
    }
}

TEST_CASE("1,000 random problems: every planner valid, exact <= all others >= the bound") {
    Random random(7);
    int proved = 0;
    for (int round = 0; round < 1000; ++round) {
        CAPTURE(round);
        const std::uint32_t count = 1 + random.below(200);
        const int steps = 1 + static_cast<int>(random.below(100));
        const int longest = 1 + static_cast<int>(random.below(20));
        const auto buffers = test::random_buffers(random, count, 4000, steps, longest);
        const std::int64_t alignment = std::int64_t{1} << random.below(6);
        const ExactPlan exact = plan_exactly(buffers, alignment, {.max_nodes = 3000});
        CHECK(why_not(buffers, alignment, exact.plan) == "");
        const std::int64_t bound = lower_bound_bytes(buffers, alignment);
        CHECK(exact.plan.lower_bound_bytes >= bound);
        for (const PlannerInfo& info : all_planners()) {
            const ArenaPlan plan = plan_with(info.planner, buffers, alignment);
            CHECK(why_not(buffers, alignment, plan) == "");
            CHECK(plan.arena_bytes >= bound);
            CHECK(exact.plan.arena_bytes <= plan.arena_bytes);
        }
        proved += exact.proved_optimal() ? 1 : 0;
    }
    MESSAGE("proved optimal: " << proved << " of 1,000");
    CHECK(proved > 500);
}

TEST_CASE("The same buffers and node limit lead to the same plan") {
    Random random(5);
    for (int round = 0; round < 5; ++round) {
        const auto buffers = test::random_buffers(random, 120, 64, 60, 12);
        const ExactOptions options = {.max_nodes = 20'000};
        const ExactPlan first = plan_exactly(buffers, 1, options);
        const ExactPlan second = plan_exactly(buffers, 1, options);
        CHECK(first.plan.offsets == second.plan.offsets);
        CHECK(first.nodes == second.nodes);
        CHECK(first.nodes <= options.max_nodes);
    }
}

TEST_CASE("A search that is stopped still has a plan, and says what is left") {
    const auto path = test::shared_data("planner/I.1048576.csv");
    if (!path) return;
    const auto bytes = read_file(*path);
    REQUIRE(bytes.ok());
    const auto table =
        read_buffer_table({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    REQUIRE(table.ok());
    int questions = 0;
    ExactOptions options;
    options.stop = [&] { return ++questions == 3; };
    const ExactPlan stopped = plan_exactly(table->buffers, 1, options);
    CHECK(questions == 3);
    CHECK(!stopped.proved_optimal());
    CHECK(why_not(table->buffers, 1, stopped.plan) == "");
    CHECK(stopped.plan.arena_bytes <= best_greedy_plan(table->buffers, 1).arena_bytes);
    CHECK(plan_exactly(table->buffers, 1, {.max_nodes = 0}).nodes == 0);
}

TEST_CASE("Too many buffers for a search are planned greedily") {
    Random random(6);
    const auto buffers = test::random_buffers(random, 6000, 1000, 3000, 40);
    const ExactPlan plan = plan_exactly(buffers, 1);
    CHECK(plan.nodes == 0);
    CHECK(why_not(buffers, 1, plan.plan) == "");
}

TEST_CASE("The eleven hard cases fit in 1,048,576 bytes") {
    for (char name = 'A'; name <= 'K'; ++name) {
        const auto path = test::shared_data(std::string("planner/") + name + ".1048576.csv");
        if (!path) continue;
        CAPTURE(name);
        const auto bytes = read_file(*path);
        REQUIRE(bytes.ok());
        const auto table =
            read_buffer_table({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
        REQUIRE(table.ok());
        ExactOptions options;
        options.capacity_bytes = 1'048'576;
        options.max_nodes = 3'000'000;
        const ExactPlan exact = plan_exactly(table->buffers, 1, options);
        CHECK(exact.plan.arena_bytes <= 1'048'576);
        CHECK(why_not(table->buffers, 1, exact.plan) == "");
        const double over =
            static_cast<double>(plan_greedy_by_size(table->buffers, 1).arena_bytes) / 1'048'576;
        CHECK(over > 1.2);  // hard indeed
    }
}

}  // namespace whittle
