#include "core/memory/shared_buffers.h"

#include <doctest/doctest.h>

#include "tests/memory/random_buffers.h"

namespace whittle {

namespace {

// Seven tensors of a chain of layers, in kB: the size of a slide's example, whose second shared
// buffer begins at 768.
const std::vector<Buffer> kSeven = {{300, 0, 0}, {768, 0, 1}, {768, 1, 2}, {384, 2, 3},
                                    {192, 3, 4}, {96, 4, 5},  {10, 5, 5}};

}  // namespace

TEST_CASE("Seven tensors share two buffers, step by step") {
    const SharedBufferPlan walk = plan_with_shared_buffers(kSeven, 1);
    REQUIRE(walk.shared_buffers.size() == 2);
    CHECK(walk.shared_buffers[0].offset == 0);
    CHECK(walk.shared_buffers[0].bytes == 768);
    CHECK(walk.shared_buffers[0].tenants == std::vector<int>{1, 3, 5});
    CHECK(walk.shared_buffers[1].offset == 768);
    CHECK(walk.shared_buffers[1].bytes == 768);
    CHECK(walk.shared_buffers[1].tenants == std::vector<int>{2, 0, 4, 6});
    CHECK(walk.plan.arena_bytes == 1536);
    CHECK(walk.plan.offsets == std::vector<std::int64_t>{768, 0, 768, 0, 768, 0, 768});
    CHECK(check_plan(kSeven, 1, walk.plan).ok());

    REQUIRE(walk.steps.size() == 7);
    std::vector<int> order;
    for (const SharedBufferStep& step : walk.steps) order.push_back(step.buffer);
    CHECK(order == std::vector<int>{1, 2, 3, 0, 4, 5, 6});
    CHECK(walk.steps[0].created);
    CHECK(walk.steps[0].trials.empty());
    CHECK(walk.steps[1].created);
    REQUIRE(walk.steps[1].trials.size() == 1);
    CHECK(walk.steps[1].trials[0].large_enough);
    CHECK(walk.steps[1].trials[0].conflict == 1);
    CHECK(walk.steps[3].chosen == 1);
    CHECK(!walk.steps[3].created);
    CHECK(walk.steps[3].trials[0].conflict == 1);
    CHECK(walk.steps[3].trials[1].suitable());
}

TEST_CASE("The smallest suitable shared buffer is taken, and of equal ones the first") {
    const std::vector<Buffer> buffers = {{9, 0, 0}, {5, 0, 0}, {5, 0, 0}, {4, 1, 1}, {4, 1, 1}};
    const SharedBufferPlan walk = plan_with_shared_buffers(buffers, 1);
    CHECK(walk.shared_buffers[1].tenants == std::vector<int>{1, 3});
    CHECK(walk.shared_buffers[2].tenants == std::vector<int>{2, 4});
}

TEST_CASE("Shared buffers begin aligned") {
    const std::vector<Buffer> buffers = {{9, 0, 0}, {5, 0, 0}};
    CHECK(plan_with_shared_buffers(buffers, 8).plan.offsets == std::vector<std::int64_t>{0, 16});
    CHECK(plan_with_shared_buffers(buffers, 8).plan.arena_bytes == 21);
}

TEST_CASE("The walk's record says the truth about every shared buffer tried") {
    Random random(1);
    for (int round = 0; round < 100; ++round) {
        const auto buffers = test::random_buffers(random, 25, 30, 20, 6);
        const SharedBufferPlan walk = plan_with_shared_buffers(buffers, 1);
        std::vector<std::vector<int>> tenants;
        std::vector<std::int64_t> sizes;
        for (const SharedBufferStep& step : walk.steps) {
            const Buffer& buffer = buffers[static_cast<std::size_t>(step.buffer)];
            REQUIRE(step.trials.size() == tenants.size());
            for (std::size_t i = 0; i < tenants.size(); ++i) {
                const SharedBufferTrial& trial = step.trials[i];
                bool conflict = false;
                for (const int tenant : tenants[i]) {
                    conflict |= alive_together(buffers[static_cast<std::size_t>(tenant)], buffer);
                }
                CHECK(trial.large_enough == (sizes[i] >= buffer.bytes));
                CHECK((trial.conflict >= 0) == conflict);
                if (trial.suitable()) {
                    CHECK(!step.created);
                    CHECK(sizes[static_cast<std::size_t>(step.chosen)] <= sizes[i]);
                }
            }
            if (step.created) {
                tenants.emplace_back();
                sizes.push_back(buffer.bytes);
            } else {
                CHECK(step.trials[static_cast<std::size_t>(step.chosen)].suitable());
            }
            tenants[static_cast<std::size_t>(step.chosen)].push_back(step.buffer);
        }
        REQUIRE(walk.shared_buffers.size() == tenants.size());
        for (std::size_t i = 0; i < tenants.size(); ++i) {
            CHECK(walk.shared_buffers[i].tenants == tenants[i]);
        }
    }
}

}  // namespace whittle
