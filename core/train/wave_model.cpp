#include "core/train/wave_model.h"

#include <utility>

#include "core/graph/builder.h"

namespace whittle {

void spread_kinks(Graph& graph, std::size_t node, float low, float high, Random& random) {
    const Node& layer = graph.nodes[node];
    const std::span<const float> weights = std::as_const(graph).tensor(layer.inputs[1]).as<float>();
    const std::span<float> biases = graph.tensor(layer.inputs[2]).as<float>();
    for (std::size_t o = 0; o < biases.size(); ++o) {
        biases[o] = -weights[o] * random.uniform(low, high);
    }
}

Graph make_wave_model(std::span<const std::int32_t> hidden, std::uint64_t seed) {
    constexpr float kPeriod = 6.28318531f;
    Random random(seed, kWeightsStream);
    GraphBuilder builder("wave");
    int layer = builder.input("x", {1});
    for (const std::int32_t width : hidden) {
        layer = builder.fully_connected(layer, width, Activation::relu, random);
    }
    const int y = builder.fully_connected(layer, 1, Activation::none, random);
    Graph graph = std::move(builder).finish({y});
    spread_kinks(graph, 0, 0.0f, kPeriod, random);
    return graph;
}

}  // namespace whittle
