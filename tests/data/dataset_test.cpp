#include "core/data/dataset.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

using namespace whittle;

namespace {

Dataset numbered_regression(std::size_t size) {
    Dataset data;
    data.name = "numbers";
    data.feature_shape = {2};
    data.target_shape = {1};
    std::vector<float> features;
    for (std::size_t i = 0; i < size; ++i) {
        const auto value = static_cast<float>(i);
        features.insert(features.end(), {value, -value});
        data.targets.push_back(10.0f * value);
    }
    data.features = features;
    return data;
}

Dataset numbered_classes(std::size_t size) {
    Dataset data;
    data.feature_shape = {1, 2, 1};
    data.feature_scale = 0.5f;
    data.target_shape = {3};
    data.class_names = {"a", "b", "c"};
    std::vector<std::uint8_t> features;
    for (std::size_t i = 0; i < size; ++i) {
        features.push_back(static_cast<std::uint8_t>(i));
        features.push_back(static_cast<std::uint8_t>(255 - i));
        data.labels.push_back(static_cast<std::uint32_t>(i % 3));
    }
    data.features = features;
    return data;
}

TEST_CASE("dataset: gathers float features and targets in the order asked for") {
    const Dataset data = numbered_regression(5);
    CHECK(data.size() == 5);
    CHECK(data.feature_count() == 2);
    CHECK(data.target_count() == 1);
    const std::uint32_t indices[] = {4, 0, 4};
    std::vector<float> features(6);
    std::vector<float> targets(3);
    data.gather_features(indices, features);
    data.gather_targets(indices, targets);
    CHECK(features == std::vector<float>{4, -4, 0, -0.0f, 4, -4});
    CHECK(targets == std::vector<float>{40, 0, 40});
    data.gather_features({}, {});
    data.gather_targets({}, {});
}

TEST_CASE("dataset: byte features are scaled and labels become one-hot rows") {
    const Dataset data = numbered_classes(4);
    CHECK(data.is_classification());
    CHECK(data.size() == 4);
    const std::uint32_t indices[] = {3, 1};
    std::vector<float> features(4);
    std::vector<float> targets(6, 9.0f);
    data.gather_features(indices, features);
    data.gather_targets(indices, targets);
    CHECK(features == std::vector<float>{1.5f, 126.0f, 0.5f, 127.0f});
    CHECK(targets == std::vector<float>{1, 0, 0, 0, 1, 0});
}

TEST_CASE("dataset: a subset is a dataset of its own") {
    const Dataset data = numbered_classes(6);
    const std::uint32_t indices[] = {5, 2};
    const Dataset part = data.subset(indices);
    CHECK(part.size() == 2);
    CHECK(part.labels == std::vector<std::uint32_t>{2, 2});
    CHECK(std::get<std::vector<std::uint8_t>>(part.features) ==
          std::vector<std::uint8_t>{5, 250, 2, 253});
    CHECK(part.feature_scale == data.feature_scale);
    CHECK(part.class_names == data.class_names);
    CHECK(data.subset({}).size() == 0);
    CHECK(numbered_regression(3).subset(std::vector<std::uint32_t>{1}).targets ==
          std::vector<float>{10});
}

std::vector<float> targets_of(const DataSplit& parts) {
    std::vector<float> all = parts.train.targets;
    all.insert(all.end(), parts.validation.targets.begin(), parts.validation.targets.end());
    all.insert(all.end(), parts.test.targets.begin(), parts.test.targets.end());
    return all;
}

TEST_CASE("dataset: a split uses every sample once, in rounded shares") {
    struct Case {
        std::size_t size;
        float train, validation;
        std::size_t train_size, validation_size;
    };
    for (const Case& c :
         {Case{0, 0.6f, 0.2f, 0, 0}, Case{1, 0.6f, 0.2f, 1, 0}, Case{10, 0.6f, 0.2f, 6, 2},
          Case{11, 0.6f, 0.2f, 7, 2}, Case{7, 1.0f, 0.0f, 7, 0}, Case{7, 0.0f, 0.0f, 0, 0},
          Case{3, 0.5f, 0.5f, 2, 1}, Case{1000, 0.7f, 0.1f, 700, 100}}) {
        const DataSplit parts = split(numbered_regression(c.size), c.train, c.validation, 1);
        CHECK(parts.train.size() == c.train_size);
        CHECK(parts.validation.size() == c.validation_size);
        std::vector<float> all = targets_of(parts);
        REQUIRE(all.size() == c.size);
        std::sort(all.begin(), all.end());
        for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == 10.0f * float(i));
    }
}

TEST_CASE("dataset: a split depends on the seed and on nothing else") {
    const Dataset data = numbered_regression(100);
    const auto first = targets_of(split(data, 0.5f, 0.2f, 1));
    CHECK(first == targets_of(split(data, 0.5f, 0.2f, 1)));
    CHECK(first != targets_of(split(data, 0.5f, 0.2f, 2)));
}

}  // namespace
