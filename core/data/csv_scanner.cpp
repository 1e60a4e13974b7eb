#include "core/data/csv_scanner.h"

#include <utility>

#include "core/base/text.h"

namespace whittle {

std::string csv_place(std::size_t line, std::size_t column) {
    return "line " + std::to_string(line) + ", column " + std::to_string(column + 1);
}

CsvScanner::CsvScanner(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xef\xbb\xbf") text_.remove_prefix(3);
}

Result<CsvRecord> CsvScanner::next() {
    skip_lines_without_data();
    CsvRecord record;
    record.line = line_;
    if (at_end()) return record;
    while (true) {
        if (record.fields.size() == kMaxCsvColumns) {
            return Error{"", csv_place(line_, kMaxCsvColumns),
                         "at most " + std::to_string(kMaxCsvColumns) + " columns", "more",
                         "is this a table of samples, one in each line?"};
        }
        auto field = read_field(record.fields.size());
        if (!field.ok()) return field.error();
        record.fields.push_back(std::move(field.value()));
        if (at_end() || at_line_end()) break;
        ++position_;  // the comma
    }
    skip_line_end();
    return record;
}

void CsvScanner::skip_line_end() {
    if (at_end()) return;
    const bool carriage_return = text_[position_++] == '\r';
    if (carriage_return && !at_end() && text_[position_] == '\n') ++position_;
    ++line_;
}

void CsvScanner::skip_blanks() {
    while (!at_end() && (text_[position_] == ' ' || text_[position_] == '\t')) ++position_;
}

void CsvScanner::skip_lines_without_data() {
    while (true) {
        const std::size_t start = position_;
        skip_blanks();
        if (at_end()) return;
        if (text_[position_] == '#') {
            while (!at_end() && !at_line_end()) ++position_;
        } else if (!at_line_end()) {
            position_ = start;
            return;
        }
        skip_line_end();
    }
}

// An unquoted field ends before the next comma or line end. Blanks around it do not count.
Result<std::string> CsvScanner::read_field(std::size_t column) {
    skip_blanks();
    if (!at_end() && text_[position_] == '"') return read_quoted_field(column);
    const std::size_t start = position_;
    while (!at_field_end()) {
        if (text_[position_] == '\0' || text_[position_] == '"') return unexpected(column, "text");
        ++position_;
    }
    std::string_view field = text_.substr(start, position_ - start);
    while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
    return std::string(field);
}

Result<std::string> CsvScanner::read_quoted_field(std::size_t column) {
    const std::size_t first_line = line_;
    std::string field;
    ++position_;
    while (!at_end()) {
        const char c = text_[position_];
        if (c == '\0') return unexpected(column, "text");
        if (c == '"') {
            ++position_;
            if (at_end() || text_[position_] != '"') {
                skip_blanks();
                if (at_field_end()) return field;
                return unexpected(column, "a comma or the end of the line after the closing quote");
            }
        }
        if (at_line_end()) {
            skip_line_end();
            field += '\n';
        } else {
            field += c;
            ++position_;
        }
    }
    return Error{"", csv_place(first_line, column), "a closing quote", "the end of the file",
                 "write a quote that belongs to the text twice"};
}

Error CsvScanner::unexpected(std::size_t column, std::string expected) const {
    Error error{"", csv_place(line_, column), std::move(expected), "", ""};
    if (text_[position_] == '\0') {
        error.found = "a byte of value 0";
        error.hint = "this is not plain text; save it as CSV in UTF-8";
    } else {
        error.found = quoted(text_.substr(position_, 1));
        error.hint = text_[position_] == '"' ? "put the whole field in quotes"
                                             : "write a quote that belongs to the text twice";
    }
    return error;
}

}  // namespace whittle
