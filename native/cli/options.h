#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace whittle::cli {

// Options that several commands share, declared the same way everywhere.

// Where data come from: a recipe makes or reads them, or a path holds them.
struct DataOptions {
    std::string recipe;
    std::string path;
    std::vector<std::string> target_columns;
    std::uint64_t seed = 1;

    bool given() const { return !recipe.empty() || !path.empty(); }
};
void add_data_options(CLI::App& app, DataOptions& options);

void add_model_argument(CLI::App& app, std::string& path);
void add_json_flag(CLI::App& app, bool& json);
// Refuses names that are no recipe or board, and suggests the nearest.
CLI::Validator known_recipe();
// `or_native` also accepts "native".
CLI::Validator known_board(bool or_native);

}  // namespace whittle::cli
