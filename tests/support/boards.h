#pragma once

#include "core/deploy/boards.h"

namespace whittle::test {

// Whether the board's emulator and the firmware NAME for it are there. If not: false, with a line
// on stderr that says what is skipped; with WHITTLE_REQUIRE_BOARDS set in the environment that is a
// failure of the test instead.
bool board_ready(const Board& board, const char* firmware_name);

// The same for the cross compiler and the emulator.
bool firmware_builds(const Board& board);

}  // namespace whittle::test
