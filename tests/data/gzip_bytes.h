#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace whittle::test {

using Bytes = std::vector<std::uint8_t>;

// Gzip files made by hand, so that the tests need no compressor.

inline std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
    std::uint32_t crc = 0xffffffffu;
    for (const std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1u ? 0xedb88320u : 0u);
    }
    return ~crc;
}

inline void append_little_endian(Bytes& bytes, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

inline Bytes gzip_header() { return {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}; }

// `content` in stored blocks of at most 65,535 bytes.
inline Bytes gzip_stored(std::span<const std::uint8_t> content) {
    Bytes out = gzip_header();
    std::size_t at = 0;
    do {
        const std::size_t size = content.size() - at < 65535 ? content.size() - at : 65535;
        out.push_back(at + size == content.size() ? 1 : 0);
        append_little_endian(out, static_cast<std::uint32_t>(size), 2);
        append_little_endian(out, static_cast<std::uint32_t>(~size), 2);
        out.insert(out.end(), content.begin() + static_cast<std::ptrdiff_t>(at),
                   content.begin() + static_cast<std::ptrdiff_t>(at + size));
        at += size;
    } while (at < content.size());
    append_little_endian(out, crc32_of(content), 4);
    append_little_endian(out, static_cast<std::uint32_t>(content.size()), 4);
    return out;
}

// 1 + 258 * copies zeros in one block of the fixed Huffman code: a literal, then copies of length
// 258 and distance 1. About 13 bits each 258 bytes. The checksum at the end is a wrong one: nobody
// should get that far.
inline Bytes gzip_bomb(std::size_t copies) {
    Bytes out = gzip_header();
    std::uint32_t pending = 0;
    int bits = 0;
    const auto put = [&](std::uint32_t value, int count) {
        pending |= value << bits;
        for (bits += count; bits >= 8; bits -= 8, pending >>= 8) {
            out.push_back(static_cast<std::uint8_t>(pending));
        }
    };
    put(1, 1);     // the last block
    put(1, 2);     // fixed code
    put(0x0c, 8);  // literal 0: code 00110000, most significant bit first
    for (std::size_t i = 0; i < copies; ++i) {
        put(0xa3, 8);  // length symbol 285: code 11000101
        put(0, 5);     // distance symbol 0
    }
    put(0, 7);  // end of block
    put(0, 7);  // fills up the last byte
    append_little_endian(out, 0, 4);
    append_little_endian(out, static_cast<std::uint32_t>(1 + 258 * copies), 4);
    return out;
}

}  // namespace whittle::test
