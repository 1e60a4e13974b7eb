#pragma once

#include <span>
#include <string>

#include "core/base/exact_math.h"
#include "core/base/hash.h"
#include "core/data/dataset.h"

namespace whittle::test {

inline std::uint64_t hash_words(std::span<const std::uint32_t> words, std::uint64_t hash) {
    for (const std::uint32_t word : words) {
        for (int byte = 0; byte < 4; ++byte) {
            const auto next = static_cast<std::uint8_t>(word >> (8 * byte));
            hash = fnv1a(std::span(&next, 1), hash);
        }
    }
    return hash;
}

inline std::uint64_t hash_floats(std::span<const float> values, std::uint64_t hash) {
    for (const float value : values) {
        const std::uint32_t bits = whittle_bits_from_float(value);
        hash = hash_words(std::span(&bits, 1), hash);
    }
    return hash;
}

// FNV-1a over the bits of features, targets and labels, little-endian.
inline std::string hash_of(const Dataset& data) {
    std::uint64_t hash = kFnvOffset;
    if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&data.features)) {
        hash = fnv1a(*bytes, hash);
    } else {
        hash = hash_floats(std::get<std::vector<float>>(data.features), hash);
    }
    return to_hex(hash_words(data.labels, hash_floats(data.targets, hash)));
}

}  // namespace whittle::test
