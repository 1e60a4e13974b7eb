#include "native/boards/emulator.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "core/base/platform/files.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/builder.h"
#include "core/runtime/interpreter.h"
#include "native/boards/firmware_project.h"
#include "tests/support/boards.h"
#include "tests/support/environment.h"
#include "tests/support/sample_graphs.h"
#include "tests/support/shared_data.h"

using namespace whittle;

namespace {

using Bytes = std::vector<std::uint8_t>;

// A float net with `features` inputs and `units` outputs.
Graph float_net(std::int32_t features, std::int32_t units) {
    Random random(1);
    GraphBuilder builder;
    const int input = builder.input("x", {features});
    const int hidden = builder.fully_connected(input, 16, Activation::relu, random);
    const int output = builder.fully_connected(hidden, units, Activation::none, random);
    return std::move(builder).finish({output});
}

Bytes image_of(const Graph& graph, const Savings& savings = {}) {
    const auto program = Program::from_graph(graph, savings, InstructionSet::reference);
    REQUIRE_MESSAGE(program.ok(), program.error().message());
    return {program->image().begin(), program->image().end()};
}

Bytes random_floats(std::size_t count) {
    Random random(7);
    Bytes bytes;
    for (std::size_t i = 0; i < count; ++i) {
        const float value = random.uniform(-3.0f, 3.0f);
        const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
        bytes.insert(bytes.end(), from, from + sizeof value);
    }
    return bytes;
}

Bytes run_here(const Graph& graph, const Bytes& inputs) {
    auto program = Program::from_graph(graph);
    REQUIRE(program.ok());
    Bytes outputs(inputs.size() / program->input_bytes() * program->output_bytes());
    for (std::size_t k = 0; k * program->input_bytes() < inputs.size(); ++k) {
        program->run(
            std::span(inputs).subspan(k * program->input_bytes(), program->input_bytes()),
            std::span(outputs).subspan(k * program->output_bytes(), program->output_bytes()));
    }
    return outputs;
}

// A reference model with its inputs and expected outputs, one after another.
struct Reference {
    Graph graph;
    Bytes inputs;
    Bytes expected;
    std::size_t inferences = 0;
};

std::optional<Reference> reference_model(const std::string& name) {
    const auto model = test::shared_data("models/" + name + ".tflite");
    const auto golden = test::shared_data("golden/" + name);
    if (!model || !golden) return std::nullopt;
    auto graph = read_tflite(*read_file(*model));
    REQUIRE_MESSAGE(graph.ok(), graph.error().message());
    Reference reference{.graph = std::move(*graph), .inputs = {}, .expected = {}};
    for (;; ++reference.inferences) {
        const std::string suffix = std::to_string(reference.inferences) + ".bin";
        if (!file_exists(*golden + "/input_" + suffix)) break;
        const auto input = read_file(*golden + "/input_" + suffix);
        const auto expected = read_file(*golden + "/expected_" + suffix);
        REQUIRE(input.ok());
        REQUIRE(expected.ok());
        reference.inputs.insert(reference.inputs.end(), input->begin(), input->end());
        reference.expected.insert(reference.expected.end(), expected->begin(), expected->end());
    }
    REQUIRE(reference.inferences > 0);
    return reference;
}

void check_reference_on(const Board& board, const std::string& model) {
    if (!test::board_ready(board, "runner")) return;
    const auto reference = reference_model(model);
    if (!reference) return;
    const auto image = board_image(reference->graph, board);
    REQUIRE_MESSAGE(image.ok(), image.error().message());
    const auto run = run_on_board(board, *image, reference->inputs, reference->inferences);
    REQUIRE_MESSAGE(run.ok(), run.error().message());
    CHECK(run->outputs == reference->expected);
    CHECK(run->instructions.size() == reference->inferences);
    CHECK(run->arena_bytes <= board.ram_bytes);
    MESSAGE(model << " on " << std::string(board.name) << ": " << run->mean_instructions()
                  << " instructions, stack " << run->stack_bytes << ", arena " << run->arena_bytes
                  << ", flash " << run->flash_bytes << ", static RAM " << run->static_ram_bytes);
}

// Boards for models of several hundred kilobytes. Smaller ones take minutes for them.
bool is_large(const Board& board) {
    return board.flash_bytes >= 512 * 1024 && board.usable_ram_bytes >= 64 * 1024;
}

// One inference, which is tens of millions of instructions.
void check_keywords_on(const Board& board) {
    if (!test::board_ready(board, "runner")) return;
    const auto reference = reference_model("kws_ref_model");
    if (!reference) return;
    const auto image = board_image(reference->graph, board);
    REQUIRE_MESSAGE(image.ok(), image.error().message());
    const std::size_t input_bytes = reference->inputs.size() / reference->inferences;
    const std::size_t output_bytes = reference->expected.size() / reference->inferences;
    const auto run =
        run_on_board(board, *image, std::span(reference->inputs).first(input_bytes), 1);
    REQUIRE_MESSAGE(run.ok(), run.error().message());
    CHECK(std::equal(run->outputs.begin(), run->outputs.end(), reference->expected.begin(),
                     reference->expected.begin() + static_cast<std::ptrdiff_t>(output_bytes)));
    CHECK(run->arena_bytes <= 12'288);
}

// The error of a run of `image` on the micro:bit, with inputs of `input_bytes` for `inferences`.
Error failure(const Bytes& image, std::size_t input_bytes, std::size_t inferences) {
    const auto run = run_on_board(*board_named("microbit"), image, Bytes(input_bytes), inferences);
    REQUIRE_FALSE(run.ok());
    CHECK(run.error().place == "board microbit");
    return run.error();
}

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("hello_world_int8 gives the reference outputs on every board") {
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        check_reference_on(board, "hello_world_int8");
    }
}

TEST_CASE("ad01_int8 gives the reference outputs on every board that holds it") {
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (is_large(board)) check_reference_on(board, "ad01_int8");
    }
}

TEST_CASE("kws_ref_model gives the reference outputs on every board that holds it") {
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (is_large(board)) check_keywords_on(board);
    }
}

TEST_CASE("a program gives the same bytes on every board as here") {
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (!test::board_ready(board, "runner")) continue;
        for (const std::int32_t features : {1, 3, 16}) {
            const Graph graph = float_net(features, 5);
            const Bytes inputs = random_floats(static_cast<std::size_t>(features) * 9);
            const auto run = run_on_board(board, image_of(graph), inputs, 9);
            REQUIRE_MESSAGE(run.ok(), run.error().message());
            CHECK(run->outputs == run_here(graph, inputs));
            CHECK(run->not_counted == "");
            CHECK(run->instructions.size() == 9);
            CHECK(run->arena_bytes ==
                  static_cast<std::int64_t>(4 * std::max(features + 16, 16 + 5)));
            CHECK(run->stack_bytes > 0);
            CHECK(run->flash_bytes > static_cast<std::int64_t>(image_of(graph).size()));
        }
    }
}

TEST_CASE("sums of 32 bits over int16 give the same bytes on every board as here") {
    const Graph graph = test::narrow_sums_graph();
    const Bytes inputs = random_floats(8 * 9);
    const Bytes expected = run_here(graph, inputs);
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (!test::board_ready(board, "runner")) continue;
        const auto run = run_on_board(board, image_of(graph), inputs, 9);
        REQUIRE_MESSAGE(run.ok(), run.error().message());
        CHECK(run->outputs == expected);
    }
}

TEST_CASE("more work takes more instructions, and the same work the same") {
    const Board& board = *board_named("microbit");
    if (!test::board_ready(board, "runner")) return;
    const Bytes inputs(4 * 4 * 3);
    const auto small = run_on_board(board, image_of(float_net(4, 1)), inputs, 3);
    const auto large = run_on_board(board, image_of(float_net(4, 40)), inputs, 3);
    REQUIRE(small.ok());
    REQUIRE(large.ok());
    CHECK(small->instructions[0] == small->instructions[1]);
    CHECK(small->instructions[0] == small->instructions[2]);
    CHECK(large->instructions[0] > small->instructions[0] + 39 * 16);
}

TEST_CASE("generated firmware gives the same bytes as the interpreter, here and on the boards") {
    const auto reference = reference_model("hello_world_int8");
    if (!reference) return;
    Bytes inputs(256);
    for (std::size_t i = 0; i < 256; ++i) inputs[i] = static_cast<std::uint8_t>(i);
    const Bytes expected = run_here(reference->graph, inputs);
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (!test::firmware_builds(board)) continue;
        const auto code = generate_c(reference->graph, "hello", {}, board.kernels);
        REQUIRE_MESSAGE(code.ok(), code.error().message());
        const auto folder = make_temporary_folder();
        REQUIRE(folder.ok());
        const auto project =
            write_firmware_project(*code, reference->graph, "hello", board, *folder);
        REQUIRE_MESSAGE(project.ok(), project.error().message());
        const auto build = build_firmware(*project);
        REQUIRE_MESSAGE(build.ok(), build.error().message());
        const auto run = run_measured_firmware(board, build->measure_elf, inputs, 256);
        REQUIRE_MESSAGE(run.ok(), run.error().message());
        CHECK(run->outputs == expected);
        CHECK(run->arena_bytes == code->arena_bytes);
        const auto release = run_release(*project, *build, 4);
        REQUIRE_MESSAGE(release.ok(), release.error().message());
        REQUIRE(release->size() == 4);
        remove_folder(*folder);
        // The project's promise: without printing, weights included.
        CHECK(build->flash_bytes <= 3072);
        CHECK(build->ram_bytes <= 512);
        // Both run the same code on an input of 0; the marks around it differ by a few
        // instructions of the callers (two calls and their arguments).
        REQUIRE(run->instructions.size() == 256);
        CHECK(std::abs(release->at(0) - run->instructions[0]) <= 16);
        MESSAGE("hello on " << std::string(board.name) << ": flash " << build->flash_bytes
                            << ", RAM " << build->ram_bytes << ", stack " << run->stack_bytes
                            << ", arena " << run->arena_bytes << ", " << run->mean_instructions()
                            << " instructions, release " << release->at(0));
    }
}

TEST_CASE("what a board cannot run is refused with the reason") {
    if (!test::board_ready(*board_named("microbit"), "runner")) return;
    const Bytes image = image_of(float_net(4, 2));
    CHECK(mentions(failure(image, 0, 0).found, "0 inferences"));
    CHECK(mentions(failure(image, 17, 2).found, "17 bytes"));
    CHECK(mentions(failure(image, 17, 1).found, "no whole number of inferences"));
    CHECK(mentions(failure(image, 32, 1).expected, "1 inferences"));
    Bytes damaged = image;
    damaged[damaged.size() - 1] ^= 1;
    CHECK(
        mentions(failure(damaged, 16, 1).found, whittle_program_status_text(WHITTLE_BAD_CHECKSUM)));
    CHECK(
        mentions(failure(Bytes(64), 16, 1).found, whittle_program_status_text(WHITTLE_BAD_MAGIC)));
    CHECK(mentions(failure(Bytes(), 16, 1).found, whittle_program_status_text(WHITTLE_BAD_MAGIC)));
    CHECK(mentions(failure(image_of(float_net(4000, 2)), 16000, 1).expected, "at most"));
    CHECK(mentions(failure(image_of(float_net(1, 4000)), 4, 1).expected, "at most"));
}

TEST_CASE("an arena larger than the board's RAM is refused by the board") {
    if (!test::board_ready(*board_named("microbit"), "runner")) return;
    Random random(1);
    GraphBuilder builder;
    const int input = builder.input("x", {3000});
    const int output = builder.apply(OpKind::relu, {input});
    const Graph graph = std::move(builder).finish({builder.apply(OpKind::relu, {output})});
    CHECK(mentions(failure(image_of(graph, Savings::none()), 12000, 1).found,
                   whittle_program_status_text(WHITTLE_ARENA_TOO_SMALL)));
}

TEST_CASE("a firmware that is not built is named, with a hint") {
    const test::EnvironmentVariable firmware("WHITTLE_FIRMWARE", "/nowhere");
    const Error error = failure(image_of(float_net(1, 1)), 4, 1);
    CHECK(mentions(error.expected, "/nowhere/runner-microbit.elf"));
    CHECK(mentions(error.hint, "./play"));
}

TEST_CASE("a missing emulator or cross compiler is named, with a hint") {
    const Board& board = *board_named("microbit");
    const Graph graph = float_net(1, 1);
    const auto code = generate_c(graph, "net");
    REQUIRE(code.ok());
    const auto folder = make_temporary_folder();
    REQUIRE(folder.ok());
    const auto project = write_firmware_project(*code, graph, "net", board, *folder);
    REQUIRE(project.ok());
    const bool ready = test::board_ready(board, "runner");
    const test::EnvironmentVariable path("PATH", "/nowhere");
    const auto build = build_firmware(*project);
    REQUIRE_FALSE(build.ok());
    CHECK(mentions(build.error().expected, "arm-none-eabi-gcc"));
    CHECK(mentions(build.error().hint, "./play"));
    CHECK(file_exists(*folder + "/net.c"));
    remove_folder(*folder);
    if (!ready) return;
    const Error error = failure(image_of(graph), 4, 1);
    CHECK(mentions(error.expected, "qemu-system-arm"));
    CHECK(mentions(error.hint, "./play"));
}

TEST_CASE(
    "a board's files may lie in a folder with commas and spaces, but not with too long a path") {
    const Board& board = *board_named("microbit");
    if (!test::board_ready(board, "runner")) return;
    const auto outer = make_temporary_folder();
    REQUIRE(outer.ok());
    const Graph graph = float_net(2, 2);
    const Bytes inputs = random_floats(2);
    {
        const std::string folder = *outer + "/a, b,,c d=e";
        REQUIRE(make_folder(folder).ok());
        const test::EnvironmentVariable temporary("TMPDIR", folder);
        const auto run = run_on_board(board, image_of(graph), inputs, 1);
        REQUIRE_MESSAGE(run.ok(), run.error().message());
        CHECK(run->outputs == run_here(graph, inputs));
        CHECK(run->instructions.size() == 1);
    }
    {
        const std::string folder = *outer + "/" + std::string(240, 'x');
        REQUIRE(make_folder(folder).ok());
        const test::EnvironmentVariable temporary("TMPDIR", folder);
        const Error error = failure(image_of(graph), 8, 1);
        CHECK_MESSAGE(mentions(error.hint, "TMPDIR"), error.message());
    }
    remove_folder(*outer);
}
