#include "core/train/loss.h"

#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "core/base/exact_math.h"
#include "core/train/contrastive.h"

namespace whittle {
namespace {

struct LossName {
    Loss loss;
    const char* name;
};
constexpr std::array kNames = {
    LossName{Loss::mean_squared_error, "mse"},
    LossName{Loss::half_squared_error, "half-squared"},
    LossName{Loss::mean_absolute_error, "mae"},
    LossName{Loss::binary_cross_entropy, "bce"},
    LossName{Loss::softmax_cross_entropy, "cross-entropy"},
    LossName{Loss::huber, "huber"},
    LossName{Loss::normalized_temperature_cross_entropy, "nt-xent"},
};

using Values = std::span<const float>;

// sum (p - t)^2; the gradient is factor * (p - t).
double squared_error(Values predictions, Values targets, float factor, std::span<float> gradient) {
    double sum = 0.0;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        const double difference = static_cast<double>(predictions[i]) - targets[i];
        sum += difference * difference;
    }
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        gradient[i] = factor * (predictions[i] - targets[i]);
    }
    return sum;
}

// sum |p - t|; the gradient is factor * sign(p - t).
double absolute_error(Values predictions, Values targets, float factor, std::span<float> gradient) {
    double sum = 0.0;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        sum += std::fabs(static_cast<double>(predictions[i]) - targets[i]);
    }
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const float difference = predictions[i] - targets[i];
        gradient[i] = difference > 0.0f ? factor : difference < 0.0f ? -factor : 0.0f;
    }
    return sum;
}

// sum of the Huber function of p - t; the gradient is factor * (p - t) clamped to +-delta.
double huber_error(
    Values predictions, Values targets, float delta, float factor, std::span<float> gradient) {
    const double bend = delta;
    double sum = 0.0;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        const double distance = std::fabs(static_cast<double>(predictions[i]) - targets[i]);
        sum += distance <= bend ? 0.5 * distance * distance : bend * (distance - 0.5 * bend);
    }
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const float difference = predictions[i] - targets[i];
        gradient[i] = factor * (difference > delta    ? delta
                                : difference < -delta ? -delta
                                                      : difference);
    }
    return sum;
}

// log(1 + e) for e in [0, 1] without losing a small e: log(u) * e / (u - 1) with u = fl(1 + e)
// repairs the rounding of u (Kahan; see Goldberg 1991, theorem 4).
double log_one_plus(float e) {
    const float u = 1.0f + e;
    if (u == 1.0f) return e;
    return static_cast<double>(whittle_logf(u)) * e / (static_cast<double>(u) - 1.0);
}

// sum over elements of -t log p - (1 - t) log(1 - p), p = sigmoid(z), written as
// max(z, 0) - z t + log(1 + exp(-|z|)), which never overflows. The gradient is factor * (p - t).
double logistic_cross_entropy(Values logits,
                              Values targets,
                              float factor,
                              std::span<float> gradient) {
    double sum = 0.0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const float z = logits[i];
        const float e = whittle_expf(-std::fabs(z));
        const double positive = z < 0.0f ? 0.0 : z;
        sum += positive - static_cast<double>(z) * targets[i] + log_one_plus(e);
        if (gradient.empty()) continue;
        const float p = (z < 0.0f ? e : 1.0f) / (1.0f + e);
        gradient[i] = factor * (p - targets[i]);
    }
    return sum;
}

// One row of softmax cross entropy: -sum_c t_c log p_c. Subtracting the largest logit keeps every
// exponential in [0, 1] and their sum at 1 or more. The gradient is factor * (p_c * sum t - t_c).
double softmax_row(Values logits, Values targets, float factor, std::span<float> gradient) {
    float largest = logits[0];
    for (const float z : logits) largest = z > largest ? z : largest;
    double exponentials = 0.0;
    double target_sum = 0.0;
    for (std::size_t c = 0; c < logits.size(); ++c) {
        const float e = whittle_expf(logits[c] - largest);
        exponentials += e;
        target_sum += targets[c];
        if (!gradient.empty()) gradient[c] = e;
    }
    const double log_sum = whittle_logf(static_cast<float>(exponentials));
    double sum = 0.0;
    for (std::size_t c = 0; c < logits.size(); ++c) {
        sum += targets[c] * (log_sum - (static_cast<double>(logits[c]) - largest));
    }
    const auto to_probability = static_cast<float>(target_sum / exponentials);
    for (std::size_t c = 0; c < gradient.size(); ++c) {
        gradient[c] = factor * (gradient[c] * to_probability - targets[c]);
    }
    return sum;
}

double softmax_cross_entropy(
    Values logits, Values targets, std::size_t columns, float factor, std::span<float> gradient) {
    double sum = 0.0;
    for (std::size_t start = 0; start < logits.size(); start += columns) {
        sum += softmax_row(logits.subspan(start, columns), targets.subspan(start, columns), factor,
                           gradient.empty() ? gradient : gradient.subspan(start, columns));
    }
    return sum;
}

}  // namespace

const char* loss_name(Loss loss) {
    for (const LossName& entry : kNames) {
        if (entry.loss == loss) return entry.name;
    }
    return "";
}

std::optional<Loss> loss_named(std::string_view name) {
    for (const LossName& entry : kNames) {
        if (entry.name == name) return entry.loss;
    }
    return std::nullopt;
}

bool takes_logits(Loss loss) {
    return loss == Loss::binary_cross_entropy || loss == Loss::softmax_cross_entropy;
}

bool takes_targets(Loss loss) { return loss != Loss::normalized_temperature_cross_entropy; }

std::size_t loss_scratch_doubles(Loss loss, std::size_t rows, std::size_t columns) {
    if (loss != Loss::normalized_temperature_cross_entropy) return 0;
    return contrastive_scratch_doubles(rows, columns);
}

float evaluate_loss(Loss loss,
                    std::span<const float> predictions,
                    std::span<const float> targets,
                    std::size_t columns,
                    std::span<float> gradient,
                    const LossOptions& options,
                    std::span<double> scratch) {
    assert(columns > 0 && predictions.size() % columns == 0);
    assert(predictions.size() == targets.size() || !takes_targets(loss));
    assert(gradient.empty() || gradient.size() == predictions.size());
    if (predictions.empty()) return 0.0f;
    const auto elements = static_cast<double>(predictions.size());
    const double rows = elements / static_cast<double>(columns);
    const auto per_element = static_cast<float>(1.0 / elements);
    const auto per_row = static_cast<float>(1.0 / rows);
    double value = 0.0;
    switch (loss) {
        case Loss::mean_squared_error:
            value = squared_error(predictions, targets, 2.0f * per_element, gradient) / elements;
            break;
        case Loss::half_squared_error:
            value = 0.5 * squared_error(predictions, targets, 1.0f, gradient);
            break;
        case Loss::mean_absolute_error:
            value = absolute_error(predictions, targets, per_element, gradient) / elements;
            break;
        case Loss::binary_cross_entropy:
            value = logistic_cross_entropy(predictions, targets, per_element, gradient) / elements;
            break;
        case Loss::softmax_cross_entropy:
            value = softmax_cross_entropy(predictions, targets, columns, per_row, gradient) / rows;
            break;
        case Loss::huber:
            value = huber_error(predictions, targets, options.huber_delta, per_element, gradient) /
                    elements;
            break;
        case Loss::normalized_temperature_cross_entropy:
            value = contrastive_loss(predictions, columns, options.temperature, gradient, scratch) /
                    rows;
            break;
    }
    return static_cast<float>(value);
}

}  // namespace whittle
