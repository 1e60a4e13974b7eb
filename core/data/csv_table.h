#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// The numbers of a CSV file, row after row, and the columns' names if its first line has them.
struct CsvTable {
    std::vector<std::string> names;
    std::size_t columns = 0;
    std::vector<float> values;  // finite

    std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
    // " for 'name'", or nothing.
    std::string column_name(std::size_t column) const;
};

// At least one row, all as long as the first. An error's place is "line N, column M".
Result<CsvTable> read_csv_table(std::string_view text);

}  // namespace whittle
