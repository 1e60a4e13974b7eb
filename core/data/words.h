#pragma once

#include <cstdint>
#include <span>

#include "core/data/dataset.h"

namespace whittle {

// Ten short words as a simple voice would speak them, made by a source (a pulse for each swing of
// the vocal cords, or hiss) and a few resonances for the throat and mouth: "yes", "no", "up",
// "down", "left", "right", "on", "off", "stop", "go". Each time another speaker: pitch and its
// melody, size of the mouth, speed, breath; at another moment, as loud as it comes, before noise.
inline constexpr std::uint32_t kWords = 10;
inline constexpr std::int32_t kWordSampleRate = 16000;  // Hz
inline constexpr std::size_t kWordLength = 16000;       // samples: one second

// One of them: fills `sound` [kWordLength] with values in -1 ... 1. word < kWords. It depends on
// the arguments alone, so that sounds can be made one at a time; all together they take 64 KB each.
void make_word(std::uint32_t word, std::uint64_t seed, std::size_t sample, std::span<float> sound);

// Features are [kWordLength] float32 in -1 ... 1; sample i is make_word(i mod kWords, seed, i).
Dataset make_words(std::size_t samples, std::uint64_t seed);

}  // namespace whittle
