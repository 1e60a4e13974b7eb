#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/train/loss.h"

namespace whittle {

// What training asks of a classifier instead of the plain targets. Neither applies to the
// validation loss.
struct TargetShaping {
    // 0 ... 1: each target t of K classes becomes (1 - label_smoothing) t + label_smoothing / K
    // (Szegedy and others, "Rethinking the Inception Architecture for Computer Vision", 2016,
    // section 7); of the loss bce, whose columns are each two classes, K is 2.
    float label_smoothing = 0.0f;
    // For cross entropy: how much a sample of each class counts in the mean over the rows. One for
    // each class, above 0; empty: 1.
    std::vector<float> class_weights{};

    bool changes_anything() const { return label_smoothing != 0.0f || !class_weights.empty(); }
};

// Whether the shaping makes sense for this loss and so many targets a sample.
Status check_target_shaping(const TargetShaping& shaping, Loss loss, std::size_t columns);

// targets: [N, columns], in place. The loss is linear in a row, so a row's weight multiplies it; a
// row that mixes classes has the mixture of their weights.
void shape_targets(const TargetShaping& shaping,
                   Loss loss,
                   std::size_t columns,
                   std::span<float> targets);

}  // namespace whittle
