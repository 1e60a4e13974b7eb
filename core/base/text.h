#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace whittle {

// Text from outside made safe to print and to put into JSON: control characters and bytes that are
// not UTF-8 become '?'.
std::string clean_text(std::string_view text);

// clean_text() in single quotes, cut to `limit` bytes (at a character's border) with "..." behind.
std::string quoted(std::string_view text, std::size_t limit = 60);

// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidate closest to `word`, if it is close enough to be meant; else empty.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
// "1,284"
std::string thousands(std::int64_t value);

}  // namespace whittle
