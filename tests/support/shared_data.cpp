#include "tests/support/shared_data.h"

#include <cstdio>
#include <cstdlib>

#include "core/base/platform/files.h"

namespace whittle::test {

std::string source_path(const std::string& relative_path) {
    return WHITTLE_SOURCE_DIR "/" + relative_path;
}

std::optional<std::string> shared_data(const std::string& relative_path) {
    const char* folder = std::getenv("WHITTLE_SHARED");
    const std::string root = folder != nullptr ? folder : source_path("../shared");
    const std::string path = root + "/" + relative_path;
    if (file_exists(path)) return path;
    std::fprintf(stderr, "skipped: %s is not there\n", path.c_str());
    return std::nullopt;
}

}  // namespace whittle::test
