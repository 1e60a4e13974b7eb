#include "native/cli/model_data.h"

#include <cmath>
#include <filesystem>

#include "core/base/platform/files.h"
#include "core/data/readers.h"
#include "core/train/recipe.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

std::size_t elements_of(const Graph& model, const std::vector<int>& tensors) {
    return static_cast<std::size_t>(model.tensor(tensors[0]).elements());
}

std::string count_text(std::size_t count) {
    return thousands(static_cast<std::int64_t>(count)) + (count == 1 ? " value" : " values");
}

// Makes class indices of one column of whole numbers 0 … classes - 1.
Status turn_into_classes(Dataset& data, std::size_t classes) {
    std::vector<std::uint32_t> labels;
    for (const float target : data.targets) {
        if (!(target >= 0.0f && target < static_cast<float>(classes)) ||
            target != std::floor(target)) {
            return Error{"", "sample " + std::to_string(labels.size()) + ", counted from 0",
                         "a class from 0 to " + std::to_string(classes - 1),
                         format_text("%g", static_cast<double>(target)),
                         "the model has " + std::to_string(classes) +
                             " outputs, so the target column is read as a class"};
        }
        labels.push_back(static_cast<std::uint32_t>(target));
    }
    data.labels = std::move(labels);
    data.targets.clear();
    data.target_shape = {static_cast<std::int32_t>(classes)};
    for (std::size_t c = 0; c < classes; ++c) data.class_names.push_back(std::to_string(c));
    return {};
}

Result<DataSplit> load_csv(const DataOptions& options, const Graph& model) {
    const auto bytes = read_file(options.path);
    if (!bytes.ok()) return bytes.status();
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    auto data = read_csv(text, {options.target_columns});
    if (!data.ok()) return data.status();
    const std::size_t outputs = elements_of(model, model.outputs);
    if (outputs > 1 && data->target_count() == 1) {
        if (const Status status = turn_into_classes(*data, outputs); !status.ok()) return status;
    }
    DataSplit all;
    all.test = *data;
    all.train = std::move(data).value();
    return all;
}

Result<DataSplit> load_any(const DataOptions& options, const Graph& model) {
    const std::optional<std::string> path =
        options.path.empty() ? std::nullopt : std::optional(options.path);
    if (!options.recipe.empty()) {
        const auto recipe = find_recipe(options.recipe);
        if (!recipe.ok()) return recipe.status();
        return recipe->data(path, options.seed.value_or(recipe->options.seed));
    }
    std::error_code ignored;
    if (!std::filesystem::is_directory(options.path, ignored)) return load_csv(options, model);
    constexpr std::size_t kMnistPixels = 784;
    if (elements_of(model, model.inputs) == kMnistPixels) {
        return recipe_named("digits")->data(path, options.seed.value_or(1));
    }
    return Error{options.path, "", "a CSV file", "a folder",
                 "say whose data these are with --recipe NAME (whittle train --list)"};
}

Status check_fits(const DataSplit& data, const Graph& model) {
    const std::size_t inputs = elements_of(model, model.inputs);
    if (data.test.feature_count() != inputs) {
        return Error{"", "a sample's features", count_text(inputs) + ", as the model takes",
                     count_text(data.test.feature_count()),
                     "choose the data the model was made for (--recipe, --data, --target)"};
    }
    const std::size_t outputs = elements_of(model, model.outputs);
    const std::size_t targets = data.test.target_count();
    const bool two_classes = outputs == 1 && targets == 2 && data.test.is_classification();
    if (targets != outputs && !two_classes) {
        return Error{"", "a sample's targets", count_text(outputs) + ", as the model gives",
                     count_text(targets),
                     "choose the data the model was made for (--recipe, --data, --target)"};
    }
    if (data.test.size() == 0) {
        return Error{"", "the data", "at least one sample", "none", ""};
    }
    return {};
}

}  // namespace

Result<DataSplit> load_data(const DataOptions& options, const Graph& model) {
    if (!options.given()) {
        return Error{"", "the command line", "--recipe NAME or --data PATH", "neither",
                     "a .tflite file does not say which data belong to it"};
    }
    if (model.inputs.size() != 1 || model.outputs.size() != 1) {
        return Error{
            "", "the model", "one input and one output",
            std::to_string(model.inputs.size()) + " and " + std::to_string(model.outputs.size()),
            ""};
    }
    auto data = load_any(options, model);
    if (!data.ok())
        return options.path.empty() ? data.status() : data.status().in_file(options.path);
    const Status fits = check_fits(*data, model);
    if (!fits.ok()) return options.path.empty() ? fits : fits.in_file(options.path);
    return data;
}

}  // namespace whittle::cli
