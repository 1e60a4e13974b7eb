#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json_fields.h"
#include "core/data/dataset.h"
#include "core/data/features.h"
#include "core/data/generators.h"

namespace whittle {

struct DataSource;

// What a recipe says of its data: the field "data".
struct RecipeData {
    const DataSource* source = nullptr;
    std::string path;  // what is read when the caller names no other; empty: none
    std::size_t samples = 1000;
    LineData line;
    float train_share = 0.6f;
    float validation_share = 0.2f;
    std::vector<std::string> target_columns;  // csv
    std::int32_t class_count = 0;      // csv: 0 for numbers, else targets are 0 ... count - 1
    std::int32_t sample_rate = 16000;  // sounds, windows: Hz
    std::int32_t length = 16000;       // sounds: samples; windows: rows
    LogMelFeatures log_mel;
    SpectrumFeatures spectrum;
    std::string normal_class;  // windows: the others are anomalies, for the test only
    std::vector<std::string> ignored_classes;
};

// How the data of one kind are made or read.
struct DataSource {
    std::string_view name;
    std::vector<std::string_view> fields;
    bool generates;  // has data without a path
    Result<DataSplit> (*load)(const RecipeData& data,
                              const std::optional<std::string>& path,
                              std::uint64_t seed);
};

RecipeData read_recipe_data(const nlohmann::json& data, JsonProblem& problem);
// From `path`, else from the recipe's own, else generated from the seed.
Result<DataSplit> load_recipe_data(const RecipeData& data,
                                   const std::optional<std::string>& path,
                                   std::uint64_t seed);

}  // namespace whittle
