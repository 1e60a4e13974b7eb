#pragma once

#include <span>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace whittle {

struct QuantizeOptions {
    bool per_channel_weights = true;    // where TFLite allows it; otherwise one scale a tensor
    bool float_inputs_outputs = false;  // keep float32 at the edges, with quantize and dequantize
};

// Post-training full-integer quantization: int8 activations with one scale a tensor (asymmetric,
// from the range seen on the representative data, zero always inside), symmetric int8 weights in
// [-127, 127], int32 biases.
// `representative` holds any number (>= 1) of samples, each the float32 values of the graph's only
// input, one after another. The graph must be float32 and have one input.
Result<Graph> quantize_int8(const Graph& graph,
                            std::span<const float> representative,
                            const QuantizeOptions& options = {});

}  // namespace whittle
