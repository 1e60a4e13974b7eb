#include "tests/support/boards.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/base/platform/process.h"
#include "native/boards/emulator.h"

namespace whittle::test {
namespace {

bool skip(const Board& board, const std::string& reason) {
    if (std::getenv("WHITTLE_REQUIRE_BOARDS") != nullptr) {
        FAIL_CHECK(std::string(board.name) << ": " << reason);
    }
    std::fprintf(stderr, "skipped: board %s: %s\n", board.name, reason.c_str());
    return false;
}

}  // namespace

bool board_ready(const Board& board, const char* firmware_name) {
    const std::string emulator = toolchain_of(board.architecture).emulator;
    if (find_program(emulator).empty()) return skip(board, "no " + emulator + " in PATH");
    const Result<std::string> firmware = find_firmware(firmware_name, board);
    if (!firmware.ok()) return skip(board, firmware.error().message());
    return true;
}

bool firmware_builds(const Board& board) {
    const Toolchain& toolchain = toolchain_of(board.architecture);
    for (const std::string& program :
         {std::string(toolchain.emulator), std::string(toolchain.prefix) + "-gcc"}) {
        if (find_program(program).empty()) return skip(board, "no " + program + " in PATH");
    }
    return true;
}

}  // namespace whittle::test
