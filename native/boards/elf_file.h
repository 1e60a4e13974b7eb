#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/deploy/boards.h"

namespace whittle {

struct ElfSymbol {
    std::string name;
    std::uint32_t value = 0;
};

// What we need to know of a firmware's ELF file.
struct ElfFile {
    std::int64_t flash_bytes = 0;  // file-backed bytes loaded to the board's flash
    std::int64_t ram_bytes = 0;    // writable sections (.data and .bss); not the stack
    std::vector<ElfSymbol> symbols;

    std::optional<std::uint32_t> symbol(std::string_view name) const;
    // A function's address without the bit that marks Thumb code.
    std::optional<std::uint32_t> function(std::string_view name) const;
};

// Reads a 32-bit little-endian Arm ELF executable. Any bytes whatever may be passed; an error's
// place is "byte N" or "section N".
Result<ElfFile> read_elf(std::span<const std::uint8_t> bytes, const Board& board);

}  // namespace whittle
