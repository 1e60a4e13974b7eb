#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// One line of a CSV file, or several if a quoted field spans them.
struct CsvRecord {
    std::size_t line = 0;             // where it begins, from 1
    std::vector<std::string> fields;  // without quotes; without spaces around it if not quoted
};

// "line N, column M"; `column` counts from 0, the text from 1.
std::string csv_place(std::size_t line, std::size_t column);

inline constexpr std::size_t kMaxCsvColumns = std::size_t{1} << 20;

// Cuts a text into records by RFC 4180: commas, "" for a quote within quotes. Lines end with LF, CR
// LF or CR. Leaves out UTF-8's byte order mark, empty lines, and lines that begin with #.
class CsvScanner {
public:
    explicit CsvScanner(std::string_view text);

    // The next record; one without fields at the end of the text.
    Result<CsvRecord> next();

private:
    bool at_end() const { return position_ >= text_.size(); }
    bool at_line_end() const { return text_[position_] == '\n' || text_[position_] == '\r'; }
    bool at_field_end() const { return at_end() || at_line_end() || text_[position_] == ','; }
    void skip_line_end();
    void skip_blanks();
    void skip_lines_without_data();
    Result<std::string> read_field(std::size_t column);
    Result<std::string> read_quoted_field(std::size_t column);
    Error unexpected(std::size_t column, std::string expected) const;

    std::string_view text_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
};

}  // namespace whittle
