#include "core/deploy/boards.h"

namespace whittle {
namespace {

constexpr Board kBoards[] = {
    {.name = "mps2-an386",
     .title = "Arm MPS2, AN386 image",
     .core = "Cortex-M4F",
     .clock_hz = 0,
     .flash_bytes = 4 * 1024 * 1024,
     .ram_bytes = 4 * 1024 * 1024,
     .flash_origin = 0x00000000,
     .ram_origin = 0x20000000,
     .compiler_flags = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16",
     .qemu_machine = "mps2-an386"},
    {.name = "microbit",
     .title = "BBC micro:bit v1",
     .core = "Cortex-M0",
     .clock_hz = 16'000'000,
     .flash_bytes = 256 * 1024,
     .ram_bytes = 16 * 1024,
     .flash_origin = 0x00000000,
     .ram_origin = 0x20000000,
     .compiler_flags = "-mcpu=cortex-m0 -mthumb",
     .qemu_machine = "microbit"},
};

}  // namespace

std::span<const Board> all_boards() { return kBoards; }

const Board* board_named(std::string_view name) {
    for (const Board& board : kBoards) {
        if (name == board.name) return &board;
    }
    return nullptr;
}

}  // namespace whittle
