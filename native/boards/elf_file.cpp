#include "native/boards/elf_file.h"

#include <cstring>

namespace whittle {
namespace {

// Field offsets and numbers of the ELF specification (System V ABI, chapters 4 and 5).
constexpr std::size_t kHeaderBytes = 52;
constexpr std::size_t kProgramHeaderBytes = 32;
constexpr std::size_t kSectionHeaderBytes = 40;
constexpr std::size_t kSymbolBytes = 16;
constexpr std::uint32_t kSegmentLoad = 1;
constexpr std::uint32_t kSectionSymbols = 2;
constexpr std::uint32_t kFlagWrite = 1;
constexpr std::uint32_t kFlagAllocate = 2;

struct Section {
    std::uint32_t type = 0;
    std::uint32_t flags = 0;
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0;
    std::uint32_t link = 0;
};

Error bad_elf(std::string place, std::string expected, std::string found) {
    return {.file = "",
            .place = std::move(place),
            .expected = std::move(expected),
            .found = std::move(found),
            .hint = "Build the firmware again with the board's cross compiler."};
}

class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool holds(std::uint64_t offset, std::uint64_t count) const {
        return offset <= bytes_.size() && count <= bytes_.size() - offset;
    }
    std::uint32_t u16(std::size_t offset) const {
        return bytes_[offset] | static_cast<std::uint32_t>(bytes_[offset + 1]) << 8;
    }
    std::uint32_t u32(std::size_t offset) const { return u16(offset) | u16(offset + 2) << 16; }
    // The text at `offset`, up to a 0 before `end`.
    std::string text(std::size_t offset, std::size_t end) const {
        std::string result;
        for (; offset < end && bytes_[offset] != 0; ++offset) {
            result += static_cast<char>(bytes_[offset]);
        }
        return result;
    }
    // Whether `count` records of `record_bytes` fit; the error names the table.
    Status check_table(const char* table,
                       std::uint32_t offset,
                       std::uint32_t count,
                       std::uint32_t record_bytes,
                       std::size_t expected_record_bytes) const {
        if (count == 0) return {};
        if (record_bytes != expected_record_bytes) {
            return bad_elf(table, "records of " + std::to_string(expected_record_bytes) + " bytes",
                           "records of " + std::to_string(record_bytes) + " bytes");
        }
        if (!holds(offset, std::uint64_t{count} * record_bytes)) {
            return bad_elf(std::string(table) + " at byte " + std::to_string(offset),
                           std::to_string(count) + " records inside the file",
                           "a file of " + std::to_string(bytes_.size()) + " bytes");
        }
        return {};
    }
    std::size_t size() const { return bytes_.size(); }

private:
    std::span<const std::uint8_t> bytes_;
};

Status check_header(std::span<const std::uint8_t> bytes, const Toolchain& toolchain) {
    const Reader reader(bytes);
    if (bytes.size() < kHeaderBytes) {
        return bad_elf("byte " + std::to_string(bytes.size()), "an ELF header of 52 bytes",
                       "the end of the file");
    }
    if (std::memcmp(bytes.data(),
                    "\x7F"
                    "ELF",
                    4) != 0) {
        return bad_elf("byte 0", "an ELF file", "other content");
    }
    if (bytes[4] != 1 || bytes[5] != 1) {
        return bad_elf("byte 4", "a 32-bit little-endian file", "another layout");
    }
    if (reader.u16(18) != toolchain.elf_machine) {
        return bad_elf("byte 18",
                       "machine " + std::to_string(toolchain.elf_machine) + " (" +
                           toolchain.elf_machine_name + ")",
                       "machine " + std::to_string(reader.u16(18)));
    }
    return {};
}

Result<std::int64_t> flash_bytes_of(const Reader& reader, const Board& board) {
    const std::uint32_t table = reader.u32(28);
    const std::uint32_t count = reader.u16(44);
    const Status fits =
        reader.check_table("program headers", table, count, reader.u16(42), kProgramHeaderBytes);
    if (!fits.ok()) return fits;
    std::int64_t flash_bytes = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t at = table + i * kProgramHeaderBytes;
        if (reader.u32(at) != kSegmentLoad) continue;
        const std::uint64_t offset = reader.u32(at + 4);
        const std::int64_t address = reader.u32(at + 12);
        const std::uint32_t file_bytes = reader.u32(at + 16);
        if (!reader.holds(offset, file_bytes)) {
            return bad_elf("program header " + std::to_string(i), "a segment inside the file",
                           std::to_string(file_bytes) + " bytes at byte " + std::to_string(offset));
        }
        const std::int64_t start = board.flash_origin;
        if (address >= start && address < start + board.flash_bytes) flash_bytes += file_bytes;
    }
    return flash_bytes;
}

Result<std::vector<Section>> read_sections(const Reader& reader) {
    const std::uint32_t table = reader.u32(32);
    const std::uint32_t count = reader.u16(48);
    const Status fits =
        reader.check_table("section headers", table, count, reader.u16(46), kSectionHeaderBytes);
    if (!fits.ok()) return fits;
    std::vector<Section> sections;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t at = table + i * kSectionHeaderBytes;
        sections.push_back({.type = reader.u32(at + 4),
                            .flags = reader.u32(at + 8),
                            .offset = reader.u32(at + 16),
                            .bytes = reader.u32(at + 20),
                            .link = reader.u32(at + 24)});
    }
    return sections;
}

Result<std::vector<ElfSymbol>> read_symbols(const Reader& reader,
                                            const std::vector<Section>& sections,
                                            std::size_t index) {
    const Section& table = sections[index];
    const std::string place = "section " + std::to_string(index);
    if (table.link >= sections.size()) {
        return bad_elf(place, "a table of names", "section " + std::to_string(table.link));
    }
    const Section& names = sections[table.link];
    if (!reader.holds(table.offset, table.bytes) || !reader.holds(names.offset, names.bytes)) {
        return bad_elf(place, "symbols and names inside the file", "some beyond its end");
    }
    std::vector<ElfSymbol> symbols;
    for (std::uint32_t i = 0; i < table.bytes / kSymbolBytes; ++i) {
        const std::size_t at = table.offset + i * kSymbolBytes;
        const std::uint32_t name = reader.u32(at);
        if (name >= names.bytes) {
            return bad_elf(place, "names inside their table", "symbol " + std::to_string(i));
        }
        const std::size_t end = std::size_t{names.offset} + names.bytes;
        symbols.push_back({reader.text(names.offset + name, end), reader.u32(at + 4)});
    }
    return symbols;
}

}  // namespace

std::optional<std::uint32_t> ElfFile::symbol(std::string_view name) const {
    for (const ElfSymbol& candidate : symbols) {
        if (candidate.name == name) return candidate.value;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> ElfFile::function(std::string_view name) const {
    const std::optional<std::uint32_t> address = symbol(name);
    if (!address) return std::nullopt;
    return *address & ~std::uint32_t{1};
}

Result<ElfFile> read_elf(std::span<const std::uint8_t> bytes, const Board& board) {
    const Status header = check_header(bytes, toolchain_of(board.architecture));
    if (!header.ok()) return header;
    const Reader reader(bytes);
    ElfFile elf;
    const Result<std::int64_t> flash_bytes = flash_bytes_of(reader, board);
    if (!flash_bytes.ok()) return flash_bytes.error();
    elf.flash_bytes = *flash_bytes;
    const Result<std::vector<Section>> sections = read_sections(reader);
    if (!sections.ok()) return sections.error();
    for (std::size_t i = 0; i < sections->size(); ++i) {
        const Section& section = (*sections)[i];
        if ((section.flags & kFlagAllocate) != 0 && (section.flags & kFlagWrite) != 0) {
            elf.ram_bytes += section.bytes;
        }
        if (section.type != kSectionSymbols || !elf.symbols.empty()) continue;
        Result<std::vector<ElfSymbol>> symbols = read_symbols(reader, *sections, i);
        if (!symbols.ok()) return symbols.error();
        elf.symbols = std::move(*symbols);
    }
    return elf;
}

}  // namespace whittle
