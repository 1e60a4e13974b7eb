#pragma once

#include <cstddef>
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
    // Mean over all elements of d^2 / 2 where d = |p - t| is at most delta, and of
    // delta (d - delta / 2) beyond (Huber 1964).
    huber,
    // Contrastive, without targets: rows 2k and 2k + 1 are views of one thing and shall point the
    // same way, and away from all other rows of the batch. Mean over the rows i, with j the other
    // of its pair, of -log(exp(s_ij) / sum over k != i of exp(s_ik)), s = cosine / temperature
    // (Chen, Kornblith, Norouzi and Hinton, "A Simple Framework for Contrastive Learning of Visual
    // Representations", 2020, equation 1). A row of length 0 has cosines and a gradient of 0.
    normalized_temperature_cross_entropy,
};

// What some losses need to know besides.
struct LossOptions {
    float huber_delta = 1.0f;  // > 0
    float temperature = 0.5f;  // > 0
};

// "mse", "half-squared", "mae", "bce", "cross-entropy", "huber", "nt-xent"
const char* loss_name(Loss loss);
std::optional<Loss> loss_named(std::string_view name);
// Whether the loss is computed from logits, the values before the last softmax or logistic.
bool takes_logits(Loss loss);
// Whether the loss compares with targets; else only rows with each other, in pairs.
bool takes_targets(Loss loss);

// float64 values of working memory that evaluate_loss() needs; 0 for most losses.
std::size_t loss_scratch_doubles(Loss loss, std::size_t rows, std::size_t columns);

// The loss of a batch, and its gradient by each prediction if `gradient` is not empty.
// predictions, targets, gradient: [N, columns], row-major; targets may be empty for a loss that
// takes none, whose N is even. Sums run in row-major order in float64, so the value is the same on
// every target.
float evaluate_loss(Loss loss,
                    std::span<const float> predictions,
                    std::span<const float> targets,
                    std::size_t columns,
                    std::span<float> gradient,
                    const LossOptions& options = {},
                    std::span<double> scratch = {});

}  // namespace whittle
