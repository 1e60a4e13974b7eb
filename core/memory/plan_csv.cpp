#include "core/memory/plan_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>

#include "core/base/text.h"
#include "core/data/csv_scanner.h"

namespace whittle {
namespace {

enum Column : std::size_t { kId, kLower, kUpper, kSize, kColumns };
constexpr std::array<std::string_view, kColumns> kColumnNames = {"id", "lower", "upper", "size"};
constexpr const char* kFormatHint =
    "the first line is id,lower,upper,size; a buffer is alive from step lower to before step upper";

using Positions = std::array<std::size_t, kColumns>;  // where each column stands

std::string line_place(std::size_t line) { return "line " + std::to_string(line); }

Error wrong_columns(const CsvRecord& header, std::string found) {
    return {"", line_place(header.line), "the columns id, lower, upper, size", std::move(found),
            kFormatHint};
}

Result<Positions> read_header(const CsvRecord& header) {
    Positions positions;
    positions.fill(kColumns);
    if (header.fields.empty()) return wrong_columns(header, "an empty file");
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const auto name = std::find(kColumnNames.begin(), kColumnNames.end(), header.fields[i]);
        if (name == kColumnNames.end()) return wrong_columns(header, quoted(header.fields[i]));
        std::size_t& position = positions[static_cast<std::size_t>(name - kColumnNames.begin())];
        if (position != kColumns) return wrong_columns(header, quoted(header.fields[i]) + " twice");
        position = i;
    }
    for (std::size_t column = 0; column < kColumns; ++column) {
        if (positions[column] == kColumns) {
            return wrong_columns(header, "no column " + std::string(kColumnNames[column]));
        }
    }
    return positions;
}

Result<std::int64_t> read_number(const CsvRecord& record,
                                 std::size_t position,
                                 std::int64_t low,
                                 std::int64_t high) {
    const std::string& text = record.fields[position];
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc() && end == text.data() + text.size() && value >= low && value <= high) {
        return value;
    }
    return Error{"", csv_place(record.line, position),
                 "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
                 quoted(text), ""};
}

Result<Buffer> read_buffer(const CsvRecord& record, const Positions& positions) {
    constexpr std::int64_t kLastMoment = std::numeric_limits<int>::max();
    const auto lower = read_number(record, positions[kLower], 0, kLastMoment - 1);
    if (!lower.ok()) return lower.status();
    const auto upper = read_number(record, positions[kUpper], 0, kLastMoment);
    if (!upper.ok()) return upper.status();
    const auto size = read_number(record, positions[kSize], 0, kMaxBufferBytes);
    if (!size.ok()) return size.status();
    if (*upper <= *lower) {
        return Error{"", csv_place(record.line, positions[kUpper]),
                     "an upper end above " + std::to_string(*lower), std::to_string(*upper),
                     "a buffer is alive from step lower to before step upper"};
    }
    return Buffer{*size, static_cast<int>(*lower), static_cast<int>(*upper - 1)};
}

}  // namespace

Result<BufferTable> read_buffer_table(std::string_view text) {
    CsvScanner scanner(text);
    auto header = scanner.next();
    if (!header.ok()) return header.status();
    const auto positions = read_header(*header);
    if (!positions.ok()) return positions.status();
    BufferTable table;
    std::map<std::string, std::size_t, std::less<>> line_of_id;
    while (true) {
        auto record = scanner.next();
        if (!record.ok()) return record.status();
        if (record->fields.empty()) break;
        if (record->fields.size() != kColumns) {
            return Error{"", line_place(record->line), "4 columns",
                         std::to_string(record->fields.size()), "is the file complete?"};
        }
        if (table.buffers.size() == kMaxBuffers) {
            return Error{"", line_place(record->line),
                         "at most " + std::to_string(kMaxBuffers) + " buffers", "more", ""};
        }
        auto buffer = read_buffer(*record, *positions);
        if (!buffer.ok()) return buffer.status();
        std::string& id = record->fields[(*positions)[kId]];
        const auto [known, is_new] = line_of_id.emplace(id, record->line);
        if (!is_new) {
            return Error{
                "", csv_place(record->line, (*positions)[kId]), "an id of its own for each buffer",
                quoted(id) + ", which line " + std::to_string(known->second) + " has too", ""};
        }
        table.ids.push_back(std::move(id));
        table.buffers.push_back(*buffer);
    }
    if (table.buffers.empty()) {
        return Error{"", line_place(header->line), "a line for each buffer below the heading",
                     "the end of the file", kFormatHint};
    }
    return table;
}

}  // namespace whittle
