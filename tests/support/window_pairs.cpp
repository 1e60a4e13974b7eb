#include "tests/support/window_pairs.h"

#include <cassert>

#include "core/base/random.h"
#include "core/deploy/fuse.h"
#include "core/memory/exact.h"
#include "core/runtime/program.h"
#include "tests/support/sample_graphs.h"

namespace whittle::test {
namespace {

// Adds a convolution's weights and bias; what its node reads is `input` and these two.
std::vector<int> add_weights(
    Graph& graph, int input, OpKind convolution, DType dtype, const Shape& shape) {
    const bool depthwise = convolution == OpKind::depthwise_conv2d;
    std::vector<int> inputs = {input};
    for (Tensor& each :
         weights_and_bias(dtype, shape, depthwise ? shape[3] : shape[0], depthwise ? 3 : 0)) {
        inputs.push_back(static_cast<int>(graph.tensors.size()));
        graph.tensors.push_back(std::move(each));
    }
    return inputs;
}

// Adds a node and its output.
int add_node(Graph& graph, Node node, DType dtype, float int8_scale, float int16_scale) {
    const NodeTensorList tensors(graph, node);
    const auto specs = definition_of(node.op).infer(tensors.view().inputs, node.attributes);
    assert(specs.ok());
    Tensor output = activation(dtype, specs->front().shape);
    if (dtype == DType::int8) output.quantization.scales = {int8_scale};
    if (dtype == DType::int16) output.quantization.scales = {int16_scale};
    const int index = static_cast<int>(graph.tensors.size());
    node.outputs = {index};
    graph.nodes.push_back(std::move(node));
    graph.tensors.push_back(std::move(output));
    return index;
}

WindowSteps some_steps(Random& random, std::int32_t most_stride, std::int32_t most_dilation) {
    const auto pick = [&](std::int32_t most) {
        return 1 + static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(most)));
    };
    WindowSteps steps;
    steps.padding = random.below(2) == 0 ? Padding::same : Padding::valid;
    steps.stride_height = pick(most_stride);
    steps.stride_width = pick(most_stride);
    steps.dilation_height = pick(most_dilation);
    steps.dilation_width = pick(most_dilation);
    return steps;
}

constexpr Activation kActivations[] = {Activation::none, Activation::relu, Activation::relu6,
                                       Activation::relu_n1_to_1};

class SomePair {
public:
    SomePair(WindowKinds kinds, DType dtype, std::uint64_t seed) : seed_(seed), random_(seed) {
        pair_.first = kinds.first;
        pair_.second = kinds.second;
        pair_.dtype = dtype;
        const std::int32_t channels = seed % 2 == 0 ? 8 : pick(1, 6);
        pair_.input = {pick(1, 2), pick(9, 13), pick(9, 13), channels};
        pair_.steps = {some_activation(), some_steps(random_, 2, seed % 5 == 0 ? 2 : 1), 0};
        pair_.weights = some_weights(kinds.first, channels, pair_.steps);
        if (kinds.second == OpKind::max_pool2d || kinds.second == OpKind::average_pool2d) {
            pair_.pooling.activation = some_activation();
            pair_.pooling.kernel_height = pick(1, 3);
            pair_.pooling.kernel_width = pick(1, 3);
            pair_.pooling.steps = some_steps(random_, 3, 1);
            return;
        }
        const bool depthwise = kinds.first == OpKind::depthwise_conv2d;
        pair_.second_steps = {some_activation(), some_steps(random_, 3, 1), 0};
        pair_.second_weights = some_weights(
            kinds.second, depthwise ? pair_.weights[3] : pair_.weights[0], pair_.second_steps);
    }
    const WindowPair& pair() const { return pair_; }

private:
    std::int32_t pick(std::int32_t low, std::int32_t high) {
        return low +
               static_cast<std::int32_t>(random_.below(static_cast<std::uint32_t>(high - low + 1)));
    }
    Activation some_activation() { return kActivations[pick(0, 3)]; }
    Shape some_weights(OpKind convolution, std::int32_t channels, Conv2dAttributes& steps) {
        const std::int32_t height = pick(1, 3);
        const std::int32_t width = pick(1, 3);
        if (convolution == OpKind::conv2d) {
            return {seed_ % 4 == 0 ? 16 : pick(1, 9), height, width, channels};
        }
        steps.depth_multiplier = seed_ % 3 == 0 ? 2 : 1;
        return {1, height, width, channels * steps.depth_multiplier};
    }

    std::uint64_t seed_;
    Random random_;
    WindowPair pair_;
};

}  // namespace

Graph graph_of(const WindowPair& pair) {
    Graph graph;
    graph.tensors = {activation(pair.dtype, pair.input)};
    Node first{pair.first, Attributes::of(pair.steps), {}, {}};
    first.inputs = add_weights(graph, 0, pair.first, pair.dtype, pair.weights);
    const int between = add_node(graph, std::move(first), pair.dtype, 0.5f, 0.01f);
    Node second{pair.second, Attributes::of(pair.pooling), {between}, {}};
    const bool pools = pair.second_weights.empty();
    if (!pools) {
        second.attributes = Attributes::of(pair.second_steps);
        second.inputs = add_weights(graph, between, pair.second, pair.dtype, pair.second_weights);
    }
    // Sums of several products of what has those scales.
    graph.outputs = {
        add_node(graph, std::move(second), pair.dtype, pools ? 0.5f : 4.0f, pools ? 0.01f : 0.05f)};
    graph.inputs = {0};
    return graph;
}

WindowPair some_pair(WindowKinds kinds, DType dtype, std::uint64_t seed) {
    return SomePair(kinds, dtype, seed).pair();
}

Deployment deployed_in_turns(const Graph& graph, InstructionSet set) {
    auto prepared = prepare_deployment(graph, InputsOutputs::in_arena, Savings::none(), set);
    assert(prepared.ok());
    Deployment deployment = std::move(prepared).value();
    fuse_pairs(pairable_operators(deployment.graph, deployment.ops), deployment.graph,
               deployment.ops);
    deployment.lifetimes =
        lifetimes_of(deployment.graph, InputsOutputs::in_arena, {}, scratch_sizes(deployment.ops));
    deployment.plan = plan_arena(deployment.lifetimes.buffers, WHITTLE_ARENA_ALIGNMENT);
    return deployment;
}

}  // namespace whittle::test
