#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

struct LabelledFiles {
    std::vector<std::string> paths;
    std::vector<std::uint32_t> labels;  // as many: indices of class_names
    std::vector<std::string> class_names;
};

// The files of `folder` whose names end with `ending` (".wav"; also with ".gz" behind it), sorted
// by the bytes of their paths, and their classes. Either they lie in folders named by the class, or
// in `folder` itself, named by the class up to the first '_'. The classes are `classes` in this
// order, or if that is empty those found, sorted by their bytes.
// Errors: no such file, one without a class or of a class not in `classes`, a class without files,
// files beside folders.
Result<LabelledFiles> find_labelled_files(const std::string& folder,
                                          std::string_view ending,
                                          std::span<const std::string> classes);

// Files are one sample each: no larger than this, plain or inflated.
inline constexpr std::size_t kSampleFileLimitBytes = std::size_t{1} << 26;

// The whole file, inflated if it is gzip. Errors name it.
Result<std::vector<std::uint8_t>> read_sample_file(const std::string& path);

// Whether `samples` of `values` float32 each fit into kInflatedLimitBytes.
Status check_total_size(const std::string& folder, std::size_t samples, std::size_t values);

}  // namespace whittle
