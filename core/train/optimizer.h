#pragma once

#include <span>
#include <vector>

namespace whittle {

struct OptimizerOptions {
    enum class Kind { sgd, adam, rmsprop };
    Kind kind = Kind::adam;
    float learning_rate = 0.01f;
    // sgd: v = momentum * v + g;  w -= learning_rate * v
    // rmsprop: the same, with g / (sqrt(mean square) + epsilon) in g's place
    float momentum = 0.0f;
    // sgd: w -= learning_rate * (g + momentum * v) (Sutskever, Martens, Dahl and Hinton 2013, in
    // the form whose weights are the ones looked ahead to)
    bool nesterov = false;
    float beta1 = 0.9f;  // adam, as in Kingma and Ba 2015, algorithm 1
    float beta2 = 0.999f;
    float rho = 0.9f;  // rmsprop (Tieleman and Hinton 2012): mean square = rho * it + (1 - rho) g^2
    float epsilon = 1e-7f;
    // Regularization of the weights (not of the biases): a step also goes down the gradient of
    // l2 / 2 * sum w^2, before the loss's, and of l1 * sum |w|, after it. The second stops at 0, so
    // that it leaves weights that are exactly 0. The reported loss does not contain these terms.
    // Neither passes through momentum or moments: adam with l2 is AdamW with a weight decay of l2
    // (Loshchilov and Hutter 2019, algorithm 2).
    float l1 = 0.0f;
    float l2 = 0.0f;
};

// What an optimizer remembers from step to step.
struct OptimizerState {
    // Of each parameter tensor; empty where the optimizer has no use for it.
    std::vector<std::vector<float>> first;   // velocity; adam: first moment
    std::vector<std::vector<float>> second;  // adam: second moment; rmsprop: mean square
    double beta1_power = 1.0;                // beta1 to the number of steps
    double beta2_power = 1.0;
};

// Changes parameters by their gradients. Element-wise, in a fixed order: the same bits everywhere.
class Optimizer {
public:
    // `sizes`: the number of elements of each parameter tensor. `regularized`: whether l1 and l2
    // apply to it; empty: to all.
    Optimizer(const OptimizerOptions& options,
              const std::vector<std::size_t>& sizes,
              std::vector<bool> regularized = {});

    // Begins a step; then update() is called once for each parameter tensor.
    void begin_step();
    void update(std::size_t parameter, std::span<float> values, std::span<const float> gradient);

    const OptimizerOptions& options() const { return options_; }
    const OptimizerState& state() const { return state_; }
    // To go on from a state of an optimizer with the same options and sizes.
    OptimizerState& state() { return state_; }
    void set_learning_rate(float learning_rate) { options_.learning_rate = learning_rate; }
    void set_regularization(float l1, float l2) {
        options_.l1 = l1;
        options_.l2 = l2;
    }

private:
    void descend(std::size_t parameter, std::span<float> values, std::span<const float> gradient);
    void descend_adam(std::size_t parameter,
                      std::span<float> values,
                      std::span<const float> gradient);
    void descend_rmsprop(std::size_t parameter,
                         std::span<float> values,
                         std::span<const float> gradient);

    OptimizerOptions options_;
    std::vector<bool> regularized_;
    OptimizerState state_;
};

}  // namespace whittle
