#pragma once

#include <cstdint>

#include "core/deploy/program_image.h"
#include "core/graph/graph.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/pool.h"

namespace whittle::test {

// A convolution, and a pooling or a convolution of its output.
struct WindowPair {
    OpKind first = OpKind::conv2d;
    DType dtype = DType::int8;
    Shape input;    // [N, H, W, C]
    Shape weights;  // [O, KH, KW, C], or [1, KH, KW, O] of a depthwise one
    Conv2dAttributes steps;
    PoolAttributes pooling{};
    OpKind second = OpKind::max_pool2d;
    Shape second_weights{};  // likewise, where the second is a convolution
    Conv2dAttributes second_steps{};
};
// Tensors: 0 input, 1 weights, none of them small, 2 bias of zeros, 3 between the two, then weights
// and bias of a second convolution, and the output.
Graph graph_of(const WindowPair& pair);

// Operators that take turns.
struct WindowKinds {
    OpKind first;
    OpKind second;
};
inline constexpr WindowKinds kWindowKinds[] = {
    {OpKind::conv2d, OpKind::max_pool2d},       {OpKind::depthwise_conv2d, OpKind::max_pool2d},
    {OpKind::conv2d, OpKind::depthwise_conv2d}, {OpKind::depthwise_conv2d, OpKind::conv2d},
    {OpKind::conv2d, OpKind::conv2d},           {OpKind::conv2d, OpKind::average_pool2d},
};

// One of these pairs, with shapes, strides, paddings and activations of all kinds; every window
// fits its image.
WindowPair some_pair(WindowKinds kinds, DType dtype, std::uint64_t seed);

// A deployment of a graph whose pairs all take turns, whatever that gains. Nothing overlaps.
Deployment deployed_in_turns(const Graph& graph, InstructionSet set);

}  // namespace whittle::test
