#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace whittle::cli {

struct ModelFile {
    Graph graph;
    std::int64_t bytes = 0;
};

// Errors name the file.
Result<ModelFile> load_model(const std::string& path);
// Bytes written.
Result<std::int64_t> save_model(const std::string& path, const Graph& graph);

// The file's name without folders and extension, as a C identifier.
std::string identifier_of(const std::string& path);

}  // namespace whittle::cli
