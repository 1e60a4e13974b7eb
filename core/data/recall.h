#pragma once

#include <cstdint>

#include "core/data/dataset.h"

namespace whittle {

// Sequences to recall from: eight items, each with a key and a value, and a question last, which
// shows the key of one of them, slightly disturbed; the label is that item's value. The keys of a
// sequence differ and are new in each, so that nothing can be known but by comparing the question
// with the items: associative recall (Graves, Wayne and Danihelka, "Neural Turing Machines", 2014).
// Features are [9 steps, 11]: the key, six numbers of -1 or 1; the value, one of four as 0 and 1;
// and what is 1 for the question alone. The classes are the values, equally often in the long run.
inline constexpr std::int32_t kRecallItems = 8;
inline constexpr std::int32_t kRecallKeyBits = 6;
inline constexpr std::int32_t kRecallValues = 4;
Dataset make_recall(std::size_t samples, std::uint64_t seed);

}  // namespace whittle
