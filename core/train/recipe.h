#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/data/dataset.h"
#include "core/graph/graph.h"
#include "core/train/trainer.h"
#include "core/train/wave_model.h"

namespace whittle {

// How `whittle quantize` makes the int8 model, unless it is told otherwise.
struct RecipeQuantization {
    bool per_channel = true;
    bool float_io = false;
};

// Data, model and training settings that work well together, as read from JSON. Copies share what
// was read.
class Recipe {
public:
    // At most 1 MiB of text. Errors name the entry: "layers[3].kernel". What is accepted has a
    // model that can be built and settings that are within their ranges.
    static Result<Recipe> parse(std::string_view json);

    std::string name;         // "sine"
    std::string description;  // one line for the help
    bool needs_data = false;  // no generator, and no path of its own: --data is required
    TrainOptions options;
    RecipeQuantization quantization;

    const std::string& json() const;
    // First weights from the seed.
    Graph model(std::uint64_t seed) const;
    // From `path` if given; else from the recipe's own path, or generated from the seed.
    Result<DataSplit> data(const std::optional<std::string>& path, std::uint64_t seed) const;

private:
    struct Content;
    std::shared_ptr<const Content> content_;
};

// A kind of layer that a recipe's "layers" can name: its own fields, besides "layer", "name" and
// "inputs", and how many inputs it takes.
struct RecipeLayer {
    std::string_view name;
    std::vector<std::string_view> fields;
    std::size_t min_inputs;
    std::size_t max_inputs;
};
std::vector<RecipeLayer> recipe_layers();

// The recipes that come with the program, core/train/recipes/*.json, sorted by name.
std::span<const Recipe> all_recipes();
const Recipe* recipe_named(std::string_view name);
// A file that ends with ".json", else one of all_recipes(). Errors name the file, or what exists.
Result<Recipe> find_recipe(const std::string& name_or_path);

}  // namespace whittle
