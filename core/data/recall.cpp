#include "core/data/recall.h"

#include <array>
#include <numeric>
#include <span>
#include <string>

#include "core/data/sample_random.h"

namespace whittle {
namespace {

constexpr std::size_t kSteps = kRecallItems + 1;
constexpr std::size_t kFeatures = kRecallKeyBits + kRecallValues + 1;
constexpr std::size_t kKeys = std::size_t{1} << kRecallKeyBits;
constexpr float kDisturbance = 0.1f;  // standard deviation, of the question's key

void write_key(std::uint32_t key, float* step) {
    for (std::int32_t bit = 0; bit < kRecallKeyBits; ++bit) {
        step[bit] = (key >> bit & 1u) != 0 ? 1.0f : -1.0f;
    }
}

// Returns the answer. sequence: [kSteps, kFeatures] zeros.
std::uint32_t make_sequence(Random& random, std::span<float> sequence) {
    std::array<std::uint32_t, kKeys> keys;
    std::iota(keys.begin(), keys.end(), 0u);
    random.shuffle(std::span<std::uint32_t>(keys));
    std::array<std::uint32_t, kRecallItems> values;
    for (std::size_t item = 0; item < values.size(); ++item) {
        float* step = &sequence[item * kFeatures];
        write_key(keys[item], step);
        values[item] = random.below(kRecallValues);
        step[kRecallKeyBits + values[item]] = 1.0f;
    }
    const std::uint32_t asked = random.below(kRecallItems);
    float* question = &sequence[kRecallItems * kFeatures];
    write_key(keys[asked], question);
    for (std::int32_t bit = 0; bit < kRecallKeyBits; ++bit) {
        question[bit] += kDisturbance * random.normal();
    }
    question[kFeatures - 1] = 1.0f;
    return values[asked];
}

}  // namespace

Dataset make_recall(std::size_t samples, std::uint64_t seed) {
    Dataset data;
    data.name = "generated sequences to recall from";
    data.feature_shape = {kSteps, kFeatures};
    data.target_shape = {kRecallValues};
    for (std::int32_t value = 0; value < kRecallValues; ++value) {
        data.class_names.push_back(std::to_string(value));
    }
    std::vector<float> features(samples * kSteps * kFeatures, 0.0f);
    data.labels.resize(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        Random random = sample_random(seed, i);
        data.labels[i] = make_sequence(
            random, std::span(features).subspan(i * kSteps * kFeatures, kSteps * kFeatures));
    }
    data.features = std::move(features);
    return data;
}

}  // namespace whittle
