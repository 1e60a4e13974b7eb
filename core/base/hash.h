#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace whittle {

// FNV-1a, 64 bits. `seed` continues an earlier hash.
inline constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325u;
inline std::uint64_t fnv1a(std::span<const std::uint8_t> bytes, std::uint64_t seed = kFnvOffset) {
    std::uint64_t hash = seed;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
    return hash;
}

// 16 hexadecimal digits.
std::string to_hex(std::uint64_t value);

}  // namespace whittle
