#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/graph/graph.h"
#include "core/train/executor.h"

namespace whittle {

// What the net may be told about a point (x1, x2).
enum class Feature { x1, x2, x1_squared, x2_squared, x1_times_x2, sin_x1, sin_x2 };
inline constexpr std::size_t kFeatures = 7;

const char* feature_name(Feature feature);   // in links: "x1-squared"
const char* feature_title(Feature feature);  // "x1²"
float feature_value(Feature feature, float x1, float x2);

enum class HiddenActivation { relu, tanh, sigmoid, silu, linear };
enum class OutputActivation { none, sigmoid, softmax };

struct PlaygroundNetOptions {
    std::vector<Feature> features;     // at least one
    std::vector<std::int32_t> hidden;  // neurons of each hidden layer
    HiddenActivation activation = HiddenActivation::tanh;
    std::int32_t outputs = 1;
    OutputActivation output_activation = OutputActivation::sigmoid;
    bool biases = true;  // without: they stay 0
    std::uint64_t seed = 1;

    bool operator==(const PlaygroundNetOptions&) const = default;
};

// A dense net whose neurons can be looked at and changed one by one. Layers count from 1: the
// hidden ones, then the output layer; layer 0 is the features.
class PlaygroundNet {
public:
    explicit PlaygroundNet(const PlaygroundNetOptions& options);
    // Executors and trainers point at the graph.
    PlaygroundNet(const PlaygroundNet&) = delete;
    PlaygroundNet& operator=(const PlaygroundNet&) = delete;

    const PlaygroundNetOptions& options() const { return options_; }
    Graph& graph() { return graph_; }
    const Graph& graph() const { return graph_; }
    // The layer of the outputs.
    std::size_t last_layer() const { return layers_.size(); }
    std::size_t units(std::size_t layer) const;
    // From unit `from` of layer - 1 to unit `to` of `layer` (1 ... last_layer()).
    float weight(std::size_t layer, std::size_t from, std::size_t to) const;
    void set_weight(std::size_t layer, std::size_t from, std::size_t to, float value);
    float bias(std::size_t layer, std::size_t unit) const;
    void set_bias(std::size_t layer, std::size_t unit, float value);
    // Of a layer, [units]: before the activation, and after.
    int sums_tensor(std::size_t layer) const { return layers_[layer - 1].sums; }
    int output_tensor(std::size_t layer) const { return layers_[layer - 1].output; }
    // Numbers that training may change, and how many of the weights among them are exactly 0.
    std::int64_t parameters() const;
    std::int64_t zero_weights() const;

private:
    struct Layer {
        int weights;  // [units, units of the layer before]
        int bias;     // [units]
        int sums;
        int output;
    };

    PlaygroundNetOptions options_;
    Graph graph_;
    std::vector<Layer> layers_;
};

// One layer y = W x + b that does what a net of linear layers does.
struct CollapsedNet {
    std::size_t inputs = 0;
    std::vector<double> weights;  // [outputs, inputs], row-major: W_L ... W_2 W_1
    std::vector<double> biases;   // [outputs]
};
// The product of all layers, in float64. What it gives are the sums of the output layer. Only for
// nets whose hidden layers are linear.
CollapsedNet collapse(const PlaygroundNet& net);

// What every neuron answers over a grid of kSide x kSide points, the centres of square cells that
// cover [-kEdge, kEdge] in both directions; row 0 is the topmost (largest x2).
class ActivationMaps {
public:
    static constexpr int kSide = 50;
    static constexpr float kEdge = 6.0f;
    static constexpr std::size_t kCells = std::size_t{kSide} * kSide;

    // The net must outlive the maps.
    explicit ActivationMaps(PlaygroundNet& net);

    static float x1_of(std::size_t cell);
    static float x2_of(std::size_t cell);
    // Runs the net with its weights of now.
    void compute();
    // Of a unit after its activation, [kCells]; layer 0 is the features.
    std::span<const float> map(std::size_t layer, std::size_t unit) const;
    // The index of the largest of several outputs, or whether the only one is at least `threshold`.
    std::vector<std::uint8_t> classes(float threshold) const;
    // The largest difference, over grid and outputs, between the net's sums and those of the
    // collapsed net.
    double difference(const CollapsedNet& collapsed) const;

private:
    PlaygroundNet* net_;
    Executor executor_;
    std::vector<std::vector<float>> layers_;  // [units, kCells] each
};

}  // namespace whittle
