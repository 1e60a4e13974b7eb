#pragma once

#include <string_view>
#include <vector>

#include "core/base/json_fields.h"
#include "core/train/recipe.h"

namespace whittle {

// Every field that a recipe may have.
std::vector<std::string_view> recipe_field_names();

// The fields on training: loss, targets, optimizer, schedule, epochs, batches, stopping, seed.
TrainOptions read_recipe_training(JsonFields& recipe);
RecipeQuantization read_recipe_quantization(JsonFields& recipe);

}  // namespace whittle
