#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "core/base/json_fields.h"
#include "core/graph/graph.h"

namespace whittle {

// The model of a recipe: its fields "name", "input", "initialization", "layers" and "output".
// Weights come from the seed. What is wrong goes to `problem`, and the graph is then unfinished.
Graph read_recipe_model(const nlohmann::json& recipe, std::uint64_t seed, JsonProblem& problem);

}  // namespace whittle
