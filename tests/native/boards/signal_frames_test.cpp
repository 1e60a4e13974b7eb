#include <doctest/doctest.h>

#include <cstdio>
#include <string>

#include "native/boards/emulator.h"
#include "tests/support/boards.h"

using namespace whittle;

// firmware/signal_frames: an empty region, a frame in floats, the same in whole numbers.
TEST_CASE("a frame of log-mel energies in whole numbers takes fewer instructions without an FPU") {
    for (const Board& board : exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (!test::board_ready(board, "signal_frames")) continue;
        const auto elf = find_firmware("signal_frames", board);
        REQUIRE(elf.ok());
        const auto counts =
            count_calls_on_board(board, *elf, "whittle_region_begin", "whittle_region_end", 3);
        REQUIRE_MESSAGE(counts.ok(), counts.error().message());
        REQUIRE(counts->size() == 3);
        const std::int64_t floats = (*counts)[1] - (*counts)[0];
        const std::int64_t integers = (*counts)[2] - (*counts)[0];
        std::printf("log-mel frame on %s: %lld instructions in floats, %lld in whole numbers\n",
                    board.name, static_cast<long long>(floats), static_cast<long long>(integers));
        // 4,000 butterflies and 40 logarithms cannot be free.
        CHECK(integers > 20'000);
        CHECK(floats > 20'000);
        if (std::string(board.name) == "microbit") CHECK(3 * integers < floats);
    }
}
