#include "native/app/progress_file.h"

#include <cstdlib>

#include "core/base/platform/files.h"

namespace whittle::app {

namespace {

constexpr std::size_t kMaxBytes = 4u << 20;

}  // namespace

std::string progress_path() {
    const char* data = std::getenv("XDG_DATA_HOME");
    if (data != nullptr && data[0] == '/') return std::string(data) + "/whittle/progress.json";
    const char* home = std::getenv("HOME");
    if (home == nullptr || home[0] == '\0') return "";
    return std::string(home) + "/.local/share/whittle/progress.json";
}

Result<Progress> load_progress(const std::string& path) {
    if (path.empty() || !file_exists(path)) return Progress{};
    const auto bytes = read_file(path, kMaxBytes);
    if (!bytes.ok()) return bytes.status();
    Result<Progress> progress =
        parse_progress({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (progress.ok()) return progress;
    Error error = progress.error();
    error.file = path;
    if (error.hint.empty()) error.hint = "move the file away to start afresh";
    return error;
}

Status save_progress(const std::string& path, const Progress& progress) {
    if (path.empty()) return {};
    const std::string folder = path.substr(0, path.rfind('/'));
    if (const Status status = make_folder(folder); !status.ok()) return status;
    return write_file(path, to_json(progress));
}

}  // namespace whittle::app
