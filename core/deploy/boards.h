#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/ops/instruction_set.h"

namespace whittle {

// The document that figures of a board are taken from.
struct FigureSource {
    const char* figures = "";   // "clock, memories"
    const char* document = "";  // "ST DS12023, STM32L4R5xx data sheet"
};

// What compiles for a family of processors, and emulates it.
enum class Architecture : std::uint8_t { arm, riscv };
struct Toolchain {
    const char* prefix;            // "arm-none-eabi": of the compiler and its companions
    const char* library_flag;      // "--specs=nano.specs": the C library
    const char* packages;          // of Debian: compiler and library
    const char* emulator;          // "qemu-system-arm"
    const char* emulator_package;  // of Debian
    const char* emulator_options;  // that a bare machine needs, separated by spaces
    const char* build;             // the preset that builds its firmware: "firmware"
    const char* startup;           // in firmware/common
    std::uint32_t elf_machine;     // in the header of its ELF files
    const char* elf_machine_name;
};
const Toolchain& toolchain_of(Architecture architecture);

// A microcontroller board. Memory in bytes, clock in Hz. The entries stand in boards.def.
struct Board {
    const char* name = "";                               // "microbit"
    const char* title = "";                              // "BBC micro:bit v1"
    const char* core = "";                               // "Cortex-M0"
    const char* instruction_set = "";                    // "Armv6-M"
    InstructionSet kernels = InstructionSet::reference;  // that run there, the fastest
    std::int64_t clock_hz = 0;
    std::int64_t flash_bytes = 0;  // 0: it runs from external flash alone
    std::int64_t ram_bytes = 0;
    std::int64_t usable_ram_bytes = 0;  // of them, what a model's buffers and stack may take
    std::int64_t external_flash_bytes = 0;
    std::int64_t external_ram_bytes = 0;
    const char* accelerator = "";  // for neural networks; Whittle does not use it

    // For boards that models can be exported to.
    std::uint32_t flash_origin = 0;
    std::uint32_t ram_origin = 0;
    Architecture architecture = Architecture::arm;
    const char* compiler_flags = "";  // for its compiler, separated by spaces; -Os by default
    const char* qemu_machine = "";    // for its emulator's -M; empty when not emulated
    // The board that the same machine code was measured on (cost_model.h); empty when it never was.
    const char* code_like = "";

    std::array<FigureSource, 3> sources{};  // empty ones last

    bool exportable() const { return *compiler_flags != '\0'; }
    bool emulated() const { return *qemu_machine != '\0'; }
};

std::span<const Board> all_boards();
// Those of all_boards() that models can be exported to.
std::span<const Board> exportable_boards();
const Board* board_named(std::string_view name);

}  // namespace whittle
