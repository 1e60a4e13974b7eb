#pragma once

#include <cstdint>

#include "core/base/random.h"

namespace whittle {

// The finalizer of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
// Generators", 2014): every bit of the input reaches every bit of the result.
constexpr std::uint64_t mix_bits(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

// Random numbers of one sample alone: what a sample looks like depends neither on how many others
// there are nor on the order or the thread that makes it. `purpose` tells sequences of one sample
// apart: an epoch, a kind of data.
inline Random sample_random(std::uint64_t seed, std::uint64_t sample, std::uint64_t purpose = 0) {
    constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;  // 2^64 / golden ratio
    return Random(mix_bits(mix_bits(seed + kGolden) + sample * kGolden), mix_bits(purpose));
}

}  // namespace whittle
