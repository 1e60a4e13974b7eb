#include "core/data/recall.h"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <variant>

namespace whittle {
namespace {

constexpr int kFeatures = kRecallKeyBits + kRecallValues + 1;
constexpr int kSteps = kRecallItems + 1;

// The item whose key is nearest to the question's.
int asked_item(const float* sequence) {
    const float* question = sequence + kRecallItems * kFeatures;
    int best = 0;
    float best_product = -1e9f;
    for (int item = 0; item < kRecallItems; ++item) {
        float product = 0.0f;
        for (int bit = 0; bit < kRecallKeyBits; ++bit) {
            product += sequence[item * kFeatures + bit] * question[bit];
        }
        if (product > best_product) best = item;
        if (product > best_product) best_product = product;
    }
    return best;
}

TEST_CASE("the question's key leads to the value that is the label") {
    const Dataset data = make_recall(2000, 3);
    REQUIRE(data.size() == 2000);
    CHECK(data.feature_shape == Shape{kSteps, kFeatures});
    CHECK(data.class_names.size() == kRecallValues);
    const auto& features = std::get<std::vector<float>>(data.features);
    std::array<int, kRecallValues> labels{};
    std::array<int, kRecallItems> places{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        const float* sequence = &features[i * kSteps * kFeatures];
        const int item = asked_item(sequence);
        CHECK(sequence[item * kFeatures + kRecallKeyBits + static_cast<int>(data.labels[i])] ==
              1.0f);
        CHECK(sequence[kSteps * kFeatures - 1] == 1.0f);
        ++labels[data.labels[i]];
        ++places[static_cast<std::size_t>(item)];
        std::set<std::vector<float>> keys;
        for (int k = 0; k < kRecallItems; ++k) {
            const float* step = sequence + k * kFeatures;
            keys.insert(std::vector<float>(step, step + kRecallKeyBits));
        }
        CHECK(keys.size() == kRecallItems);
    }
    // 500 and 250 are expected, with standard deviations of 19 and 15.
    for (const int count : labels) CHECK(std::abs(count - 500) < 100);
    for (const int count : places) CHECK(std::abs(count - 250) < 75);
}

TEST_CASE("a sequence depends on the seed and its index alone") {
    const Dataset few = make_recall(3, 5);
    const Dataset more = make_recall(9, 5);
    const auto& first = std::get<std::vector<float>>(few.features);
    const auto& all = std::get<std::vector<float>>(more.features);
    CHECK(std::vector<float>(all.begin(), all.begin() + 3 * kSteps * kFeatures) == first);
    CHECK(std::get<std::vector<float>>(make_recall(3, 6).features) != first);
}

}  // namespace
}  // namespace whittle
