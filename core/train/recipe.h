#pragma once

#include <cstdint>
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

// A named task: data, model and training settings that work well together.
struct Recipe {
    const char* name;         // "sine"
    const char* description;  // one line for the help
    bool needs_data;          // no generator: --data is required
    TrainOptions options;
    Graph (*model)(std::uint64_t seed);
    // From `path` if given; else generated from the seed (not when needs_data).
    Result<DataSplit> (*data)(const std::optional<std::string>& path, std::uint64_t seed);
};

std::span<const Recipe> all_recipes();
const Recipe* recipe_named(std::string_view name);

}  // namespace whittle
