#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace whittle {

// A board that models can be exported to. Memory in bytes, clock in Hz.
struct Board {
    const char* name;   // "microbit"
    const char* title;  // "BBC micro:bit v1"
    const char* core;   // "Cortex-M0"
    std::int64_t clock_hz;  // 0 where the emulated machine has no meaningful clock
    std::int64_t flash_bytes;
    std::int64_t ram_bytes;
    std::uint32_t flash_origin;
    std::uint32_t ram_origin;
    // Compiler flags for arm-none-eabi-gcc, separated by spaces.
    const char* compiler_flags;
    const char* qemu_machine;  // for qemu-system-arm -M; empty when not emulated
};

std::span<const Board> all_boards();
const Board* board_named(std::string_view name);

}  // namespace whittle
