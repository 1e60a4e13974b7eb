#pragma once

#include <string>
#include <string_view>

namespace whittle {

// Text from outside made safe to print and to put into JSON: control characters and bytes that are
// not UTF-8 become '?'.
std::string clean_text(std::string_view text);

// clean_text() in single quotes, cut to `limit` bytes (at a character's border) with "..." behind.
std::string quoted(std::string_view text, std::size_t limit = 60);

}  // namespace whittle
