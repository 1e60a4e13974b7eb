#pragma once

#include <cstddef>

#include "core/graph/graph.h"

namespace whittle {

// Models may keep the weights of float32 layers in int8 (with float32 activations: hybrid) or in
// float16. They run with these weights widened to float32, which Tensor::widened then says:
//  - weights and biases of layers whose data are float32, of all gates of an LSTM, and matrices
//    that are constants,
//  - constants that only DEQUANTIZE nodes read, which then vanish.
// The graph's indices are in range; it need not be valid otherwise.
void widen_weights(Graph& graph);

// Bytes of the constants that widen_weights() would replace.
std::size_t widened_bytes(const Graph& graph);

}  // namespace whittle
