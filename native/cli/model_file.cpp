#include "native/cli/model_file.h"

#include <filesystem>

#include "core/base/platform/files.h"
#include "core/deploy/tflite_file.h"

namespace whittle::cli {

Result<ModelFile> load_model(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes.ok()) return bytes.status().in_file(path);
    auto graph = read_tflite(*bytes);
    if (!graph.ok()) return graph.status().in_file(path);
    return ModelFile{std::move(graph).value(), static_cast<std::int64_t>(bytes->size())};
}

Result<std::int64_t> save_model(const std::string& path, const Graph& graph) {
    const std::vector<std::uint8_t> bytes = write_tflite(graph);
    if (const Status status = write_file(path, bytes); !status.ok()) return status.in_file(path);
    return static_cast<std::int64_t>(bytes.size());
}

std::string identifier_of(const std::string& path) {
    std::string name = std::filesystem::path(path).stem().string();
    for (char& c : name) {
        const bool fits =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!fits) c = '_';
    }
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name = "model_" + name;
    return name;
}

}  // namespace whittle::cli
