#include "lessons/23-arena/savings.h"

#include <cassert>
#include <utility>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/graph/builder.h"
#include "core/ops/add/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"

namespace whittle {

namespace {

constexpr std::int64_t kFloatBytes = 4;

Conv2dAttributes layer_steps(std::int32_t stride) {
    return {.activation = Activation::relu,
            .steps = {.padding = Padding::same, .stride_height = stride, .stride_width = stride}};
}

PoolAttributes pool_of(std::int32_t height, std::int32_t width) {
    return {.kernel_height = height,
            .kernel_width = width,
            .steps = {.stride_height = height, .stride_width = width}};
}

// The mean of each map, classes, and what is sure of them.
Graph with_classes(GraphBuilder builder,
                   int maps,
                   const PoolAttributes& whole,
                   std::int32_t channels,
                   std::int32_t classes,
                   Random& random) {
    int at = builder.apply(OpKind::average_pool2d, {maps}, Attributes::of(whole));
    at = builder.apply(OpKind::reshape, {at}, Attributes::of(ReshapeAttributes{2, {1, channels}}));
    at = builder.fully_connected(at, classes, Activation::none, random);
    at = builder.apply(OpKind::softmax, {at}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({at});
}

int residual_block(
    GraphBuilder& builder, int at, std::int32_t filters, std::int32_t stride, Random& random) {
    const int first = builder.conv2d(at, filters, 3, 3, layer_steps(stride), random);
    const int second = builder.conv2d(first, filters, 3, 3, layer_steps(1), random);
    const int way =
        stride == 1 ? at : builder.conv2d(at, filters, 1, 1, layer_steps(stride), random);
    return builder.apply(OpKind::add, {way, second},
                         Attributes::of(AddAttributes{Activation::relu}));
}

Deployment deployed_layers(const Graph& layers, const Savings& savings) {
    auto deployment =
        prepare_deployment(layers, InputsOutputs::in_arena, savings, InstructionSet::reference);
    assert(deployment.ok() && "these layers have kernels");
    return std::move(deployment).value();
}

}  // namespace

Savings savings_of(const std::array<bool, kSavingsCount>& chosen) {
    return {chosen[0], chosen[1], chosen[2], chosen[3]};
}

Graph sine_layers() {
    Random random(1);
    GraphBuilder builder;
    int at = builder.input("input", {1});
    for (int layer = 0; layer < 2; ++layer) {
        at = builder.fully_connected(at, 16, Activation::relu, random);
    }
    at = builder.fully_connected(at, 1, Activation::none, random);
    return std::move(builder).finish({at});
}

Graph keyword_layers() {
    Random random(1);
    GraphBuilder builder;
    int at = builder.input("input", {49, 10, 1});
    at = builder.conv2d(at, 64, 10, 4, layer_steps(2), random);
    for (int block = 0; block < 4; ++block) {
        at = builder.depthwise_conv2d(at, 1, 3, 3, layer_steps(1), random);
        at = builder.conv2d(at, 64, 1, 1, layer_steps(1), random);
    }
    return with_classes(std::move(builder), at, pool_of(25, 5), 64, 12, random);
}

Graph resnet_layers() {
    Random random(1);
    GraphBuilder builder;
    int at = builder.input("input", {32, 32, 3});
    at = builder.conv2d(at, 16, 3, 3, layer_steps(1), random);
    at = residual_block(builder, at, 16, 1, random);
    at = residual_block(builder, at, 32, 2, random);
    at = residual_block(builder, at, 64, 2, random);
    return with_classes(std::move(builder), at, pool_of(8, 8), 64, 10, random);
}

Graph branches_layers() {
    Random random(1);
    GraphBuilder builder;
    const int picture = builder.input("input", {32, 32, 3});
    std::vector<int> maps;
    for (int branch = 0; branch < 4; ++branch) {
        maps.push_back(builder.conv2d(picture, 8, 3, 3, layer_steps(1), random));
    }
    for (int& map : maps) {
        map = builder.apply(OpKind::max_pool2d, {map}, Attributes::of(pool_of(2, 2)));
    }
    int at = builder.apply(OpKind::concat, maps, Attributes::of(ConcatAttributes{3}));
    at = builder.conv2d(at, 32, 1, 1, layer_steps(1), random);
    return with_classes(std::move(builder), at, pool_of(16, 16), 32, 10, random);
}

SavedTensors saved_tensors(const Graph& layers, const Savings& savings, std::int64_t value_bytes) {
    const Deployment deployment = deployed_layers(layers, savings);
    const TensorLifetimes& lifetimes = deployment.lifetimes;
    std::vector<std::string> names(deployment.graph.tensors.size(), "input");
    for (std::size_t step = 0; step < deployment.graph.nodes.size(); ++step) {
        const Node& node = deployment.graph.nodes[step];
        names[static_cast<std::size_t>(node.outputs[0])] =
            std::string(definition_of(node.op).name) + " " + std::to_string(step);
    }
    SavedTensors saved;
    for (std::size_t i = 0; i < lifetimes.buffers.size(); ++i) {
        const Buffer& buffer = lifetimes.buffers[i];
        const bool is_tensor = i < lifetimes.tensors.size();
        saved.tensors.add(is_tensor ? names[static_cast<std::size_t>(lifetimes.tensors[i])]
                                    : "rows of " + std::to_string(buffer.first_step),
                          buffer.bytes / kFloatBytes * value_bytes, buffer.first_step,
                          buffer.last_step);
    }
    saved.overlaps = lifetimes.overlaps;
    for (Overlap& overlap : saved.overlaps) {
        overlap.clearance_bytes = overlap.clearance_bytes / kFloatBytes * value_bytes;
    }
    return saved;
}

SavingGains gains_of(const Graph& layers, std::int64_t value_bytes) {
    const auto bytes_with = [&](const std::array<bool, kSavingsCount>& chosen) {
        return deployed_layers(layers, savings_of(chosen)).plan.arena_bytes / kFloatBytes *
               value_bytes;
    };
    constexpr std::array<bool, kSavingsCount> kAll = {true, true, true, true};
    SavingGains gains;
    gains.none_bytes = bytes_with({});
    gains.all_bytes = bytes_with(kAll);
    for (std::size_t i = 0; i < kSavingsCount; ++i) {
        std::array<bool, kSavingsCount> only{};
        std::array<bool, kSavingsCount> others = kAll;
        only[i] = true;
        others[i] = false;
        gains.alone[i] = gains.none_bytes - bytes_with(only);
        gains.beside[i] = bytes_with(others) - gains.all_bytes;
    }
    return gains;
}

}  // namespace whittle
