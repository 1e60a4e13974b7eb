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
    return format_text("%g MHz", static_cast<double>(hertz) / 1e6);
}

std::string external_text(const Board& board) {
    if (board.external_flash_bytes == 0 && board.external_ram_bytes == 0) return "";
    return size_text(board.external_flash_bytes) + " flash, " +
           size_text(board.external_ram_bytes) + " RAM";
}

std::string export_text(const Board& board) {
    if (!board.exportable()) return "not yet";
    return board.emulated() ? "yes, emulated" : "yes";
}

Json sources_json(const Board& board) {
    Json sources = Json::array();
    for (const FigureSource& source : board.sources) {
        if (*source.figures == '\0') continue;
        sources.push_back({{"figures", source.figures}, {"document", source.document}});
    }
    return sources;
}

Json json_of(const Board& board) {
    return {{"name", board.name},
            {"title", board.title},
            {"core", board.core},
            {"instruction_set", board.instruction_set},
            {"clock_hz", board.clock_hz},
            {"flash_bytes", board.flash_bytes},
            {"ram_bytes", board.ram_bytes},
            {"usable_ram_bytes", board.usable_ram_bytes},
            {"external_flash_bytes", board.external_flash_bytes},
            {"external_ram_bytes", board.external_ram_bytes},
            {"accelerator", board.accelerator},
            {"exportable", board.exportable()},
            {"emulated", board.emulated()},
            {"sources", sources_json(board)}};
}

void print_json() {
    Json boards = Json::array();
    for (const Board& board : all_boards()) boards.push_back(json_of(board));
    std::puts(Json{{"boards", boards}}.document().c_str());
}

void print_sources(const Board& board) {
    std::printf("  %s: %s\n", board.name, board.title);
    if (board.usable_ram_bytes < board.ram_bytes) {
        std::printf("    a model may take %s of the RAM\n",
                    size_text(board.usable_ram_bytes).c_str());
    }
    if (const std::string external = external_text(board); !external.empty()) {
        std::printf("    outside the chip: %s\n", external.c_str());
    }
    if (*board.accelerator != '\0') {
        std::printf("    accelerator %s, which Whittle does not use\n", board.accelerator);
    }
    for (const FigureSource& source : board.sources) {
        if (*source.figures == '\0') continue;
        std::printf("    %s: from %s\n", source.figures, source.document);
    }
}

void print_table() {
    Table table({"board", "core", "instructions", "clock", "flash", "RAM", "export"});
    table.right({3, 4, 5});
    for (const Board& board : all_boards()) {
        table.add({board.name, board.core, board.instruction_set, clock_text(board.clock_hz),
                   board.flash_bytes == 0 ? "none" : size_text(board.flash_bytes),
                   size_text(board.ram_bytes), export_text(board)});
    }
    std::printf("%s\nDetails, and where the figures come from\n", table.text().c_str());
    for (const Board& board : all_boards()) print_sources(board);
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
