#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/base/status.h"
#include "core/base/tensor.h"

namespace whittle {

// Samples with their targets. Features are float32, or bytes that mean value * feature_scale
// (images stay at a quarter of the memory). Targets are float32 rows; a classifier's are one-hot
// rows made from `labels`.
struct Dataset {
    std::string name;
    Shape feature_shape;  // of one sample, without the batch dimension
    std::variant<std::vector<float>, std::vector<std::uint8_t>> features;
    float feature_scale = 1.0f;  // for byte features

    Shape target_shape;                 // of one sample; {classes} for a classifier
    std::vector<float> targets;         // regression: size() * element_count(target_shape) values
    std::vector<std::uint32_t> labels;  // classification: size() class indices
    std::vector<std::string> class_names;  // empty for regression

    bool is_classification() const { return !class_names.empty(); }
    std::size_t size() const;
    std::size_t feature_count() const;  // values of one sample
    std::size_t target_count() const;
    // Copies the samples with these indices, one after another.
    void gather_features(std::span<const std::uint32_t> indices, std::span<float> out) const;
    void gather_targets(std::span<const std::uint32_t> indices, std::span<float> out) const;
    // The samples with these indices as a dataset of their own.
    Dataset subset(std::span<const std::uint32_t> indices) const;
};

struct DataSplit {
    Dataset train;
    Dataset validation;
    Dataset test;
    // Of a detector of anomalies, whose targets are its features: 1 for each sample of `test` that is
    // none of the normal ones, else 0. Empty for all other tasks.
    std::vector<std::uint8_t> anomalous{};
};

// Shuffles with `seed`, then cuts. Fractions lie in [0, 1] and sum to at most 1; test gets the
// rest. Sizes are rounded to the nearest sample.
DataSplit split(const Dataset& data, float train, float validation, std::uint64_t seed);

}  // namespace whittle
