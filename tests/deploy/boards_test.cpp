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
    }
    for (const char* name : {"mps2-an386", "microbit", "mps3-an547", "mps2-an385", "rv32-virt",
                             "microbit-v2", "stm32h735g-dk", "xmc1302", "pico", "nano-33-ble",
                             "esp32", "uno", "stm32n6", "nucleo-l4r5zi"}) {
        CHECK(names.count(name) == 1);
    }
    CHECK(board_named("") == nullptr);
    CHECK(board_named("microbi") == nullptr);
    CHECK(board_named("microbit ") == nullptr);
}

TEST_CASE("the figures of every board make sense, and each has a source") {
    for (const Board& board : all_boards()) {
        CAPTURE(std::string(board.name));
        CHECK(*board.title != '\0');
        CHECK(*board.core != '\0');
        CHECK(*board.instruction_set != '\0');
        CHECK(board.clock_hz >= 1'000'000);
        CHECK(board.flash_bytes + board.external_flash_bytes > 0);
        CHECK(board.ram_bytes >= board.usable_ram_bytes);
        CHECK(board.usable_ram_bytes > 0);
        std::string sourced;
        for (const FigureSource& source : board.sources) {
            CHECK((*source.figures == '\0') == (*source.document == '\0'));
            sourced += source.figures;
        }
        CHECK(sourced.find("clock") != std::string::npos);
        const bool memories = sourced.find("memories") != std::string::npos;
        CHECK((memories || sourced.find("flash") != std::string::npos));
        CHECK((memories || sourced.find("RAM") != std::string::npos));
        CHECK((board.external_ram_bytes == 0 ||
               sourced.find("external memories") != std::string::npos));
    }
}

TEST_CASE("boards that models can be exported to stand first and name their own code") {
    const auto exportable = exportable_boards();
    REQUIRE(exportable.size() >= 2);
    for (const Board& board : all_boards()) {
        CAPTURE(std::string(board.name));
        const bool among_them = &board < exportable.data() + exportable.size();
        CHECK(board.exportable() == among_them);
        if (*board.code_like == '\0') continue;
        const Board* like = board_named(board.code_like);
        REQUIRE(like != nullptr);
        CHECK(like->exportable());
        CHECK(std::string(like->code_like) == like->name);
        CHECK(std::string(like->instruction_set) == board.instruction_set);
        if (board.exportable()) CHECK(std::string(like->compiler_flags) == board.compiler_flags);
    }
}
