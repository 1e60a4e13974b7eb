#include <algorithm>
#include <utility>

#include "core/data/csv_table.h"
#include "core/data/folder_readers.h"
#include "core/data/labelled_files.h"

namespace whittle {
namespace {

Result<CsvTable> read_table_file(const std::string& path) {
    const auto bytes = read_sample_file(path);
    if (!bytes.ok()) return bytes.error();
    auto table = read_csv_table({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!table.ok()) return table.status().in_file(path);
    return table;
}

// The shape of every sample, given by the first file.
struct CsvWindow {
    std::string first_path;
    std::size_t rows = 0;
    std::size_t columns = 0;
    bool exact = true;
};

Status check_window(const CsvWindow& window, const CsvTable& table, const std::string& path) {
    if (table.columns != window.columns) {
        return Error{path, "", std::to_string(window.columns) + " columns, as " + window.first_path,
                     std::to_string(table.columns), "every file needs the same columns"};
    }
    if (table.rows() < window.rows || (window.exact && table.rows() > window.rows)) {
        return Error{path, "",
                     std::to_string(window.rows) + " rows" +
                         (window.exact ? ", as " + window.first_path : " or more"),
                     std::to_string(table.rows()),
                     window.exact ? "choose how many rows to use if the files differ in length"
                                  : "the file was cut short, or fewer rows have to do"};
    }
    return {};
}

}  // namespace

Result<Dataset> read_csv_folder(const std::string& folder, const CsvFolderOptions& options) {
    auto files = find_labelled_files(folder, ".csv", options.classes);
    if (!files.ok()) return files.error();
    CsvWindow window;
    std::vector<float> features;
    for (const std::string& path : files->paths) {
        const auto table = read_table_file(path);
        if (!table.ok()) return table.error();
        if (window.columns == 0) {
            window = {path, options.rows == 0 ? table->rows() : options.rows, table->columns,
                      options.rows == 0};
            const std::size_t values = std::min(window.rows, table->rows()) * window.columns;
            const Status status = check_total_size(folder, files->paths.size(), values);
            if (!status.ok()) return status;
            features.reserve(files->paths.size() * values);
        }
        const Status status = check_window(window, table.value(), path);
        if (!status.ok()) return status;
        features.insert(
            features.end(), table->values.begin(),
            table->values.begin() + static_cast<std::ptrdiff_t>(window.rows * window.columns));
    }
    Dataset data;
    data.name = "CSV windows";
    data.feature_shape = {static_cast<std::int32_t>(window.rows),
                          static_cast<std::int32_t>(window.columns)};
    data.features = std::move(features);
    data.target_shape = {static_cast<std::int32_t>(files->class_names.size())};
    data.labels = std::move(files->labels);
    data.class_names = std::move(files->class_names);
    return data;
}

}  // namespace whittle
