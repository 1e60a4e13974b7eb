#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "core/base/platform/files.h"
#include "core/deploy/codegen.h"
#include "core/deploy/tflite_file.h"
#include "native/boards/firmware_project.h"
#include "tests/support/boards.h"
#include "tests/support/shared_data.h"

namespace whittle::test {

namespace {

// Bytes of a whole firmware of the model without its weights and tables: start-up and vector table,
// the main program, kernels, and the calls with their parameters. -1 where it cannot be built here.
std::int64_t code_bytes(const std::string& model, const Board& board) {
    const auto path = shared_data("models/" + model + ".tflite");
    if (!path || !firmware_builds(board)) return -1;
    const auto graph = read_tflite(*read_file(*path));
    REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().message()));
    const auto code = generate_c(*graph, "model", {}, board.kernels);
    REQUIRE_MESSAGE(code.ok(), (code.ok() ? "" : code.error().message()));
    const auto folder = make_temporary_folder();
    REQUIRE(folder.ok());
    const auto project = write_firmware_project(*code, *graph, "model", board, *folder);
    REQUIRE_MESSAGE(project.ok(), (project.ok() ? "" : project.error().message()));
    const auto build = build_firmware(*project);
    remove_folder(*folder);
    REQUIRE_MESSAGE(build.ok(), (build.ok() ? "" : build.error().message()));
    MESSAGE(model << " on " << std::string(board.name) << ": flash " << build->flash_bytes
                  << ", constants " << code->constant_bytes << ", code "
                  << build->flash_bytes - code->constant_bytes);
    return build->flash_bytes - code->constant_bytes;
}

}  // namespace

TEST_CASE("generated firmware is small beside its weights on the Cortex-M4") {
    const struct {
        const char* model;
        std::int64_t most;
    } cases[] = {{"hello_world_int8", 2048}, {"ad01_int8", 4096}, {"kws_ref_model", 16384}};
    for (const auto& each : cases) {
        CAPTURE(std::string(each.model));
        const std::int64_t bytes = code_bytes(each.model, *board_named("mps2-an386"));
        CHECK(bytes <= each.most);
        CHECK(bytes != 0);
    }
}

}  // namespace whittle::test
