#pragma once

#include <span>
#include <vector>

namespace whittle {

struct OptimizerOptions {
    enum class Kind { sgd, adam };
    Kind kind = Kind::adam;
    float learning_rate = 0.01f;
    float momentum = 0.0f;  // sgd: v = momentum * v + g;  w -= learning_rate * v
    float beta1 = 0.9f;     // adam, as in Kingma and Ba 2015, algorithm 1
    float beta2 = 0.999f;
    float epsilon = 1e-7f;
};

// Changes parameters by their gradients. Element-wise, in a fixed order: the same bits everywhere.
class Optimizer {
public:
    // `sizes`: the number of elements of each parameter tensor.
    Optimizer(const OptimizerOptions& options, const std::vector<std::size_t>& sizes);

    // Begins a step; then update() is called once for each parameter tensor.
    void begin_step();
    void update(std::size_t parameter, std::span<float> values, std::span<const float> gradient);

    const OptimizerOptions& options() const { return options_; }
    void set_learning_rate(float learning_rate) { options_.learning_rate = learning_rate; }

private:
    OptimizerOptions options_;
    std::vector<std::vector<float>> first_;   // sgd: velocity; adam: first moment
    std::vector<std::vector<float>> second_;  // adam: second moment
    double beta1_power_ = 1.0;
    double beta2_power_ = 1.0;
};

}  // namespace whittle
