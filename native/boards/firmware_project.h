#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/deploy/boards.h"
#include "core/deploy/codegen.h"
#include "core/graph/graph.h"

namespace whittle {

// A folder with all that is needed to build a model's firmware by hand.
struct FirmwareProject {
    const Board* board = nullptr;
    std::string name;
    std::string folder;
    std::vector<std::string> files;  // names in the folder
};

// Two programs with the same model code.
struct FirmwareBuild {
    std::string release_elf;       // reads its input, runs the model, uses the output, for ever
    std::string measure_elf;       // runs on inputs of the host computer (see emulator.h)
    std::int64_t flash_bytes = 0;  // of the release program: all loadable bytes, weights included
    std::int64_t ram_bytes = 0;    // of the release program: .data and .bss, without the stack
};

// Writes model, main program, start-up, linker script, Makefile and README.txt for `board` into
// `folder`, which is created. `code` must come from generate_c(graph, name).
Result<FirmwareProject> write_firmware_project(const GeneratedCode& code,
                                               const Graph& graph,
                                               const std::string& name,
                                               const Board& board,
                                               const std::string& folder);

// Builds both programs in the project's folder. Fails when the cross compiler is missing or when
// the firmware does not fit the board; the sources stay.
Result<FirmwareBuild> build_firmware(const FirmwareProject& project);

// Runs the release program on the emulated board until it has used its outputs `times` times.
// Returns the instructions of each run of the model, as seen from outside. Its inputs are zeros.
Result<std::vector<std::int64_t>> run_release(const FirmwareProject& project,
                                              const FirmwareBuild& build,
                                              std::size_t times);

}  // namespace whittle
