// Predictions of core/deploy/cost_model.h against what emulated boards measure, for models that the
// table was not fitted on.

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "core/base/platform/files.h"
#include "core/compress/quantize.h"
#include "core/deploy/codegen.h"
#include "core/deploy/cost_model.h"
#include "core/deploy/tflite_file.h"
#include "core/train/recipe.h"
#include "core/train/trainer.h"
#include "lessons/22-counting-cost/designs.h"
#include "native/boards/emulator.h"
#include "native/boards/firmware_project.h"
#include "tests/support/boards.h"
#include "tests/support/shared_data.h"
#include "tests/support/window_pairs.h"

namespace whittle {
namespace {

// What `whittle train sine` and `whittle quantize` make.
Graph trained_sine() {
    const Recipe& recipe = *recipe_named("sine");
    Graph graph = recipe.model(1);
    const auto data = recipe.data(std::nullopt, 1);
    REQUIRE(data.ok());
    auto trainer = Trainer::make(graph, data->train, &data->validation, recipe.options);
    REQUIRE(trainer.ok());
    REQUIRE((*trainer)->run([](const EpochReport&) { return true; }).ok());
    auto quantized = quantize_int8(graph, std::get<std::vector<float>>(data->train.features));
    REQUIRE(quantized.ok());
    return std::move(*quantized);
}

std::int64_t harness_ram_bytes() {
    return 260;  // measured_run.c: a path of 256 bytes and its length
}

void check_prediction(const Graph& graph, const char* board_name) {
    const Board& board = *board_named(board_name);
    CAPTURE(std::string(board_name));
    if (!test::firmware_builds(board)) return;
    const auto deployment =
        prepare_deployment(graph, InputsOutputs::with_caller, {}, board.kernels);
    REQUIRE(deployment.ok());
    const FirmwareCost cost = firmware_cost(*deployment, board);
    REQUIRE_MESSAGE(cost.unknown.empty(), cost.unknown);

    const auto code = generate_c(graph, "net", {}, board.kernels);
    REQUIRE(code.ok());
    const auto folder = make_temporary_folder();
    REQUIRE(folder.ok());
    const auto project = write_firmware_project(*code, graph, "net", board, *folder);
    REQUIRE(project.ok());
    const auto build = build_firmware(*project);
    REQUIRE_MESSAGE(build.ok(), build.error().message());
    std::size_t input_bytes = 0;
    for (const int input : graph.inputs) input_bytes += graph.tensor(input).bytes();
    std::vector<std::uint8_t> inputs(input_bytes);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        inputs[i] = static_cast<std::uint8_t>(37 * i + 11);
    }
    const auto run = run_measured_firmware(board, build->measure_elf, inputs, 1);
    remove_folder(*folder);
    REQUIRE_MESSAGE(run.ok(), run.error().message());

    CHECK(cost.arena_bytes == run->arena_bytes);
    CHECK(cost.static_ram_bytes == build->ram_bytes);
    // Measured with the harness, and a word at most that aligns it.
    const std::int64_t aligning =
        run->static_ram_bytes - cost.static_ram_bytes - harness_ram_bytes();
    CHECK((aligning == 0 || aligning == 4));
    CHECK(*cost.stack_bytes >= run->stack_bytes);
    CHECK(*cost.stack_bytes <= run->stack_bytes + 64);
    CHECK(std::abs(*cost.flash_bytes - build->flash_bytes) * 100 <= build->flash_bytes);
    const std::int64_t instructions = run->mean_instructions();
    CHECK(std::abs(*cost.instructions - instructions) * 10 <= instructions);
    MESSAGE(std::string(board_name)
            << ": arena " << cost.arena_bytes << ", static " << cost.static_ram_bytes << "; stack "
            << *cost.stack_bytes << ", measured " << run->stack_bytes << "; flash "
            << *cost.flash_bytes << ", measured " << build->flash_bytes << "; instructions "
            << *cost.instructions << ", measured " << instructions);
}

void check_reference(const char* name, const char* board_name) {
    CAPTURE(std::string(name));
    const auto path = test::shared_data(std::string("models/") + name + ".tflite");
    if (!path) return;
    const auto bytes = read_file(*path);
    REQUIRE(bytes.ok());
    const auto graph = read_tflite(*bytes);
    REQUIRE(graph.ok());
    check_prediction(*graph, board_name);
}

}  // namespace

TEST_CASE("costs predicted for the sine net are those that boards measure") {
    const Graph sine = trained_sine();
    check_prediction(sine, "mps2-an386");
    check_prediction(sine, "microbit");
    check_prediction(sine, "rv32-virt");
}

TEST_CASE("costs predicted for the anomaly detector are those that boards measure") {
    check_reference("ad01_int8", "mps2-an386");
    check_reference("ad01_int8", "rv32-virt");
}

TEST_CASE("costs predicted for the keyword spotter are those that all boards' code measures") {
    check_reference("kws_ref_model", "mps2-an386");
    check_reference("kws_ref_model", "mps2-an385");
    check_reference("kws_ref_model", "mps3-an547");
    check_reference("kws_ref_model", "rv32-virt");
}

TEST_CASE("costs predicted for pictures are those that the board measures") {
    check_reference("pretrainedResnet_quant", "mps2-an386");
    check_reference("vww_96_int8", "mps2-an386");
}

TEST_CASE("costs predicted for operators in turns are those that boards measure") {
    const WindowSteps same{Padding::same, 1, 1, 1, 1};
    const WindowSteps halves{Padding::valid, 2, 2, 1, 1};
    test::WindowPair pair{
        OpKind::conv2d, DType::int8, {1, 20, 18, 3}, {12, 3, 3, 3}, {{}, same, 0}};
    pair.pooling = {Activation::none, 2, 2, halves};
    const Graph pooled = test::graph_of(pair);
    pair.second = OpKind::depthwise_conv2d;
    pair.second_weights = {1, 3, 3, 12};
    pair.second_steps = {{}, halves, 1};
    const Graph convolved = test::graph_of(pair);
    for (const char* board : {"mps2-an386", "microbit", "mps3-an547", "rv32-virt"}) {
        check_prediction(pooled, board);
        check_prediction(convolved, board);
    }
}

TEST_CASE("costs that the lesson counting-cost predicts are those that boards measure") {
    const auto net = make_design({.side = 16, .filters = 4});
    const std::vector<float> sample(3 * 16 * 16, 0.5f);
    const auto small = quantize_int8(net, sample);
    REQUIRE(small.ok());
    check_prediction(*small, "microbit");
    check_prediction(*small, "mps2-an386");
}

}  // namespace whittle
