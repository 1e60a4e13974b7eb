#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"

namespace whittle::cli {

// As printf.
[[gnu::format(printf, 1, 2)]] std::string format_text(const char* format, ...);
using whittle::thousands;
// Bytes, shorter: "640 bytes", "16 KB" or "4.2 MB", where 1 KB is 1024 bytes.
std::string size_text(std::int64_t bytes);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
// Control characters, which a file may carry to play tricks with a terminal, become '?'.
std::string printable(std::string_view text);

// Columns of text, aligned. The first row is the heading.
class Table {
public:
    explicit Table(std::vector<std::string> heading);
    // Columns are left-aligned unless they are named here.
    Table& right(std::vector<std::size_t> columns);
    void add(std::vector<std::string> row);
    // Every line indented by two spaces and ended.
    std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<bool> right_;
};

// Columns of a text as a terminal shows it: UTF-8 code points.
std::size_t display_width(std::string_view text);

}  // namespace whittle::cli
