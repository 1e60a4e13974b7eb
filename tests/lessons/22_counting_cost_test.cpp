#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/deploy/cost_model.h"
#include "core/deploy/program_image.h"
#include "lessons/22-counting-cost/lab.h"
#include "tests/support/labs.h"

namespace whittle {
namespace {

using test::go;
using test::reading;
using test::shown;
using test::ticked;

using After = test::After<CountingCostLab>;

TEST_CASE("counting-cost: the nets of the prediction") {
    const After a("kind=dense&layers=1&units=20&inputs=784");
    CHECK(reading(a, "parameters") == 15910);
    CHECK(reading(a, "macs") == 784 * 20 + 20 * 10);
    CHECK(reading(a, "weight-bytes") == 63640);
    const After small("kind=dense&layers=1&units=20&inputs=784&numbers=int8");
    CHECK(reading(small, "weight-bytes") == 16000);
    const CountingCostLab b;
    CHECK(reading(b, "parameters") == 6362);
    CHECK(reading(b, "macs") == 203072);
    CHECK(reading(b, "macs") / reading(a, "macs") > 12.7);
    CHECK(reading(b, "macs") / reading(a, "macs") < 13);
    CHECK(shown(b, "time") == "12.7");
    CHECK(reading(b, "arena-apart") == 20480);
    CHECK(reading(After("numbers=int8"), "arena-apart") == 5120);
    CHECK(reading(b, "arena") < 20480);
    REQUIRE(b.layers().size() == 6);
    CHECK(b.layers()[0].name == "1 conv2d");
    CHECK(b.layers()[0].shape == "16 x 16 x 8");
    CHECK(b.layers()[0].macs == 55296);
    CHECK(b.layers()[2].parameters == 4640);
}

TEST_CASE("counting-cost: the formulas give what the core counts") {
    for (const int side : {8, 33, 96}) {
        for (const int filters : {1, 5, 32}) {
            for (const bool separable : {false, true}) {
                CountingCostLab lab;
                go(lab, std::string("kind=") + (separable ? "separable" : "conv") +
                            "&layers=4&channels=2&side=" + std::to_string(side) +
                            "&filters=" + std::to_string(filters));
                std::int64_t parameters = 0;
                std::int64_t macs = 0;
                std::int64_t in = 2;
                std::int64_t out = filters;
                std::int64_t edge = side;
                for (int layer = 0; layer < 4; ++layer) {
                    edge = (edge + 1) / 2;
                    if (layer > 0 && separable) {
                        parameters += 9 * in + in + in * out + out;
                        macs += edge * edge * (9 * in + in * out);
                    } else {
                        parameters += 9 * in * out + out;
                        macs += edge * edge * 9 * in * out;
                    }
                    in = out;
                    out *= 2;
                }
                parameters += in * 10 + 10;
                macs += in * 10;
                CAPTURE(side);
                CAPTURE(filters);
                CHECK(reading(lab, "parameters") == static_cast<double>(parameters));
                CHECK(reading(lab, "macs") == static_cast<double>(macs));
                CHECK(reading(lab, "weight-bytes") == 4 * static_cast<double>(parameters));
            }
        }
    }
}

TEST_CASE("counting-cost: the arena that is told is the one that the interpreter takes") {
    for (const char* kind : {"dense", "conv", "separable"}) {
        const After lab(std::string("kind=") + kind);
        const Result<Program> program =
            Program::from_graph(make_design(lab.design()), {}, InstructionSet::reference);
        REQUIRE(program.ok());
        CHECK(reading(lab, "arena") == static_cast<double>(program->arena_bytes()));
        CHECK(reading(lab, "image") == static_cast<double>(program->image().size()));
        CHECK(reading(lab, "image") > reading(lab, "weight-bytes"));
    }
}

TEST_CASE("counting-cost: separable layers save what the lesson states") {
    CHECK(shown(After("kind=separable&channels=1&filters=32&layers=4"), "saving") == "7.21");
    CHECK(shown(After("kind=separable&filters=8&layers=4"), "saving") == "3.13");
    CHECK(reading(After("kind=conv"), "saving") == 1);
    CHECK(reading(After("kind=dense"), "saving") == 1);
}

TEST_CASE("counting-cost: every board says whether the net fits") {
    std::int64_t smallest_ram = 1 << 30;
    std::int64_t slowest = 1 << 30;
    for (std::size_t board = 0; board < all_boards().size(); ++board) {
        CountingCostLab lab;
        const Board& facts = all_boards()[board];
        CAPTURE(std::string(facts.name));
        go(lab, std::string("side=64&board=") + facts.name);
        const CountingCostLab::Fit& fit = lab.chosen_fit();
        CHECK(fit.board == &facts);
        CHECK(fit.ram == (reading(lab, "ram-share") <= 100));
        CHECK(fit.flash == (reading(lab, "flash-share") <= 100));
        CHECK((shown(lab, "fits") == "yes") == fit.both());
        CHECK(reading(lab, "time") > 0);
        smallest_ram = std::min(smallest_ram, facts.ram_bytes);
        slowest = std::min(slowest, facts.clock_hz);
    }
    CHECK(smallest_ram == 2048);
    CHECK(slowest == 16'000'000);
    const After lab("side=64");
    CHECK(shown(lab, "fits") == "RAM too small");
    CHECK(shown(After("kind=dense&inputs=4096&units=256&numbers=int8"), "fits") ==
          "flash too small");
    std::size_t fits = 0;
    for (const CountingCostLab::Fit& fit : lab.fits()) fits += fit.both() ? 1 : 0;
    CHECK(reading(lab, "boards") == static_cast<double>(fits));
}

TEST_CASE("counting-cost: flash, RAM, stack, instructions and time are those of the cost model") {
    for (const Board& board : all_boards()) {
        CAPTURE(std::string(board.name));
        CountingCostLab lab;
        go(lab, std::string("kind=separable&side=24&board=") + board.name);
        const Graph graph = make_design(lab.design());
        const auto deployment =
            prepare_deployment(graph, InputsOutputs::with_caller, {}, board.kernels);
        REQUIRE(deployment.ok());
        const FirmwareCost cost = firmware_cost(*deployment, board);
        CHECK(reading(lab, "ram") == static_cast<double>(cost.ram_bytes()));
        CHECK(reading(lab, "ram-share") ==
              doctest::Approx(100.0 * static_cast<double>(cost.ram_bytes()) /
                              static_cast<double>(board.usable_ram_bytes)));
        if (*board.code_like == '\0') {
            // Nobody measured it: constants, and neither code nor time.
            CHECK(reading(lab, "flash") == static_cast<double>(cost.constant_bytes));
            CHECK_FALSE(lab.chosen_fit().instructions);
            continue;
        }
        REQUIRE_MESSAGE(cost.unknown.empty(), cost.unknown);
        CHECK(reading(lab, "flash") == static_cast<double>(*cost.flash_bytes));
        CHECK(reading(lab, "stack") == static_cast<double>(*cost.stack_bytes));
        CHECK(reading(lab, "instructions") == static_cast<double>(*cost.instructions));
        CHECK(reading(lab, "predicted-time") ==
              doctest::Approx(1000.0 * *estimated_seconds(cost, board)));
        CHECK(reading(lab, "flash") > reading(lab, "weight-bytes"));
        CHECK(reading(lab, "ram") > reading(lab, "stack"));
        // More than one cycle for each multiplication, on every core without vectors.
        if (board.kernels != InstructionSet::helium) {
            CHECK(reading(lab, "predicted-time") > reading(lab, "time"));
        }
    }
}

TEST_CASE("counting-cost: what the lesson says of the micro:bits") {
    const After first("numbers=int8&board=microbit");
    CHECK(std::round(reading(first, "flash") / 1000) == 12);
    CHECK(std::round(reading(first, "ram") / 100) == 53);
    CHECK(std::abs(reading(first, "predicted-time") - 126) < 3);
    CHECK(reading(first, "instructions") / reading(first, "macs") > 6);
    CHECK(reading(first, "instructions") / reading(first, "macs") < 7);
    const After second("numbers=int8&board=microbit-v2");
    CHECK(std::abs(reading(second, "predicted-time") - 13) < 1);
    CHECK(reading(second, "instructions") / reading(second, "macs") > 2);
    CHECK(reading(second, "instructions") / reading(second, "macs") < 3);
}

TEST_CASE("counting-cost: the goals are reached, and not too soon") {
    CHECK(ticked(After("kind=dense&layers=2&guess-parameters=16330&guess-macs=16280"), "count"));
    CHECK_FALSE(ticked(After("kind=dense&layers=2&guess-parameters=16330"), "count"));
    CHECK_FALSE(
        ticked(After("kind=dense&layers=1&guess-parameters=15910&guess-macs=15880"), "count"));
    CHECK(ticked(After("side=48&filters=4&numbers=int8"), "camera"));
    CHECK_FALSE(ticked(After("side=48&filters=4"), "camera"));
    CHECK(ticked(After("side=16&filters=4&numbers=int8"), "uno"));
    CHECK_FALSE(ticked(After("side=32&filters=4&numbers=int8"), "uno"));
    CHECK(ticked(After("kind=separable&channels=1&filters=32&layers=4"), "separable"));
    CHECK_FALSE(ticked(After("kind=separable&layers=4"), "separable"));
    // A board or a guess counts nothing anew, and links keep both.
    CountingCostLab lab;
    go(lab, "board=uno&guess-macs=203072");
    CHECK(shown(lab, "guess") == "the MACs are right");
    CHECK(shown(After(to_link(lab)), "fits") == "RAM too small");
}

}  // namespace
}  // namespace whittle
