#include "core/train/target_shaping.h"

#include <cmath>
#include <string>

namespace whittle {
namespace {

// The place and what is expected there of a shaping that the loss cannot have.
Error only_for(const char* place, const char* losses, Loss loss) {
    return {.place = place,
            .expected = std::string("the loss ") + losses,
            .found = std::string("the loss ") + loss_name(loss)};
}

void smooth(float smoothing, float even_share, std::span<float> row) {
    for (float& target : row) target = (1.0f - smoothing) * target + smoothing * even_share;
}

float weight_of_row(const std::vector<float>& class_weights, std::span<const float> row) {
    float weight = 0.0f;
    for (std::size_t c = 0; c < row.size(); ++c) weight += row[c] * class_weights[c];
    return weight;
}

}  // namespace

Status check_target_shaping(const TargetShaping& shaping, Loss loss, std::size_t columns) {
    const float smoothing = shaping.label_smoothing;
    if (!(smoothing >= 0.0f && smoothing < 1.0f)) {
        return Error{.place = "label smoothing",
                     .expected = "0 or more, below 1",
                     .found = std::to_string(smoothing)};
    }
    if (smoothing > 0.0f && !takes_logits(loss)) {
        return only_for("label smoothing", "cross-entropy or bce", loss);
    }
    if (shaping.class_weights.empty()) return {};
    if (loss != Loss::softmax_cross_entropy) {
        return only_for("class weights", "cross-entropy", loss);
    }
    if (shaping.class_weights.size() != columns) {
        return Error{.place = "class weights",
                     .expected = std::to_string(columns) + ", one for each class",
                     .found = std::to_string(shaping.class_weights.size())};
    }
    for (const float weight : shaping.class_weights) {
        if (weight > 0.0f && std::isfinite(weight)) continue;
        return Error{.place = "class weights",
                     .expected = "numbers above 0",
                     .found = std::to_string(weight)};
    }
    return {};
}

void shape_targets(const TargetShaping& shaping,
                   Loss loss,
                   std::size_t columns,
                   std::span<float> targets) {
    const float smoothing = shaping.label_smoothing;
    const float even_share =
        loss == Loss::binary_cross_entropy ? 0.5f : 1.0f / static_cast<float>(columns);
    for (std::size_t start = 0; start < targets.size(); start += columns) {
        const std::span<float> row = targets.subspan(start, columns);
        const float weight =
            shaping.class_weights.empty() ? 1.0f : weight_of_row(shaping.class_weights, row);
        if (smoothing > 0.0f) smooth(smoothing, even_share, row);
        if (weight == 1.0f) continue;
        for (float& target : row) target *= weight;
    }
}

}  // namespace whittle
