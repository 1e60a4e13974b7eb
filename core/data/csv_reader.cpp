#include <algorithm>
#include <charconv>

#include "core/base/text.h"
#include "core/data/csv_scanner.h"
#include "core/data/csv_table.h"
#include "core/data/readers.h"

namespace whittle {
namespace {

std::string all_names(const CsvTable& table) {
    if (table.names.empty()) return "a number from 0 to " + std::to_string(table.columns - 1);
    std::string text = "one of";
    for (std::size_t i = 0; i < std::min<std::size_t>(table.names.size(), 20); ++i) {
        text += (i == 0 ? " " : ", ") + quoted(table.names[i]);
    }
    return text + (table.names.size() > 20 ? ", ..." : "");
}

Result<std::size_t> find_column(const CsvTable& table, const std::string& wanted) {
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
    const std::string meant = nearest(wanted, table.names);
    return Error{"", place, all_names(table), "no such column",
                 meant.empty() ? "choose a column of the file's first line, or one by its number"
                               : "did you mean '" + meant + "'?"};
}

// For every column, whether it is a target.
Result<std::vector<bool>> find_targets(const CsvTable& table, const CsvOptions& options) {
    std::vector<bool> is_target(table.columns, false);
    if (options.target_columns.empty()) is_target.back() = true;
    for (const std::string& wanted : options.target_columns) {
        const auto column = find_column(table, wanted);
        if (!column.ok()) return column.error();
        if (is_target[column.value()]) {
            return Error{"", "target column " + quoted(wanted), "every column once",
                         "it is named twice", "name it once"};
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
    const auto table = read_csv_table(text);
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
