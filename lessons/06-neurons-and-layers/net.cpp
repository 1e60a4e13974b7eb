#include "lessons/06-neurons-and-layers/net.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>

#include "core/base/exact_math.h"
#include "core/graph/builder.h"
#include "core/ops/softmax/attributes.h"

namespace whittle {

namespace {

constexpr std::uint64_t kWeightsStream = 2;  // the points take streams 0 and 1 of the seed

int activated(GraphBuilder& builder, HiddenActivation activation, int sums) {
    switch (activation) {
        case HiddenActivation::relu: return builder.apply(OpKind::relu, {sums});
        case HiddenActivation::tanh: return builder.apply(OpKind::tanh, {sums});
        case HiddenActivation::sigmoid: return builder.apply(OpKind::logistic, {sums});
        case HiddenActivation::silu: return builder.apply(OpKind::silu, {sums});
        case HiddenActivation::linear: break;
    }
    return sums;
}

int activated(GraphBuilder& builder, OutputActivation activation, int sums) {
    switch (activation) {
        case OutputActivation::sigmoid: return builder.apply(OpKind::logistic, {sums});
        case OutputActivation::softmax:
            return builder.apply(OpKind::softmax, {sums}, Attributes::of(SoftmaxAttributes{}));
        case OutputActivation::none: break;
    }
    return sums;
}

Executor make_executor(Graph& graph, std::int32_t batch) {
    Result<Executor> executor = Executor::make(graph, batch);
    assert(executor.ok() && "dense nets run in float32");
    return std::move(executor).value();
}

}  // namespace

const char* feature_name(Feature feature) {
    static constexpr const char* names[] = {"x1",          "x2",     "x1-squared", "x2-squared",
                                            "x1-times-x2", "sin-x1", "sin-x2"};
    static_assert(std::size(names) == kFeatures);
    return names[static_cast<std::size_t>(feature)];
}

const char* feature_title(Feature feature) {
    static constexpr const char* titles[] = {"x1", "x2", "x1²", "x2²", "x1 x2", "sin x1", "sin x2"};
    static_assert(std::size(titles) == kFeatures);
    return titles[static_cast<std::size_t>(feature)];
}

float feature_value(Feature feature, float x1, float x2) {
    switch (feature) {
        case Feature::x1: return x1;
        case Feature::x2: return x2;
        case Feature::x1_squared: return x1 * x1;
        case Feature::x2_squared: return x2 * x2;
        case Feature::x1_times_x2: return x1 * x2;
        case Feature::sin_x1: return whittle_sinf(x1);
        case Feature::sin_x2: return whittle_sinf(x2);
    }
    return 0.0f;
}

PlaygroundNet::PlaygroundNet(const PlaygroundNetOptions& options) : options_(options) {
    assert(!options.features.empty() && options.outputs > 0);
    Random random(options.seed, kWeightsStream);
    GraphBuilder builder("playground");
    int before = builder.input("features", {static_cast<std::int32_t>(options.features.size())});
    for (const std::int32_t width : options.hidden) {
        const int sums = builder.fully_connected(before, width, Activation::none, random);
        before = activated(builder, options.activation, sums);
        layers_.push_back({kNoTensor, kNoTensor, sums, before});
    }
    const int sums = builder.fully_connected(before, options.outputs, Activation::none, random);
    const int output = activated(builder, options.output_activation, sums);
    layers_.push_back({kNoTensor, kNoTensor, sums, output});
    graph_ = std::move(builder).finish({output});
    for (Layer& layer : layers_) {
        const auto node =
            std::find_if(graph_.nodes.begin(), graph_.nodes.end(),
                         [&](const Node& made) { return made.outputs.front() == layer.sums; });
        layer.weights = node->inputs[1];
        layer.bias = node->inputs[2];
        graph_.tensor(layer.bias).trainable = options.biases;
    }
}

std::size_t PlaygroundNet::units(std::size_t layer) const {
    if (layer == 0) return options_.features.size();
    return static_cast<std::size_t>(graph_.tensor(layers_[layer - 1].bias).shape[0]);
}

float PlaygroundNet::weight(std::size_t layer, std::size_t from, std::size_t to) const {
    assert(layer >= 1 && from < units(layer - 1) && to < units(layer));
    return graph_.tensor(layers_[layer - 1].weights).as<float>()[to * units(layer - 1) + from];
}

void PlaygroundNet::set_weight(std::size_t layer, std::size_t from, std::size_t to, float value) {
    assert(layer >= 1 && from < units(layer - 1) && to < units(layer));
    graph_.tensor(layers_[layer - 1].weights).as<float>()[to * units(layer - 1) + from] = value;
}

float PlaygroundNet::bias(std::size_t layer, std::size_t unit) const {
    assert(layer >= 1 && unit < units(layer));
    return graph_.tensor(layers_[layer - 1].bias).as<float>()[unit];
}

void PlaygroundNet::set_bias(std::size_t layer, std::size_t unit, float value) {
    assert(layer >= 1 && unit < units(layer));
    graph_.tensor(layers_[layer - 1].bias).as<float>()[unit] = value;
}

std::int64_t PlaygroundNet::parameters() const {
    std::int64_t count = 0;
    for (const Layer& layer : layers_) {
        for (const int tensor : {layer.weights, layer.bias}) {
            if (graph_.tensor(tensor).trainable) count += graph_.tensor(tensor).elements();
        }
    }
    return count;
}

std::int64_t PlaygroundNet::zero_weights() const {
    std::int64_t count = 0;
    for (const Layer& layer : layers_) {
        const std::span<const float> weights = graph_.tensor(layer.weights).as<float>();
        count += std::count(weights.begin(), weights.end(), 0.0f);
    }
    return count;
}

CollapsedNet collapse(const PlaygroundNet& net) {
    assert(net.last_layer() == 1 || net.options().activation == HiddenActivation::linear);
    CollapsedNet product;
    product.inputs = net.units(0);
    product.weights.assign(product.inputs * product.inputs, 0.0);
    for (std::size_t i = 0; i < product.inputs; ++i) {
        product.weights[i * product.inputs + i] = 1.0;
    }
    product.biases.assign(product.inputs, 0.0);
    for (std::size_t layer = 1; layer <= net.last_layer(); ++layer) {
        CollapsedNet next{product.inputs, {}, {}};
        next.weights.assign(net.units(layer) * product.inputs, 0.0);
        for (std::size_t to = 0; to < net.units(layer); ++to) {
            double bias = net.bias(layer, to);
            for (std::size_t from = 0; from < net.units(layer - 1); ++from) {
                const double weight = net.weight(layer, from, to);
                bias += weight * product.biases[from];
                for (std::size_t i = 0; i < product.inputs; ++i) {
                    next.weights[to * product.inputs + i] +=
                        weight * product.weights[from * product.inputs + i];
                }
            }
            next.biases.push_back(bias);
        }
        product = std::move(next);
    }
    return product;
}

ActivationMaps::ActivationMaps(PlaygroundNet& net)
    : net_(&net), executor_(make_executor(net.graph(), static_cast<std::int32_t>(kCells))) {
    const std::vector<Feature>& features = net.options().features;
    for (std::size_t layer = 0; layer <= net.last_layer(); ++layer) {
        layers_.emplace_back(net.units(layer) * kCells);
    }
    const std::span<float> inputs = executor_.values(net.graph().inputs.front());
    for (std::size_t cell = 0; cell < kCells; ++cell) {
        for (std::size_t f = 0; f < features.size(); ++f) {
            const float value = feature_value(features[f], x1_of(cell), x2_of(cell));
            inputs[cell * features.size() + f] = value;
            layers_[0][f * kCells + cell] = value;
        }
    }
}

float ActivationMaps::x1_of(std::size_t cell) {
    const auto column = static_cast<float>(cell % kSide);
    return kEdge * ((2.0f * column + 1.0f) / kSide - 1.0f);
}

float ActivationMaps::x2_of(std::size_t cell) {
    const auto row = static_cast<float>(cell / kSide);
    return kEdge * (1.0f - (2.0f * row + 1.0f) / kSide);
}

void ActivationMaps::compute() {
    executor_.forward();
    for (std::size_t layer = 1; layer <= net_->last_layer(); ++layer) {
        const std::size_t units = net_->units(layer);
        const std::span<const float> values = executor_.values(net_->output_tensor(layer));
        for (std::size_t unit = 0; unit < units; ++unit) {
            float* const map = layers_[layer].data() + unit * kCells;
            for (std::size_t cell = 0; cell < kCells; ++cell) {
                map[cell] = values[cell * units + unit];
            }
        }
    }
}

std::span<const float> ActivationMaps::map(std::size_t layer, std::size_t unit) const {
    assert(layer < layers_.size() && (unit + 1) * kCells <= layers_[layer].size());
    return std::span(layers_[layer]).subspan(unit * kCells, kCells);
}

std::vector<std::uint8_t> ActivationMaps::classes(float threshold) const {
    const std::size_t last = net_->last_layer();
    const std::size_t outputs = net_->units(last);
    std::vector<std::uint8_t> chosen(kCells, 0);
    for (std::size_t cell = 0; cell < kCells; ++cell) {
        if (outputs == 1) {
            chosen[cell] = map(last, 0)[cell] >= threshold ? 1 : 0;
            continue;
        }
        for (std::size_t output = 1; output < outputs; ++output) {
            if (map(last, output)[cell] > map(last, chosen[cell])[cell]) {
                chosen[cell] = static_cast<std::uint8_t>(output);
            }
        }
    }
    return chosen;
}

double ActivationMaps::difference(const CollapsedNet& collapsed) const {
    const std::size_t outputs = collapsed.biases.size();
    const std::span<const float> sums = executor_.values(net_->sums_tensor(net_->last_layer()));
    double largest = 0.0;
    for (std::size_t cell = 0; cell < kCells; ++cell) {
        for (std::size_t output = 0; output < outputs; ++output) {
            double sum = collapsed.biases[output];
            for (std::size_t i = 0; i < collapsed.inputs; ++i) {
                sum += collapsed.weights[output * collapsed.inputs + i] * map(0, i)[cell];
            }
            largest = std::max(largest, std::fabs(sum - sums[cell * outputs + output]));
        }
    }
    return largest;
}

}  // namespace whittle
