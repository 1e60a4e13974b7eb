#include "core/train/recipe.h"

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

#include "core/base/platform/files.h"
#include "core/base/text.h"
#include "core/train/batch_runner.h"
#include "core/train/recipe_data.h"
#include "core/train/recipe_model.h"
#include "core/train/recipe_training.h"
#include "embedded_recipes.h"

namespace whittle {

using Json = nlohmann::json;

struct Recipe::Content {
    std::string text;
    Json document;
    RecipeData data;
};

namespace {

// The settings must suit the model, whatever the data.
Status check_against_model(const TrainOptions& options, const Graph& model) {
    const Result<int> output = loss_tensor(model, options.loss);
    if (!output.ok()) {
        Error error = output.error();
        error.place = "loss, " + error.place;
        return error;
    }
    const auto columns = static_cast<std::size_t>(model.tensor(*output).elements());
    return check_target_shaping(options.targets, options.loss, columns);
}

std::vector<Recipe> parse_embedded() {
    std::vector<Recipe> recipes;
    for (const auto& file : embedded_recipes::files()) {
        Result<Recipe> recipe = Recipe::parse(file.text);
        assert(recipe.ok() && "the tests read every recipe");
        if (recipe.ok()) recipes.push_back(std::move(recipe).value());
    }
    std::sort(recipes.begin(), recipes.end(),
              [](const Recipe& a, const Recipe& b) { return a.name < b.name; });
    return recipes;
}

}  // namespace

Result<Recipe> Recipe::parse(std::string_view json) {
    Result<Json> document = parse_json(json);
    if (!document.ok()) return document.status();
    JsonProblem problem;
    JsonFields fields(*document, "", recipe_field_names(), problem);
    if (problem.found()) return problem.status();
    Recipe recipe;
    auto content = std::make_shared<Content>();
    recipe.name = clean_text(fields.text("name"));
    recipe.description = clean_text(fields.text("description", ""));
    if (const Json* data = fields.require("data", "an object with \"source\"")) {
        content->data = read_recipe_data(*data, problem);
    }
    recipe.options = read_recipe_training(fields);
    recipe.quantization = read_recipe_quantization(fields);
    if (problem.found()) return problem.status();
    const Graph model = read_recipe_model(*document, 1, problem);
    if (problem.found()) return problem.status();
    if (const Status status = check_against_model(recipe.options, model); !status.ok()) {
        return status;
    }
    recipe.needs_data = !content->data.source->generates && content->data.path.empty();
    content->text = json;
    content->document = std::move(document).value();
    recipe.content_ = std::move(content);
    return recipe;
}

const std::string& Recipe::json() const { return content_->text; }

Graph Recipe::model(std::uint64_t seed) const {
    JsonProblem problem;
    Graph graph = read_recipe_model(content_->document, seed, problem);
    assert(!problem.found() && "parse() has built it once");
    return graph;
}

Result<DataSplit> Recipe::data(const std::optional<std::string>& path, std::uint64_t seed) const {
    Result<DataSplit> data = load_recipe_data(content_->data, path, seed);
    if (data.ok() || !data.error().file.empty()) return data;
    Error error = data.error();
    error.place = "recipe " + name + ", " + error.place;
    return error;
}

std::span<const Recipe> all_recipes() {
    static const std::vector<Recipe> recipes = parse_embedded();
    return recipes;
}

const Recipe* recipe_named(std::string_view name) {
    for (const Recipe& recipe : all_recipes()) {
        if (recipe.name == name) return &recipe;
    }
    return nullptr;
}

Result<Recipe> find_recipe(const std::string& name_or_path) {
    constexpr std::string_view kEnding = ".json";
    if (std::string_view(name_or_path).ends_with(kEnding)) {
        const auto bytes = read_file(name_or_path);
        if (!bytes.ok()) return bytes.status();
        Result<Recipe> recipe =
            Recipe::parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
        return recipe.ok() ? recipe : recipe.status().in_file(name_or_path);
    }
    if (const Recipe* recipe = recipe_named(name_or_path)) return *recipe;
    std::vector<std::string> names;
    std::string known;
    for (const Recipe& recipe : all_recipes()) {
        names.push_back(recipe.name);
        known += (known.empty() ? "" : ", ") + recipe.name;
    }
    const std::string meant = nearest(name_or_path, names);
    return Error{.place = "recipe",
                 .expected = "a recipe's name, or a file that ends with .json",
                 .found = whittle::quoted(name_or_path),
                 .hint = meant.empty() ? "known: " + known : "did you mean '" + meant + "'?"};
}

}  // namespace whittle
