#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "core/data/dataset.h"
#include "core/graph/builder.h"
#include "core/graph/graph.h"
#include "core/train/trainer.h"

namespace whittle::test {

// A data set of float rows.
inline Dataset make_dataset(std::size_t feature_count,
                            std::vector<float> features,
                            std::size_t target_count,
                            std::vector<float> targets) {
    Dataset data;
    data.name = "test data";
    data.feature_shape = {static_cast<std::int32_t>(feature_count)};
    data.features = std::move(features);
    data.target_shape = {static_cast<std::int32_t>(target_count)};
    data.targets = std::move(targets);
    return data;
}

// Weights (1) or bias (2) of node n.
inline Tensor& parameter_of(Graph& graph, std::size_t n, std::size_t input) {
    return graph.tensor(graph.nodes[n].inputs[input]);
}

inline void set_parameter(Graph& graph,
                          std::size_t n,
                          std::size_t input,
                          const std::vector<float>& values) {
    std::copy(values.begin(), values.end(), parameter_of(graph, n, input).as<float>().begin());
}

// x [N, 1] to y [N, 1].
inline Graph one_neuron(float weight, float bias) {
    Random random(1);
    GraphBuilder builder;
    const int x = builder.input("x", {1});
    const int y = builder.fully_connected(x, 1, Activation::none, random);
    Graph graph = std::move(builder).finish({y});
    set_parameter(graph, 0, 1, {weight});
    set_parameter(graph, 0, 2, {bias});
    return graph;
}

// y = 2x - 1 at x = -1 ... 4.
inline Dataset six_points() {
    return make_dataset(1, {-1, 0, 1, 2, 3, 4}, 1, {-3, -1, 1, 3, 5, 7});
}

// Gradient descent on all samples at once.
inline TrainOptions plain_descent(float rate) {
    TrainOptions options;
    options.optimizer.kind = OptimizerOptions::Kind::sgd;
    options.optimizer.learning_rate = rate;
    options.batch_size = 0;
    return options;
}

// x [N, 2] to y [N, 1] by five hidden ReLUs.
inline Graph small_net(std::uint64_t seed) {
    Random random(seed);
    GraphBuilder builder;
    const int x = builder.input("x", {2});
    const int hidden = builder.fully_connected(x, 5, Activation::relu, random);
    const int y = builder.fully_connected(hidden, 1, Activation::none, random);
    return std::move(builder).finish({y});
}

// a b and noise of 0.1, for a and b between -1 and 1.
inline Dataset noisy_products(std::size_t samples, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> features;
    std::vector<float> targets;
    for (std::size_t i = 0; i < samples; ++i) {
        const float a = random.uniform(-1.0f, 1.0f);
        const float b = random.uniform(-1.0f, 1.0f);
        features.insert(features.end(), {a, b});
        targets.push_back(a * b + 0.1f * random.normal());
    }
    return make_dataset(2, features, 1, targets);
}

}  // namespace whittle::test
