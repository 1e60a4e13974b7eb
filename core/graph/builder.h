#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/graph/graph.h"
#include "core/graph/initialization.h"
#include "core/ops/activation.h"
#include "core/ops/conv2d/attributes.h"

namespace whittle {

// Makes a float32 graph layer by layer. Every call returns the index of the layer's output tensor.
// Shapes that do not fit are a programmer's error here (recipes from outside are checked before).
class GraphBuilder {
public:
    // `initialization`: of all weights that layers make; biases are zero.
    explicit GraphBuilder(std::string name = "main",
                          Initialization initialization = Initialization::glorot_uniform);

    // `shape` without the batch dimension: {1} for one value, {28, 28, 1} for an image.
    int input(const std::string& name, const Shape& shape);
    // Dense layer: weights [units, features] with these fans, biases [units], both trainable.
    int fully_connected(int input, std::int32_t units, Activation activation, Random& random);
    // Convolution: weights [filters, kernel_height, kernel_width, channels] with fans of
    // kernel_height * kernel_width * channels or filters.
    int conv2d(int input,
               std::int32_t filters,
               std::int32_t kernel_height,
               std::int32_t kernel_width,
               const Conv2dAttributes& attributes,
               Random& random);
    // Depthwise convolution with `multiplier` filters for each channel: weights
    // [1, kernel_height, kernel_width, channels * multiplier] with fans of kernel_height *
    // kernel_width * 1 or multiplier, for each channel has filters of its own.
    int depthwise_conv2d(int input,
                         std::int32_t multiplier,
                         std::int32_t kernel_height,
                         std::int32_t kernel_width,
                         Conv2dAttributes attributes,
                         Random& random);
    // An operator without attributes or with the given ones; inputs in the operator's order.
    int apply(OpKind op, std::vector<int> inputs, Attributes attributes = {});
    // Whether apply() takes these: their number and what the operator says of them.
    Status fits(OpKind op, const std::vector<int>& inputs, const Attributes& attributes) const;
    int constant(const std::string& name, const Shape& shape, std::span<const float> values);
    // A constant that training may change: with these values, or weights with these fans.
    int parameter(const std::string& name, const Shape& shape, std::span<const float> values);
    int weights(const std::string& name,
                const Shape& shape,
                std::int32_t fan_in,
                std::int32_t fan_out,
                Random& random);
    // A tensor that keeps its value from run to run, for layers with a state.
    int variable(const std::string& name, const Shape& shape);
    // What has been made so far.
    const Graph& graph() const { return graph_; }
    // A constant of int32, for operators that take settings as inputs: a vector, if no shape says
    // otherwise.
    int indices(const std::string& name, const std::vector<std::int32_t>& values, Shape shape = {});
    // Graph with these outputs.
    Graph finish(std::vector<int> outputs) &&;

private:
    // Trainable weights of that shape, and a bias of zeros for each output.
    std::vector<int> weights_and_bias(const std::string& name,
                                      const Shape& shape,
                                      std::int32_t outputs,
                                      std::span<const float> weights);

    Graph graph_;
    Initialization initialization_;
};

}  // namespace whittle
