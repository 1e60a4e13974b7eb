#include "native/cli/options.h"

#include "core/deploy/boards.h"
#include "core/train/recipe.h"
#include "native/cli/text.h"

namespace whittle::cli {

std::vector<std::string> recipe_names() {
    std::vector<std::string> names;
    for (const Recipe& recipe : all_recipes()) names.emplace_back(recipe.name);
    return names;
}

std::vector<std::string> board_names() {
    std::vector<std::string> names;
    for (const Board& board : all_boards()) names.emplace_back(board.name);
    return names;
}

std::string board_complaint(const std::string& name) {
    const Board* board = board_named(name);
    if (board == nullptr || board->exportable()) return "";
    std::vector<std::string> others;
    for (const Board& other : exportable_boards()) others.emplace_back(other.name);
    return "the board '" + name + "' is in the catalogue, but nothing can be exported to it yet; " +
           "there are " + join(others, ", ");
}

void add_data_options(Arguments& arguments, DataOptions& options) {
    arguments.text("--recipe", options.recipe,
                   {.value = "RECIPE",
                    .help = "the data of this recipe (whittle train --list), or of a .json file",
                    .choices = recipe_names(),
                    .kind = "recipe",
                    .or_ending = ".json"});
    arguments.text("--data", options.path,
                   {.value = "PATH",
                    .help = "what the recipe reads; without one, a CSV file or MNIST's folder"});
    arguments.list("--target", options.target_columns,
                   {.value = "COLUMN,...",
                    .help = "CSV: the columns to predict, by name or number from 0 (default: the "
                            "last)"});
    arguments.number(
        "--seed", options.seed,
        {.value = "N", .help = "seed of generated data and of the split (default: the recipe's)"});
}

Savings SavingsOptions::chosen() const {
    Savings savings = all == "none" ? Savings::none() : Savings{};
    savings.in_place = in_place.value_or(savings.in_place);
    savings.overlap = overlap.value_or(savings.overlap);
    savings.reorder = reorder.value_or(savings.reorder);
    savings.fuse = fuse.value_or(savings.fuse);
    return savings;
}

void add_savings_options(Arguments& arguments, SavingsOptions& options) {
    arguments.text("--savings", options.all,
                   {.value = "all|none",
                    .help = "what may make the arena smaller (default all); then each by itself:",
                    .choices = {"all", "none"},
                    .kind = "set of savings"});
    arguments.on_off("--in-place", options.in_place, "outputs in the place of inputs");
    arguments.on_off("--overlap", options.overlap,
                     "outputs that run into inputs as these are used up");
    arguments.on_off("--reorder", options.reorder, "operators in the order that keeps least alive");
    arguments.on_off(
        "--fuse", options.fuse,
        "convolutions that do the padding before them, and take turns with the layer behind");
}

void add_model_argument(Arguments& arguments, std::string& path) {
    arguments.text("model", path,
                   {.value = "M.tflite", .help = "the model, a .tflite file", .required = true});
}

void add_json_flag(Arguments& arguments, bool& json) {
    arguments.flag("--json", json, "print JSON on stdout and nothing else");
}

}  // namespace whittle::cli
