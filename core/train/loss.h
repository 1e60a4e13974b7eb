#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace whittle {

enum class Loss {
    mean_squared_error,     // mean over all elements of (p - t)^2
    half_squared_error,     // 1/2 sum over all elements of (p - t)^2, not divided by anything
    mean_absolute_error,    // mean over all elements of |p - t|; the derivative at 0 is 0
    binary_cross_entropy,   // on logits z, p = sigmoid(z): mean over all elements
    softmax_cross_entropy,  // on logits z, p = softmax(z): mean over the rows
};

const char* loss_name(Loss loss);  // "mse", "half-squared", "mae", "bce", "cross-entropy"
std::optional<Loss> loss_named(std::string_view name);
// Whether the loss is computed from logits, the values before the last softmax or logistic.
bool takes_logits(Loss loss);

// The loss of a batch, and its gradient by each prediction if `gradient` is not empty.
// predictions, targets, gradient: [N, columns], row-major. Sums run in row-major order in float64,
// so the value is the same on every target.
float evaluate_loss(Loss loss,
                    std::span<const float> predictions,
                    std::span<const float> targets,
                    std::size_t columns,
                    std::span<float> gradient);

}  // namespace whittle
