#include "core/deploy/cost_model.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include "core/deploy/board_fit.h"
#include "core/deploy/code_layout.h"
#include "tests/support/sample_graphs.h"

namespace whittle {
namespace {

Deployment deployed(const Graph& graph) {
    auto deployment = prepare_deployment(graph, InputsOutputs::with_caller);
    REQUIRE(deployment.ok());
    return std::move(*deployment);
}

double term(const Work& work, WorkTerm which) { return work[static_cast<std::size_t>(which)]; }

}  // namespace

TEST_CASE(
    "the table knows every exportable board that was measured, and every part that another uses") {
    for (const Board& board : exportable_boards()) {
        if (board.code_like != std::string_view(board.name)) continue;
        CAPTURE(std::string(board.name));
        std::set<std::string> names;
        for (const CodePart& part : code_parts()) {
            if (std::string(part.board) == board.name) CHECK(names.insert(part.name).second);
        }
        CHECK(names.count("whittle_conv2d_int8") == 1);
        for (const CodePart& part : code_parts()) {
            if (std::string(part.board) != board.name) continue;
            CHECK(part.bytes > 0);
            CHECK(part.frame_bytes >= 0);
            std::string uses = std::string(part.uses) + " ";
            while (uses.size() > 1) {
                CAPTURE(uses);
                CHECK(names.count(uses.substr(0, uses.find(' '))) == 1);
                uses.erase(0, uses.find(' ') + 1);
            }
        }
        for (const KernelWork& work : kernel_works()) {
            if (std::string(work.board) != board.name) continue;
            CHECK(names.count(work.kernel) == 1);
            CHECK(work.cycles_per_instruction >= 1.0);
        }
    }
}

TEST_CASE("the work of dense layers is their MACs and outputs") {
    const Deployment deployment = deployed(test::int8_graph());
    const Work work = work_of(deployment, 0);
    CHECK(term(work, WorkTerm::call) == 1.0);
    CHECK(term(work, WorkTerm::rows) == 1.0);
    CHECK(term(work, WorkTerm::outputs) == 3.0);
    CHECK(term(work, WorkTerm::inputs) == 2.0);
    CHECK(term(work, WorkTerm::macs) == 6.0);
    CHECK(term(work, WorkTerm::taps) == 0.0);
}

TEST_CASE("memory is laid out as the compiler and the linker do") {
    // Constants, the last first: params 32, shifts 1 + 3 of padding, multipliers 4, bias 8, weights
    // 6 + 2; params 32, shifts 3 + 1, multipliers 12, bias 12, weights 6 + 2.
    const Deployment deployment = deployed(test::int8_graph());
    CHECK(constant_flash_bytes(deployment) == 124);
    // Output 2, input 2; arena 3 + 1.
    CHECK(static_ram_bytes(deployment) == 8);
    const InvokeShape shape = invoke_shape(deployment);
    CHECK(shape.calls == 2);
    CHECK(shape.constants == 10);
    CHECK(shape.stack_arguments == 6);
    CHECK(shape.most_stack_arguments == 3);
    CHECK(shape.arena_operands == 2);
}

TEST_CASE("what was never measured is unknown, and says so") {
    const Deployment deployment = deployed(test::int8_graph());
    const FirmwareCost uno = firmware_cost(deployment, *board_named("uno"));
    CHECK(!uno.flash_bytes);
    CHECK(!uno.stack_bytes);
    CHECK(!uno.instructions);
    CHECK(uno.unknown ==
          "no estimate for Arduino Uno: there is no emulator here to measure AVR code on");
    CHECK(uno.static_ram_bytes == 8);
    CHECK(uno.constant_bytes == 124);
    Deployment strange = deployment;
    strange.ops[1].kernel = "whittle_of_tomorrow";
    const FirmwareCost cost = firmware_cost(strange, *board_named("pico"));
    CHECK(!cost.flash_bytes);
    CHECK(cost.unknown ==
          "operator 1 (fully_connected): its kernel whittle_of_tomorrow was never measured");
}

TEST_CASE("float layers have a cost on every board that was measured, whatever library they need") {
    const Deployment deployment = deployed(test::mixed_graph());
    for (const Board& board : all_boards()) {
        if (*board.code_like == '\0') continue;
        CAPTURE(std::string(board.name));
        const FirmwareCost cost = firmware_cost(deployment, board);
        CHECK_MESSAGE(cost.unknown.empty(), cost.unknown);
        REQUIRE(cost.flash_bytes);
        CHECK(*cost.flash_bytes > cost.constant_bytes);
        CHECK(*cost.stack_bytes > 0);
    }
}

TEST_CASE("boards with the same code have the same cost, and time by their clocks") {
    const Deployment deployment = deployed(test::sine_graph());
    const FirmwareCost slow = firmware_cost(deployment, *board_named("microbit"));
    const FirmwareCost fast = firmware_cost(deployment, *board_named("pico"));
    REQUIRE(slow.instructions);
    CHECK(*slow.instructions == *fast.instructions);
    CHECK(*slow.flash_bytes == *fast.flash_bytes);
    CHECK(slow.op_instructions.size() == 3);
    const double ratio = *estimated_seconds(slow, *board_named("microbit")) /
                         *estimated_seconds(fast, *board_named("pico"));
    CHECK(ratio == doctest::Approx(133.0 / 16.0));
}

TEST_CASE("a board that is too small says by how much, and what would help") {
    const Deployment deployment = deployed(test::sine_graph());
    Board board = *board_named("microbit");
    const FirmwareCost cost = firmware_cost(deployment, board);
    CHECK(fit_on_board(deployment, cost, board).fits);
    CHECK(fit_on_board(deployment, cost, board).advice.empty());
    board.flash_bytes = *cost.flash_bytes - 1;
    board.usable_ram_bytes = cost.ram_bytes() - 7;
    const BoardFit fit = fit_on_board(deployment, cost, board);
    CHECK_FALSE(fit.fits);
    CHECK(fit.missing_flash == 1);
    CHECK(fit.missing_ram == 7);
    std::string advice;
    for (const std::string& each : fit.advice) advice += each + "; ";
    CHECK(advice.find("int8 (whittle quantize) would take about") != std::string::npos);
    CHECK(advice.find("of weights and parameters instead of") != std::string::npos);
    CHECK(advice.find("an arena of at most 121 bytes: it is fullest at step 1") !=
          std::string::npos);
    board.external_flash_bytes = 1024 * 1024;
    board.external_ram_bytes = 1024 * 1024;
    advice.clear();
    for (const std::string& each : fit_on_board(deployment, cost, board).advice) advice += each;
    CHECK(advice.find("external flash of 1,048,576 bytes") != std::string::npos);
    CHECK(advice.find("external RAM of 1,048,576 bytes") != std::string::npos);
    board.flash_bytes = 0;
    CHECK(fit_on_board(deployment, cost, board).missing_flash == 0);
}

}  // namespace whittle
