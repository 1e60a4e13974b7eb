#include "core/train/recipe_model.h"

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/graph/builder.h"
#include "core/train/recipe_layers.h"
#include "core/train/recipe_training.h"
#include "core/train/wave_model.h"

namespace whittle {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxLayers = 500;

constexpr std::array<std::string_view, 4> kInitializations = {"glorot-uniform", "glorot-normal",
                                                              "he-uniform", "he-normal"};

// Layers by name, as other layers refer to them; "input" is the model's input.
class Names {
public:
    explicit Names(int input) { tensors_["input"] = input; }

    void add(const std::string& name, int tensor, JsonFields& fields) {
        if (tensors_.emplace(name, tensor).second) return;
        fields.problem().report({.place = fields.place("name"),
                                 .expected = "a name that no other layer has",
                                 .found = whittle::quoted(name)});
    }

    // The tensors that "inputs" names; without it, the layer before.
    std::vector<int> inputs_of(JsonFields& fields, int before) const {
        if (!fields.has("inputs")) return {before};
        std::vector<int> inputs;
        const std::vector<std::string> names = fields.texts("inputs");
        for (std::size_t i = 0; i < names.size(); ++i) {
            inputs.push_back(
                find(names[i], json_item_place(fields.place("inputs"), i), fields.problem()));
        }
        if (!inputs.empty()) return inputs;
        fields.problem().report(
            {.place = fields.place("inputs"), .expected = "at least one name", .found = "none"});
        return {before};
    }

    int find(const std::string& name, const std::string& place, JsonProblem& problem) const {
        const auto found = tensors_.find(name);
        if (found != tensors_.end()) return found->second;
        std::vector<std::string> known;
        for (const auto& [other, tensor] : tensors_) known.push_back(other);
        const std::string meant = nearest(name, known);
        problem.report({.place = place,
                        .expected = "the name of a layer before this one, or 'input'",
                        .found = whittle::quoted(name),
                        .hint = meant.empty() ? "" : "did you mean '" + meant + "'?"});
        return tensors_.at("input");
    }

private:
    std::map<std::string, int> tensors_;
};

Initialization read_initialization(JsonFields& recipe) {
    const std::size_t chosen = recipe.choice("initialization", kInitializations, 0);
    return *initialization_named(kInitializations[chosen]);
}

// {"name": "x", "shape": [28, 28, 1]}, without the batch.
int read_input(JsonFields& recipe, LayerMaker& maker) {
    const Json* input = recipe.require("input", "an object with \"shape\"");
    if (input == nullptr) return maker.input("input", {1});
    JsonFields fields(*input, recipe.place("input"), {"name", "shape"}, recipe.problem());
    const std::string name = fields.text("name", "input");
    const Json* list = fields.require("shape", "a list of sizes, without the batch: [28, 28, 1]");
    const std::size_t rank = list != nullptr && list->is_array() ? list->size() : 0;
    if (list != nullptr && (rank < 1 || rank > 4)) {
        recipe.problem().report(fields.place("shape"), "a list of 1 to 4 sizes, without the batch",
                                *list);
    }
    if (rank < 1 || rank > 4) return maker.input(name, {1});
    Shape shape = fields.sizes("shape", rank, {1, 65536});
    if (LayerMaker::bounded_count(shape) > LayerMaker::kMaxElements) {
        recipe.problem().report(fields.place("shape"), "at most 4,194,304 values", *list);
        shape = {1};
    }
    return maker.input(name, shape);
}

std::string inputs_text(const LayerKind& kind) {
    if (kind.max_inputs == 1) return "one layer";
    const std::string least = std::to_string(kind.min_inputs);
    if (kind.max_inputs == kind.min_inputs) return least + " layers";
    return least + " to " + std::to_string(kind.max_inputs) + " layers";
}

int read_output(JsonFields& recipe, const Names& names, int last) {
    if (!recipe.has("output")) return last;
    return names.find(recipe.text("output"), recipe.place("output"), recipe.problem());
}

}  // namespace

Graph read_recipe_model(const Json& document, std::uint64_t seed, JsonProblem& problem) {
    JsonFields recipe(document, "", recipe_field_names(), problem);
    LayerMaker maker(recipe.text("name", "model"), read_initialization(recipe), seed, problem);
    int last = read_input(recipe, maker);
    Names names(last);
    const Json* layers = recipe.require("layers", "a list of layers");
    if (layers != nullptr &&
        (!layers->is_array() || layers->empty() || layers->size() > kMaxLayers)) {
        problem.report("layers", "a list of 1 to 500 layers", *layers);
    }
    for (std::size_t i = 0; layers != nullptr && i < layers->size() && !problem.found(); ++i) {
        const LayerKind* kind = layer_kind((*layers)[i], json_item_place("layers", i), problem);
        if (kind == nullptr) break;
        JsonFields fields((*layers)[i], json_item_place("layers", i), kind->fields, problem);
        const std::vector<int> inputs = names.inputs_of(fields, last);
        if (inputs.size() < kind->min_inputs || inputs.size() > kind->max_inputs) {
            problem.report({.place = fields.place("inputs"),
                            .expected = inputs_text(*kind),
                            .found = std::to_string(inputs.size())});
        }
        if (problem.found()) break;
        last = kind->make(maker, fields, inputs);
        if (fields.has("name")) names.add(fields.text("name"), last, fields);
    }
    const int output = read_output(recipe, names, last);
    return std::move(maker).finish(output);
}

}  // namespace whittle
