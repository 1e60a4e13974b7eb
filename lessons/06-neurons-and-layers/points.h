#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/point_sets.h"
#include "lessons/06-neurons-and-layers/net.h"

namespace whittle {

enum class PlaygroundTask { binary, multi_class, regression };

// A point of the playground. `target` is the class's index, or the value for regression.
struct PlaygroundPoint {
    float x1 = 0.0f;
    float x2 = 0.0f;
    float target = 0.0f;
    bool own = false;   // drawn by the student; always a training point
    bool test = false;  // held out
};

// Generated points, dealt out to training and test.
std::vector<PlaygroundPoint> generated_points(
    PointSet set, std::size_t samples, float noise, float train_share, std::uint64_t seed);

// The training or the test points as the net takes and the loss wants them. `outputs` 1: the target
// itself (0 or 1 of two classes, or the value); more: one-hot rows.
Dataset points_dataset(std::span<const PlaygroundPoint> points,
                       bool test,
                       std::span<const Feature> features,
                       std::size_t outputs);

}  // namespace whittle
