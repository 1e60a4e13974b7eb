#include "native/boards/elf_file.h"

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

using namespace whittle;

namespace {

const Board& board() { return *board_named("microbit"); }

class ElfBuilder {
public:
    void u16(std::size_t at, std::uint32_t value) {
        if (bytes.size() < at + 2) bytes.resize(at + 2);
        bytes[at] = static_cast<std::uint8_t>(value);
        bytes[at + 1] = static_cast<std::uint8_t>(value >> 8);
    }
    void u32(std::size_t at, std::uint32_t value) {
        u16(at, value);
        u16(at + 2, value >> 16);
    }
    std::vector<std::uint8_t> bytes;
};

constexpr std::size_t kPrograms = 52, kContent = 116, kSymbols = 180, kNames = 228, kSections = 240;

// Two segments (12 bytes for flash; 8 bytes for RAM, stored in flash, with 20 bytes of zeros
// behind), sections .data of 8 and .bss of 20 bytes, symbols "main" (Thumb, at 9) and "x".
ElfBuilder small_elf() {
    ElfBuilder elf;
    elf.bytes.resize(52);
    std::memcpy(elf.bytes.data(),
                "\x7F"
                "ELF\1\1\1",
                7);
    elf.u16(16, 2);
    elf.u16(18, 40);
    elf.u32(28, kPrograms);
    elf.u32(32, kSections);
    elf.u16(42, 32);
    elf.u16(44, 2);
    elf.u16(46, 40);
    elf.u16(48, 5);
    const std::uint32_t programs[2][6] = {{1, kContent, 0, 0, 12, 12},
                                          {1, kContent + 12, 0x20000000, 12, 8, 28}};
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t k = 0; k < 6; ++k) elf.u32(kPrograms + 32 * i + 4 * k, programs[i][k]);
    }
    elf.u32(kSymbols + 16, 1);
    elf.u32(kSymbols + 20, 9);
    elf.u32(kSymbols + 32, 6);
    elf.u32(kSymbols + 36, 0x20000000);
    elf.bytes.resize(kSections);
    std::memcpy(elf.bytes.data() + kNames, "\0main\0x", 8);
    // type, flags, offset, bytes, link
    const std::uint32_t sections[5][5] = {{0, 0, 0, 0, 0},
                                          {1, 3, kContent + 12, 8, 0},
                                          {8, 3, kContent + 20, 20, 0},
                                          {2, 0, kSymbols, 48, 4},
                                          {3, 0, kNames, 8, 0}};
    constexpr std::size_t kOffsets[5] = {4, 8, 16, 20, 24};
    elf.bytes.resize(kSections + 200);
    for (std::size_t i = 0; i < 5; ++i) {
        for (std::size_t k = 0; k < 5; ++k)
            elf.u32(kSections + 40 * i + kOffsets[k], sections[i][k]);
    }
    return elf;
}

}  // namespace

TEST_CASE("an ELF file's flash, RAM and symbols are read") {
    const Result<ElfFile> elf = read_elf(small_elf().bytes, board());
    REQUIRE_MESSAGE(elf.ok(), elf.error().message());
    CHECK(elf->flash_bytes == 20);
    CHECK(elf->ram_bytes == 28);
    CHECK(elf->symbol("main") == 9u);
    CHECK(elf->function("main") == 8u);
    CHECK(elf->symbol("x") == 0x20000000u);
    CHECK_FALSE(elf->symbol("y").has_value());
}

TEST_CASE("bytes outside the board's flash are not counted as flash") {
    ElfBuilder elf = small_elf();
    elf.u32(kPrograms + 12, static_cast<std::uint32_t>(board().flash_bytes));
    CHECK(read_elf(elf.bytes, board())->flash_bytes == 8);
    elf.u32(kPrograms + 12, static_cast<std::uint32_t>(board().flash_bytes - 1));
    CHECK(read_elf(elf.bytes, board())->flash_bytes == 20);
}

TEST_CASE("an ELF file cut anywhere is refused with a place") {
    const std::vector<std::uint8_t> whole = small_elf().bytes;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::vector<std::uint8_t> cut(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(size));
        const Result<ElfFile> elf = read_elf(cut, board());
        CAPTURE(size);
        REQUIRE_FALSE(elf.ok());
        CHECK_FALSE(elf.error().place.empty());
        CHECK_FALSE(elf.error().expected.empty());
        CHECK_FALSE(elf.error().found.empty());
    }
}

TEST_CASE("wild fields of an ELF file are refused") {
    struct Damage {
        const char* what;
        std::size_t at;
        std::uint32_t value;
    };
    const Damage damages[] = {
        {"magic", 0, 0x00000000},
        {"64 bits", 4, 0x00010102},
        {"big endian", 4, 0x00010201},
        {"another machine", 18, 62},
        {"program headers beyond the end", 28, 0xFFFFFFFF},
        {"section headers beyond the end", 32, 0xFFFFFFE0},
        {"short program headers", 42, 0x00020010},
        {"short section headers", 46, 0x00050010},
        {"too many sections", 48, 0x0000FFFF},
        {"segment beyond the end", kPrograms + 4, 0xFFFFFFFF},
        {"huge segment", kPrograms + 16, 0xFFFFFFFF},
        {"symbols beyond the end", kSections + 3 * 40 + 16, 0xFFFFFFFF},
        {"huge symbol table", kSections + 3 * 40 + 20, 0xFFFFFFF0},
        {"no name table", kSections + 3 * 40 + 24, 99},
        {"name table beyond the end", kSections + 4 * 40 + 16, 0xFFFFFF00},
        {"name beyond its table", kSymbols + 16, 8},
    };
    for (const Damage& damage : damages) {
        ElfBuilder elf = small_elf();
        elf.u32(damage.at, damage.value);
        CAPTURE(damage.what);
        const Result<ElfFile> result = read_elf(elf.bytes, board());
        REQUIRE_FALSE(result.ok());
        CHECK_FALSE(result.error().place.empty());
    }
}
