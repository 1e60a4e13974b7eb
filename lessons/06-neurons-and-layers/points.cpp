#include "lessons/06-neurons-and-layers/points.h"

#include <cassert>

namespace whittle {

namespace {

void append(const Dataset& data, bool test, std::vector<PlaygroundPoint>& points) {
    const auto& features = std::get<std::vector<float>>(data.features);
    for (std::size_t i = 0; i < data.size(); ++i) {
        PlaygroundPoint point;
        point.x1 = features[2 * i];
        point.x2 = features[2 * i + 1];
        point.target =
            data.is_classification() ? static_cast<float>(data.labels[i]) : data.targets[i];
        point.test = test;
        points.push_back(point);
    }
}

}  // namespace

std::vector<PlaygroundPoint> generated_points(
    PointSet set, std::size_t samples, float noise, float train_share, std::uint64_t seed) {
    const DataSplit parts = split(make_points(set, samples, noise, seed), train_share, 0.0f, seed);
    std::vector<PlaygroundPoint> points;
    append(parts.train, false, points);
    append(parts.test, true, points);
    return points;
}

Dataset points_dataset(std::span<const PlaygroundPoint> points,
                       bool test,
                       std::span<const Feature> features,
                       std::size_t outputs) {
    Dataset data;
    data.name = test ? "test points" : "training points";
    data.feature_shape = {static_cast<std::int32_t>(features.size())};
    data.target_shape = {static_cast<std::int32_t>(outputs)};
    std::vector<float> values;
    for (const PlaygroundPoint& point : points) {
        if (point.test != test) continue;
        for (const Feature feature : features) {
            values.push_back(feature_value(feature, point.x1, point.x2));
        }
        for (std::size_t output = 0; output < outputs; ++output) {
            const bool hot = point.target == static_cast<float>(output);
            data.targets.push_back(outputs == 1 ? point.target : hot ? 1.0f : 0.0f);
        }
    }
    data.features = std::move(values);
    return data;
}

}  // namespace whittle
