#pragma once

#include <vector>

#include "core/base/random.h"
#include "core/graph/graph.h"

namespace whittle::test {

// Some int8 layers, one after another, of the operators that have kernels for instruction sets,
// with sizes about the edges of vectors and any zero points, scales and weights.
Graph random_int8_net(Random& random);

// One such layer: conv2d, depthwise_conv2d, fully_connected, add, softmax or a pooling on an image
// with so many channels. `outputs`: output channels, where the operator leaves a choice; of a
// depthwise convolution a multiple of the channels.
Graph random_int8_layer(Random& random, OpKind op, std::int32_t channels, std::int32_t outputs);

// Graphs side by side as one, without anything between them.
Graph side_by_side(const std::vector<Graph>& graphs);

}  // namespace whittle::test
