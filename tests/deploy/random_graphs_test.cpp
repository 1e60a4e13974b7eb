#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "core/deploy/program_image.h"
#include "core/memory/exact.h"
#include "core/memory/node_order.h"
#include "tests/support/guarded_run.h"
#include "tests/support/random_graph.h"
#include "tests/support/random_int8_net.h"

namespace whittle::test {
namespace {

std::string message_of(const Status& status) { return status.ok() ? "" : status.error().message(); }

TensorLifetimes lifetimes_with(Graph graph, const Savings& savings) {
    const auto ops = prepare_operators(graph);
    REQUIRE_MESSAGE(ops.ok(), (ops.ok() ? "" : ops.error().message()));
    return lifetimes_of(graph, InputsOutputs::in_arena, kernel_overlaps(graph, *ops, savings));
}

// Every planner's plan is valid, none is smaller than the exact one, none below the bound.
ExactPlan check_planners(const TensorLifetimes& lifetimes) {
    constexpr std::int64_t kAlignment = 4;
    const std::vector<Buffer>& buffers = lifetimes.buffers;
    const std::vector<Overlap>& overlaps = lifetimes.overlaps;
    REQUIRE(message_of(validate_buffers(buffers, kAlignment)) == "");
    REQUIRE(message_of(validate_overlaps(buffers, overlaps)) == "");
    const std::int64_t bound = lower_bound_bytes(buffers, kAlignment, overlaps);
    ExactPlan exact = plan_exactly(buffers, kAlignment, {.max_nodes = 2000}, overlaps);
    CHECK(message_of(check_plan(buffers, kAlignment, exact.plan, overlaps)) == "");
    CHECK(exact.plan.lower_bound_bytes >= bound);
    for (const PlannerInfo& info : all_planners()) {
        const ArenaPlan plan = plan_with(info.planner, buffers, kAlignment, overlaps);
        CHECK(message_of(check_plan(buffers, kAlignment, plan, overlaps)) == "");
        CHECK(plan.arena_bytes >= bound);
        CHECK(exact.plan.arena_bytes <= plan.arena_bytes);
    }
    return exact;
}

std::vector<std::uint8_t> outputs_of(const Graph& graph, const Savings& savings) {
    auto program = Program::from_graph(graph, savings);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    Random random(4);
    std::vector<std::uint8_t> inputs(program->input_bytes());
    for (std::size_t i = 0; i < inputs.size(); i += 4) {
        const float value = random.uniform(-1.0f, 1.0f);
        std::memcpy(inputs.data() + i, &value, 4);
    }
    std::vector<std::uint8_t> outputs(program->output_bytes());
    program->run(inputs, outputs);
    return outputs;
}

}  // namespace

TEST_CASE("1,000 random graphs: every planner valid, exact <= all others >= the bound") {
    Random random(11);
    int proved = 0;
    int smaller = 0;
    std::size_t most_buffers = 0;
    for (int round = 0; round < 1000; ++round) {
        CAPTURE(round);
        const Graph graph = random_graph(random, round % 4 == 0 ? 200 : 50);
        const ExactPlan plain = check_planners(lifetimes_with(graph, Savings::none()));
        const TensorLifetimes lifetimes = lifetimes_with(graph, {});
        const ExactPlan saving = check_planners(lifetimes);
        if (saving.proved_optimal()) CHECK(saving.plan.arena_bytes <= plain.plan.arena_bytes);
        smaller += saving.plan.arena_bytes < plain.plan.arena_bytes;
        proved += plain.proved_optimal() + saving.proved_optimal();
        most_buffers = std::max(most_buffers, lifetimes.buffers.size());
    }
    MESSAGE("proved optimal: " << proved << " of 2,000; smaller with overlaps: " << smaller
                               << " of 1,000");
    CHECK(most_buffers > 190);
    CHECK(most_buffers <= 200);
    CHECK(proved > 1000);
    CHECK(smaller > 500);
}

TEST_CASE("Random graphs: whatever is saved, the outputs are the same") {
    Random random(12);
    for (int round = 0; round < 40; ++round) {
        CAPTURE(round);
        const Graph graph = random_graph(random, 40);
        const auto expected = outputs_of(graph, Savings::none());
        CHECK(outputs_of(graph, {}) == expected);
        CHECK(outputs_of(graph, {.in_place = false, .overlap = true, .reorder = false}) ==
              expected);
        CHECK(outputs_of(graph, {.in_place = true, .overlap = false, .reorder = true}) == expected);
    }
}

TEST_CASE("Random graphs: an order that is found runs, and keeps no more alive") {
    Random random(13);
    int better = 0;
    for (int round = 0; round < 60; ++round) {
        CAPTURE(round);
        const Graph graph = random_graph(random, 24);
        const NodeOrder order = lowest_order(graph, InputsOutputs::in_arena, {});
        Graph ordered = graph;
        for (std::size_t i = 0; i < order.nodes.size(); ++i) {
            ordered.nodes[i] = graph.nodes[static_cast<std::size_t>(order.nodes[i])];
        }
        CHECK(message_of(validate(ordered)) == "");
        const auto bound = [](const Graph& g) {
            return lower_bound_bytes(lifetimes_of(g, InputsOutputs::in_arena).buffers, 4);
        };
        CHECK(bound(ordered) <= bound(graph));
        better += bound(ordered) < bound(graph);
    }
    MESSAGE("better orders: " << better << " of 60");
    CHECK(better > 5);
}

TEST_CASE("Random int8 nets: the same bytes with all kernels of this machine, planned and apart") {
    Random random(31);
    int fast = 0;
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        const Graph graph = random_int8_net(random);
        std::size_t count = 0;
        for (const int input : graph.inputs) count += graph.tensor(input).bytes();
        std::vector<std::uint8_t> inputs(count);
        for (std::uint8_t& byte : inputs) byte = static_cast<std::uint8_t>(random.below(256));
        std::optional<std::vector<std::uint8_t>> expected;
        for (const InstructionSet set : host_instruction_sets()) {
            CAPTURE(std::string(instruction_set_name(set)));
            const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, {}, set);
            REQUIRE_MESSAGE(deployment.ok(), (deployment.ok() ? "" : deployment.error().message()));
            for (const PreparedOp& op : deployment->ops) fast += op.variant >> 8 != 0 ? 1 : 0;
            const auto planned = run_image(*deployment, inputs, 0x5A);
            REQUIRE(planned.has_value());
            if (!expected) expected = planned;
            CHECK(planned == expected);
            CHECK(run_apart(*deployment, inputs, 0xA5) == expected);
        }
    }
    CHECK((fast > 300 || host_instruction_sets().size() == 1));
}

}  // namespace whittle::test
