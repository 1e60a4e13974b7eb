#include <algorithm>
#include <charconv>

#include "core/data/csv_scanner.h"
#include "core/data/number_text.h"
#include "core/data/readers.h"

namespace whittle {
namespace {

// The numbers of all rows, one after another, and the columns' names if the file has them.
struct Table {
    std::vector<std::string> names;
    std::size_t columns = 0;
    std::vector<float> values;

    std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
    std::string column_name(std::size_t column) const {
        return names.empty() ? "" : " for " + quoted(names[column]);
    }
};

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

Status append_row(const CsvRecord& record, Table& table) {
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

Result<Table> read_table(std::string_view text) {
    CsvScanner scanner(text);
    Table table;
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
    Error error{"", "line " + std::to_string(line), "a row of numbers", "the end of the file", ""};
    if (table.names.size() == 1) error.hint = "columns are separated by commas";
    return error;
}

std::string all_names(const Table& table) {
    if (table.names.empty()) return "a number from 0 to " + std::to_string(table.columns - 1);
    std::string text = "one of";
    for (std::size_t i = 0; i < std::min<std::size_t>(table.names.size(), 20); ++i) {
        text += (i == 0 ? " " : ", ") + quoted(table.names[i]);
    }
    return text + (table.names.size() > 20 ? ", ..." : "");
}

Result<std::size_t> find_column(const Table& table, const std::string& wanted) {
    const std::string place = "target column " + quoted(wanted);
    const auto found = std::find(table.names.begin(), table.names.end(), wanted);
    if (found != table.names.end()) {
        if (std::find(found + 1, table.names.end(), wanted) != table.names.end()) {
            return Error{"", place, "one column of this name", "several",
                         "choose it by its number, from 0"};
        }
        return static_cast<std::size_t>(found - table.names.begin());
    }
    std::size_t number = 0;
    const char* end = wanted.data() + wanted.size();
    const auto parsed = std::from_chars(wanted.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end && number < table.columns) return number;
    return Error{"", place, all_names(table), "no such column", ""};
}

// For every column, whether it is a target.
Result<std::vector<bool>> find_targets(const Table& table, const CsvOptions& options) {
    std::vector<bool> is_target(table.columns, false);
    if (options.target_columns.empty()) is_target.back() = true;
    for (const std::string& wanted : options.target_columns) {
        const auto column = find_column(table, wanted);
        if (!column.ok()) return column.error();
        if (is_target[column.value()]) {
            return Error{"", "target column " + quoted(wanted), "every column once",
                         "it is named twice", ""};
        }
        is_target[column.value()] = true;
    }
    if (std::find(is_target.begin(), is_target.end(), false) == is_target.end()) {
        return Error{"", "line 1", "at least one column besides the targets",
                     std::to_string(table.columns) + " in all",
                     "columns are separated by commas; the last one is the target unless another "
                     "is chosen"};
    }
    return is_target;
}

}  // namespace

Result<Dataset> read_csv(std::string_view text, const CsvOptions& options) {
    const auto table = read_table(text);
    if (!table.ok()) return table.error();
    const auto is_target = find_targets(table.value(), options);
    if (!is_target.ok()) return is_target.error();
    const auto targets = std::count(is_target->begin(), is_target->end(), true);
    Dataset data;
    data.name = "csv";
    data.target_shape = {static_cast<std::int32_t>(targets)};
    data.feature_shape = {static_cast<std::int32_t>(table->columns) -
                          static_cast<std::int32_t>(targets)};
    std::vector<float> features;
    features.reserve(table->rows() * data.feature_count());
    data.targets.reserve(table->rows() * data.target_count());
    for (std::size_t i = 0; i < table->values.size(); ++i) {
        const bool target = is_target.value()[i % table->columns];
        (target ? data.targets : features).push_back(table->values[i]);
    }
    data.features = std::move(features);
    return data;
}

}  // namespace whittle
