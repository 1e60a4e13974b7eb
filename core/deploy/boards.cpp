#include "core/deploy/boards.h"

#include <algorithm>
#include <iterator>

namespace whittle {
namespace {

constexpr std::int64_t kKilo = 1024;
constexpr std::int64_t kMega = 1024 * kKilo;

constexpr Board kBoards[] = {
#define WHITTLE_BOARD(...) Board{__VA_ARGS__},
#include "core/deploy/boards.def"
#undef WHITTLE_BOARD
};

constexpr Toolchain kArm = {
    .prefix = "arm-none-eabi",
    .library_flag = "--specs=nano.specs",
    .packages = "gcc-arm-none-eabi and libnewlib-arm-none-eabi",
    .emulator = "qemu-system-arm",
    .emulator_package = "qemu-system-arm",
    .emulator_options = "",
    .build = "firmware",
    .startup = "startup.c",
    .elf_machine = 40,
    .elf_machine_name = "Arm",
};

constexpr Toolchain kRiscv = {
    .prefix = "riscv64-unknown-elf",
    .library_flag = "--specs=picolibc.specs",
    .packages = "gcc-riscv64-unknown-elf and picolibc-riscv64-unknown-elf",
    .emulator = "qemu-system-riscv32",
    .emulator_package = "qemu-system-misc",
    .emulator_options = "-bios none",
    .build = "firmware-riscv",
    .startup = "startup_riscv.c",
    .elf_machine = 243,
    .elf_machine_name = "RISC-V",
};

bool is_exportable(const Board& board) { return board.exportable(); }

}  // namespace

const Toolchain& toolchain_of(Architecture architecture) {
    return architecture == Architecture::riscv ? kRiscv : kArm;
}

std::span<const Board> all_boards() { return kBoards; }

std::span<const Board> exportable_boards() {
    const auto* end = std::find_if_not(std::begin(kBoards), std::end(kBoards), is_exportable);
    return {std::begin(kBoards), end};
}

const Board* board_named(std::string_view name) {
    for (const Board& board : kBoards) {
        if (name == board.name) return &board;
    }
    return nullptr;
}

}  // namespace whittle
