#include "native/boards/firmware_project.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "native/boards/elf_file.h"
#include "native/boards/emulator.h"
#include "tests/support/boards.h"

using namespace whittle;

namespace {

class Folder {
public:
    Folder() : path_(*make_temporary_folder()) {}
    ~Folder() { remove_folder(path_); }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// A model with two inputs and two outputs of different types: sums and differences.
GeneratedCode small_model() {
    GeneratedCode code;
    code.header_name = "small.h";
    code.header =
        "#include <stdint.h>\n"
        "void small_invoke(const int8_t* input0, const float* input1, int8_t* output0, float* "
        "output1);\n";
    code.source_name = "small.c";
    code.source =
        "#include \"small.h\"\n"
        "static float arena[3];\n"
        "static const float offset[2] = {0.5f, 0.25f};\n"
        "void small_invoke(const int8_t* input0, const float* input1, int8_t* output0, float* "
        "output1) {\n"
        "    int i;\n"
        "    for (i = 0; i < 3; ++i) arena[i] = (float)input0[i];\n"
        "    for (i = 0; i < 3; ++i) output0[i] = (int8_t)(input0[i] + 1);\n"
        "    for (i = 0; i < 2; ++i) output1[i] = input1[i] - arena[i] + offset[i];\n"
        "}\n";
    code.arena_bytes = 12;
    return code;
}

Tensor activation(const char* name, DType dtype, std::int32_t elements) {
    Tensor tensor;
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.shape = {1, elements};
    if (dtype == DType::int8) {
        tensor.quantization.scales = {0.125f};
        tensor.quantization.zero_points = {-7};
    }
    return tensor;
}

// The inputs and outputs of small_model(); firmware needs no more of a graph.
Graph small_graph() {
    Graph graph;
    graph.tensors = {activation("key", DType::int8, 3), activation("level", DType::float32, 2),
                     activation("next", DType::int8, 3), activation("rest", DType::float32, 2)};
    graph.inputs = {0, 1};
    graph.outputs = {2, 3};
    return graph;
}

void append(std::vector<std::uint8_t>& bytes, float value) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
    bytes.insert(bytes.end(), from, from + sizeof value);
}

std::string text_of(const std::string& path) {
    const auto bytes = read_file(path);
    REQUIRE(bytes.ok());
    return std::string(bytes->begin(), bytes->end());
}

}  // namespace

TEST_CASE("a firmware project names its files and leaves no blank in them") {
    const Folder folder;
    for (const Board& board : exportable_boards()) {
        const auto project = write_firmware_project(small_model(), small_graph(), "small", board,
                                                    folder / board.name);
        REQUIRE_MESSAGE(project.ok(), project.error().message());
        for (const std::string& file : project->files) {
            const std::string text = text_of(folder / (std::string(board.name) + "/" + file));
            CAPTURE(file);
            CHECK_FALSE(text.empty());
            // Linker scripts and code hold no '@'; Makefiles only in $@.
            const auto at = text.find('@');
            CHECK((at == std::string::npos || text[at - 1] == '$'));
        }
        const std::string readme = text_of(folder / (std::string(board.name) + "/README.txt"));
        CHECK(readme.find("real value = 0.125 * (q + 7)") != std::string::npos);
        CHECK(readme.find(board.title) != std::string::npos);
    }
}

TEST_CASE("a firmware cannot take the name of one of its own files") {
    const Folder folder;
    for (const char* name : {"main", "startup", "measure", "serial", "semihosting"}) {
        const auto project = write_firmware_project(small_model(), small_graph(), name,
                                                    exportable_boards()[0], folder / "x");
        REQUIRE_FALSE(project.ok());
        CHECK(project.error().found.find(name) != std::string::npos);
    }
}

TEST_CASE("both programs of a firmware run on every board") {
    const Folder folder;
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (!test::firmware_builds(board)) continue;
        const auto project = write_firmware_project(small_model(), small_graph(), "small", board,
                                                    folder / board.name);
        REQUIRE_MESSAGE(project.ok(), project.error().message());
        const auto build = build_firmware(*project);
        REQUIRE_MESSAGE(build.ok(), build.error().message());
        // Buffers 3 + 8 + 3 + 8 bytes and the arena of 12, each rounded up to words at most.
        CHECK(build->ram_bytes >= 34);
        CHECK(build->ram_bytes <= 40);
        CHECK(build->flash_bytes > 64);

        std::vector<std::uint8_t> inputs, expected;
        for (int k = 0; k < 5; ++k) {
            for (int i = 0; i < 3; ++i) inputs.push_back(static_cast<std::uint8_t>(10 * k + i));
            for (int i = 0; i < 2; ++i) append(inputs, 100.0f * static_cast<float>(k + i));
            for (int i = 0; i < 3; ++i)
                expected.push_back(static_cast<std::uint8_t>(10 * k + i + 1));
            for (int i = 0; i < 2; ++i) {
                const float key = static_cast<float>(10 * k + i);
                append(expected,
                       100.0f * static_cast<float>(k + i) - key + (i == 0 ? 0.5f : 0.25f));
            }
        }
        const auto run = run_measured_firmware(board, build->measure_elf, inputs, 5);
        REQUIRE_MESSAGE(run.ok(), run.error().message());
        CHECK(run->outputs == expected);
        CHECK(run->arena_bytes == 12);
        CHECK(run->stack_bytes > 0);
        CHECK(run->stack_bytes < 512);
        CHECK(run->not_counted == "");
        REQUIRE(run->instructions.size() == 5);

        const auto release = run_release(*project, *build, 3);
        REQUIRE_MESSAGE(release.ok(), release.error().message());
        REQUIRE(release->size() == 3);
        CHECK(release->at(0) > 0);
        CHECK(release->at(0) == release->at(1));

        const auto wrong = run_measured_firmware(board, build->measure_elf, inputs, 11);
        CHECK_FALSE(wrong.ok());
    }
}

TEST_CASE("the Makefile builds the same firmware") {
    const Board& board = *board_named("microbit");
    const Folder folder;
    if (!test::firmware_builds(board)) return;
    const std::string make = find_program("make");
    if (make.empty()) {
        MESSAGE("skipped: no make in PATH");
        return;
    }
    const auto project =
        write_firmware_project(small_model(), small_graph(), "small", board, folder / "p");
    REQUIRE(project.ok());
    const auto build = build_firmware(*project);
    REQUIRE(build.ok());
    const auto made = run_process({make, "-B", "-C", project->folder}, 120);
    REQUIRE(made.ok());
    REQUIRE_MESSAGE(made->exit_code == 0, made->err);
    CHECK(file_exists(project->folder + "/small.hex"));
    const auto elf = read_elf(*read_file(build->release_elf), board);
    REQUIRE(elf.ok());
    CHECK(elf->flash_bytes == build->flash_bytes);
    CHECK(elf->ram_bytes == build->ram_bytes);
}

TEST_CASE("a model larger than the board is refused, and the sources stay") {
    const Board& board = *board_named("microbit");
    if (!test::firmware_builds(board)) return;
    const Folder folder;
    GeneratedCode code = small_model();
    const auto at = code.source.find("arena[3]");
    code.source.replace(at, 8, "arena[4000]");
    const auto project = write_firmware_project(code, small_graph(), "small", board, folder / "p");
    REQUIRE(project.ok());
    const auto build = build_firmware(*project);
    REQUIRE_FALSE(build.ok());
    CHECK(build.error().found.find("do not fit in the board's RAM") != std::string::npos);
    CHECK(file_exists(project->folder + "/small.c"));
}

TEST_CASE("a processor fault ends the run with an error") {
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (!test::firmware_builds(board)) continue;
        const Folder folder;
        GeneratedCode code = small_model();
        code.source.insert(code.source.find("    int i;"), "    __builtin_trap();\n");
        const auto project =
            write_firmware_project(code, small_graph(), "small", board, folder / "p");
        REQUIRE(project.ok());
        const auto build = build_firmware(*project);
        REQUIRE_MESSAGE(build.ok(), build.error().message());
        const auto run =
            run_measured_firmware(board, build->measure_elf, std::vector<std::uint8_t>(11), 1);
        REQUIRE_FALSE(run.ok());
        CHECK(run.error().found == "a processor fault");
        const auto release = run_release(*project, *build, 1);
        REQUIRE_FALSE(release.ok());
        CHECK(release.error().found == "a processor fault");
    }
}
