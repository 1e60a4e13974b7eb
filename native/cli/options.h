#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/deploy/savings.h"
#include "native/cli/arguments.h"

namespace whittle::cli {

// Options that several commands share, declared the same way everywhere.

// Where data come from: a recipe makes or reads them, or a path holds them.
struct DataOptions {
    std::string recipe;  // a name, or a .json file
    std::string path;
    std::vector<std::string> target_columns;
    std::optional<std::uint64_t> seed;  // else the recipe's

    bool given() const { return !recipe.empty() || !path.empty(); }
};
void add_data_options(Arguments& arguments, DataOptions& options);

// Which savings a plan uses: all of them or none, then each by itself.
struct SavingsOptions {
    std::string all = "all";
    std::optional<bool> in_place;
    std::optional<bool> overlap;
    std::optional<bool> reorder;
    std::optional<bool> fuse;

    Savings chosen() const;
};
void add_savings_options(Arguments& arguments, SavingsOptions& options);

void add_model_argument(Arguments& arguments, std::string& path);
void add_json_flag(Arguments& arguments, bool& json);

std::vector<std::string> recipe_names();
// Of the whole catalogue.
std::vector<std::string> board_names();
// Why nothing can be exported to that board of the catalogue or run on it, or nothing.
std::string board_complaint(const std::string& name);

}  // namespace whittle::cli
