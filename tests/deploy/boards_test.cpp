#include "core/deploy/boards.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace whittle;

TEST_CASE("every board is found by its own name, and only by that") {
    std::set<std::string> names;
    for (const Board& board : all_boards()) {
        CHECK(board_named(board.name) == &board);
        CHECK(names.insert(board.name).second);
        CHECK(board.flash_bytes > 0);
        CHECK(board.ram_bytes > 0);
    }
    CHECK(names.count("mps2-an386") == 1);
    CHECK(names.count("microbit") == 1);
    CHECK(board_named("") == nullptr);
    CHECK(board_named("microbi") == nullptr);
    CHECK(board_named("microbit ") == nullptr);
}
