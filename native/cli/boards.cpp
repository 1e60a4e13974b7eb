#include "core/deploy/boards.h"

#include <cstdio>
#include <memory>

#include "native/cli/command.h"
#include "native/cli/json.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

std::string clock_text(std::int64_t hertz) {
    return hertz == 0 ? "-" : format_text("%g MHz", static_cast<double>(hertz) / 1e6);
}

void print_json() {
    Json boards = Json::array();
    for (const Board& board : all_boards()) {
        boards.push_back({{"name", board.name},
                          {"title", board.title},
                          {"core", board.core},
                          {"clock_hz", board.clock_hz},
                          {"flash_bytes", board.flash_bytes},
                          {"ram_bytes", board.ram_bytes},
                          {"emulated", *board.qemu_machine != '\0'}});
    }
    std::puts(Json{{"boards", boards}}.document().c_str());
}

void print_table() {
    Table table({"board", "title", "core", "clock", "flash bytes", "RAM bytes", "emulated"});
    table.right({3, 4, 5});
    for (const Board& board : all_boards()) {
        table.add({board.name, board.title, board.core, clock_text(board.clock_hz),
                   thousands(board.flash_bytes), thousands(board.ram_bytes),
                   *board.qemu_machine != '\0' ? "yes" : "no"});
    }
    std::fputs(table.text().c_str(), stdout);
}

}  // namespace

Command::Action declare_boards(Arguments& arguments) {
    const auto json = std::make_shared<bool>(false);
    add_json_flag(arguments, *json);
    return [json] {
        *json ? print_json() : print_table();
        return Status();
    };
}

}  // namespace whittle::cli
