#include "tests/support/random_int8_net.h"

#include <string>

#include "core/ops/add/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/softmax/attributes.h"

namespace whittle::test {
namespace {

constexpr std::int32_t kChannels[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17};

class RandomInt8Net {
public:
    explicit RandomInt8Net(Random& random) : random_(random) { graph_.name = "int8"; }

    Graph make() {
        add_image(channels());
        const std::int32_t layers = pick(1, 4);
        for (std::int32_t i = 0; i < layers; ++i) add_layer();
        graph_.outputs = {last_};
        return std::move(graph_);
    }

    Graph make_layer(OpKind op, std::int32_t channels, std::int32_t outputs) {
        add_image(channels);
        switch (op) {
            case OpKind::conv2d: add_convolution(outputs); break;
            case OpKind::depthwise_conv2d: add_depthwise_convolution(outputs); break;
            case OpKind::fully_connected: add_dense(outputs); break;
            case OpKind::add: add_sum(); break;
            case OpKind::softmax: add_softmax(); break;
            default: add_pool(op);
        }
        graph_.outputs = {last_};
        return std::move(graph_);
    }

private:
    std::int32_t pick(std::int32_t low, std::int32_t high) {
        return low +
               static_cast<std::int32_t>(random_.below(static_cast<std::uint32_t>(high - low + 1)));
    }
    std::int32_t channels() {
        return kChannels[random_.below(static_cast<std::uint32_t>(std::size(kChannels)))];
    }
    Activation activation() {
        constexpr Activation kAll[] = {Activation::none, Activation::relu, Activation::relu6,
                                       Activation::relu_n1_to_1};
        return kAll[pick(0, 3)];
    }
    Quantization quantization() {
        constexpr std::int32_t kZeroPoints[] = {-128, 127, 0};
        const std::int32_t kind = pick(0, 3);
        return {{0.02f * static_cast<float>(pick(1, 20))},
                {kind < 3 ? kZeroPoints[kind] : pick(-128, 127)}};
    }
    const Shape& shape() const { return graph_.tensor(last_).shape; }

    void add_image(std::int32_t channels) {
        last_ = add_activation("x", {pick(1, 2), pick(1, 7), pick(1, 7), channels}, quantization());
        graph_.inputs = {last_};
    }

    Tensor named(const char* name, DType dtype, const Shape& shape) const {
        Tensor tensor;
        tensor.name = name + std::to_string(graph_.tensors.size());
        tensor.dtype = dtype;
        tensor.shape = shape;
        return tensor;
    }

    int add_activation(const char* name, const Shape& shape, const Quantization& values) {
        Tensor tensor = named(name, DType::int8, shape);
        tensor.quantization = values;
        return add(std::move(tensor));
    }

    int add(Tensor tensor) {
        graph_.tensors.push_back(std::move(tensor));
        return static_cast<int>(graph_.tensors.size()) - 1;
    }

    // Any weights, extremes often and sometimes alone; a scale for each output channel, some of
    // them tiny, or one for all.
    int add_weights(const Shape& shape, std::int32_t axis, bool per_channel) {
        Tensor tensor = named("w", DType::int8, shape);
        tensor.constant = true;
        tensor.quantization.axis = axis;
        const std::int32_t scales = per_channel ? shape[static_cast<std::size_t>(axis)] : 1;
        for (std::int32_t o = 0; o < scales; ++o) {
            tensor.quantization.scales.push_back(
                pick(0, 7) == 0 ? 1.0e-9f : 0.002f * static_cast<float>(pick(1, 40)));
            tensor.quantization.zero_points.push_back(0);
        }
        const std::int32_t alone = pick(0, 15);
        for (std::int64_t i = 0; i < tensor.elements(); ++i) {
            const std::int32_t kind = alone < 2 ? alone : pick(0, 9);
            tensor.data.push_back(static_cast<std::uint8_t>(kind == 0   ? -128
                                                            : kind == 1 ? 127
                                                                        : pick(-128, 127)));
        }
        return add(std::move(tensor));
    }

    int add_bias(std::int32_t count) {
        const std::int32_t bits = pick(0, 3) == 0 ? 31 : 14;
        Tensor tensor = named("b", DType::int32, {count});
        tensor.constant = true;
        for (std::int32_t i = 0; i < count; ++i) {
            const auto value =
                static_cast<std::int32_t>(random_.next()) >> static_cast<unsigned>(31 - bits);
            const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
            tensor.data.insert(tensor.data.end(), bytes, bytes + sizeof value);
        }
        return add(std::move(tensor));
    }

    // Adds the node and its output, where the operator takes these inputs.
    void apply(OpKind op,
               const Attributes& attributes,
               std::vector<int> inputs,
               const Quantization& output) {
        std::vector<const Tensor*> tensors;
        for (const int index : inputs) tensors.push_back(&graph_.tensor(index));
        const auto specs = definition_of(op).infer(tensors, attributes);
        if (!specs.ok()) return;
        const int made = add_activation("y", specs->front().shape, output);
        graph_.nodes.push_back({op, attributes, std::move(inputs), {made}});
        last_ = made;
    }

    WindowSteps steps() {
        return {.padding = pick(0, 2) == 0 ? Padding::valid : Padding::same,
                .stride_height = pick(1, 2),
                .stride_width = pick(1, 2),
                .dilation_height = pick(0, 4) == 0 ? 2 : 1,
                .dilation_width = pick(0, 4) == 0 ? 2 : 1};
    }

    void add_convolution(std::int32_t outputs) {
        const Shape filter = {outputs, pick(1, 3), pick(1, 3), shape().back()};
        const Conv2dAttributes own{activation(), steps()};
        const std::vector<int> inputs = {last_, add_weights(filter, 0, pick(0, 2) > 0),
                                         add_bias(filter[0])};
        apply(OpKind::conv2d, Attributes::of(own), inputs, quantization());
    }

    void add_depthwise_convolution(std::int32_t outputs) {
        const Shape filter = {1, pick(1, 4), pick(1, 4), outputs};
        const Conv2dAttributes own{activation(), steps(), outputs / shape().back()};
        const std::vector<int> inputs = {last_, add_weights(filter, 3, pick(0, 2) > 0),
                                         add_bias(outputs)};
        apply(OpKind::depthwise_conv2d, Attributes::of(own), inputs, quantization());
    }

    void add_dense(std::int32_t units) {
        const std::int32_t features = shape().back();
        const FullyConnectedAttributes own{activation(), true};
        const std::vector<int> inputs = {last_, add_weights({units, features}, 0, pick(0, 1) > 0),
                                         add_bias(units)};
        apply(OpKind::fully_connected, Attributes::of(own), inputs, quantization());
    }

    void add_pool(OpKind op) {
        PoolAttributes own{activation(), pick(1, 4), pick(1, 4), steps()};
        own.steps.dilation_height = own.steps.dilation_width = 1;
        const Quantization same = graph_.tensor(last_).quantization;
        apply(op, Attributes::of(own), {last_}, same);
    }

    // The net so far and another input, or one value of it for all.
    void add_sum() {
        Shape other = shape();
        if (pick(0, 3) == 0) other = {1};
        const int index = add_activation("x", other, quantization());
        graph_.inputs.push_back(index);
        apply(OpKind::add, Attributes::of(AddAttributes{activation()}), {last_, index},
              quantization());
    }

    void add_softmax() {
        const SoftmaxAttributes own{.beta = 0.25f * static_cast<float>(pick(1, 12))};
        apply(OpKind::softmax, Attributes::of(own), {last_}, {{1.0f / 256.0f}, {-128}});
    }

    void add_layer() {
        const std::int32_t before = shape().back();
        const std::int32_t multiplier = before <= 8 && pick(0, 2) == 0 ? pick(2, 9) : 1;
        switch (pick(0, 7)) {
            case 0: return add_depthwise_convolution(before * multiplier);
            case 1: return add_dense(channels());
            case 2: return add_pool(OpKind::average_pool2d);
            case 3: return add_pool(OpKind::max_pool2d);
            case 4: return add_sum();
            case 5: return add_softmax();
            default: return add_convolution(channels());
        }
    }

    Random& random_;
    Graph graph_;
    int last_ = 0;
};

}  // namespace

Graph random_int8_net(Random& random) {
    while (true) {
        Graph graph = RandomInt8Net(random).make();
        if (!graph.nodes.empty() && validate(graph).ok()) return graph;
    }
}

Graph random_int8_layer(Random& random, OpKind op, std::int32_t channels, std::int32_t outputs) {
    while (true) {
        Graph graph = RandomInt8Net(random).make_layer(op, channels, outputs);
        if (!graph.nodes.empty() && validate(graph).ok()) return graph;
    }
}

Graph side_by_side(const std::vector<Graph>& graphs) {
    Graph all;
    for (const Graph& graph : graphs) {
        const int first = static_cast<int>(all.tensors.size());
        const auto append = [first](const std::vector<int>& indices, std::vector<int>& to) {
            for (const int index : indices) to.push_back(index + first);
        };
        all.tensors.insert(all.tensors.end(), graph.tensors.begin(), graph.tensors.end());
        append(graph.inputs, all.inputs);
        append(graph.outputs, all.outputs);
        for (const Node& node : graph.nodes) {
            all.nodes.push_back({node.op, node.attributes, {}, {}});
            append(node.inputs, all.nodes.back().inputs);
            append(node.outputs, all.nodes.back().outputs);
        }
    }
    return all;
}

}  // namespace whittle::test
