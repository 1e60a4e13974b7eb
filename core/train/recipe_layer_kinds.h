#pragma once

#include <string_view>
#include <vector>

#include "core/train/recipe_layers.h"

namespace whittle {

// The kinds of layers that recipes know, in two families.
std::vector<LayerKind> basic_layer_kinds();     // operators: dense, convolutions, pooling, sums
std::vector<LayerKind> composed_layer_kinds();  // core/graph/blocks.h, and joins

// A kind with the fields that every layer has besides its own; max_inputs is at least min_inputs.
LayerKind kind_of(std::string_view name,
                  std::vector<std::string_view> fields,
                  decltype(LayerKind::make) make,
                  std::size_t min_inputs = 1,
                  std::size_t max_inputs = 1);

}  // namespace whittle
