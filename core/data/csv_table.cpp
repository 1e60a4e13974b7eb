#include "core/data/csv_table.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/data/csv_scanner.h"
#include "core/data/number_text.h"

namespace whittle {
namespace {

bool is_name(const std::string& field) {
    float ignored = 0.0f;
    return parse_number(field, ignored) == NumberKind::not_number;
}

// The first record holds names if none of its fields is a number. A mixture is an error: a misspelt
// number must not turn a row of data into names.
Result<bool> is_header(const CsvRecord& record) {
    const std::size_t names = static_cast<std::size_t>(
        std::count_if(record.fields.begin(), record.fields.end(), is_name));
    if (names == record.fields.size()) return true;
    if (names == 0) return false;
    const auto odd = std::find_if(record.fields.begin(), record.fields.end(), is_name);
    return Error{"", csv_place(record.line, std::size_t(odd - record.fields.begin())),
                 "only names or only numbers in the first line", quoted(*odd),
                 "check this field; a line that begins with # is left out"};
}

Status append_row(const CsvRecord& record, CsvTable& table) {
    if (record.fields.size() != table.columns) {
        const std::size_t first_odd = std::min(record.fields.size(), table.columns);
        return Error{"", csv_place(record.line, first_odd),
                     std::to_string(table.columns) + " columns, as in the first line",
                     std::to_string(record.fields.size()),
                     "every line needs the same number of fields"};
    }
    for (std::size_t i = 0; i < table.columns; ++i) {
        float value = 0.0f;
        const NumberKind kind = parse_number(record.fields[i], value);
        if (kind == NumberKind::finite) {
            table.values.push_back(value);
            continue;
        }
        const bool number = kind == NumberKind::not_finite;
        return Error{"", csv_place(record.line, i),
                     std::string(number ? "a finite number within float32's range" : "a number") +
                         table.column_name(i),
                     record.fields[i].empty() ? "nothing" : quoted(record.fields[i]),
                     number ? "leave out rows without a measurement"
                            : "numbers look like -12.5 or 1e-3; columns are separated by commas"};
    }
    return {};
}

}  // namespace

std::string CsvTable::column_name(std::size_t column) const {
    return names.empty() ? "" : " for " + quoted(names[column]);
}

Result<CsvTable> read_csv_table(std::string_view text) {
    CsvScanner scanner(text);
    CsvTable table;
    std::size_t line = 1;
    while (true) {
        auto record = scanner.next();
        if (!record.ok()) return record.error();
        line = record->line;
        if (record->fields.empty()) break;
        if (table.columns == 0) {
            table.columns = record->fields.size();
            const auto header = is_header(record.value());
            if (!header.ok()) return header.error();
            if (header.value()) {
                table.names = std::move(record->fields);
                continue;
            }
        }
        const Status status = append_row(record.value(), table);
        if (!status.ok()) return status;
    }
    if (table.rows() > 0) return table;
    const char* const hint = text.empty()              ? "the file is empty"
                             : table.names.empty()     ? "the file holds no lines with data"
                             : table.names.size() == 1 ? "columns are separated by commas"
                                                       : "the file holds names alone";
    return Error{"", "line " + std::to_string(line), "a row of numbers", "the end of the file",
                 hint};
}

}  // namespace whittle
