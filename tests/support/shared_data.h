#pragma once

#include <optional>
#include <string>

namespace whittle::test {

// The path of a file of this project: "core/ops/tflite.fbs".
std::string source_path(const std::string& relative_path);

// The path of a file or folder of the reference data (models, golden outputs, data sets of others)
// that stands beside a checkout: $WHITTLE_SHARED, or ../shared beside the source folder. Empty,
// with a line on stderr that says what is skipped, when it is not there.
std::optional<std::string> shared_data(const std::string& relative_path);

}  // namespace whittle::test
