#include "native/cli/options.h"

#include "core/deploy/boards.h"
#include "core/train/recipe.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

CLI::Validator one_of(std::vector<std::string> names, const std::string& what) {
    const auto check = [names, what](std::string& value) {
        for (const std::string& name : names) {
            if (name == value) return std::string();
        }
        const std::string meant = nearest(value, names);
        return "there is no " + what + " '" + printable(value) + "'; " +
               (meant.empty() ? "known: " + join(names, ", ") : "did you mean '" + meant + "'?");
    };
    return CLI::Validator(check, "", what);
}

}  // namespace

CLI::Validator known_recipe() {
    std::vector<std::string> names;
    for (const Recipe& recipe : all_recipes()) names.emplace_back(recipe.name);
    return one_of(std::move(names), "recipe");
}

CLI::Validator known_board(bool or_native) {
    std::vector<std::string> names;
    if (or_native) names.emplace_back("native");
    for (const Board& board : all_boards()) names.emplace_back(board.name);
    return one_of(std::move(names), "board");
}

void add_data_options(CLI::App& app, DataOptions& options) {
    app.add_option("--recipe", options.recipe, "the data of this recipe (whittle train --list)")
        ->check(known_recipe())
        ->type_name("NAME");
    app.add_option("--data", options.path, "a folder of MNIST's files, or a CSV file of numbers")
        ->type_name("PATH");
    app.add_option("--target", options.target_columns,
                   "CSV: the columns to predict, by name or number from 0 (default: the last)")
        ->delimiter(',')
        ->take_all()
        ->type_name("COLUMN,...");
    app.add_option("--seed", options.seed, "seed of generated data and of the split (default 1)")
        ->type_name("N");
}

void add_model_argument(CLI::App& app, std::string& path) {
    app.add_option("model", path, "the model, a .tflite file")->required()->type_name("M.tflite");
}

void add_json_flag(CLI::App& app, bool& json) {
    app.add_flag("--json", json, "print JSON on stdout and nothing else");
}

}  // namespace whittle::cli
