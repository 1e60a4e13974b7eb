#pragma once

#include <string>
#include <vector>

#include "core/graph/graph.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/pool.h"

namespace whittle::test {

// 1-16-16-1 with ReLU: 321 parameters, 288 multiply-accumulates.
Graph sine_graph();

// Every float32 operator, with input [1, 2, 3] and outputs [2, 4] and [1, 8].
Graph mixed_graph();

// mixed_graph() in int8 between quantize and dequantize: every int8 operator.
Graph quantized_graph();

// Two int8 dense layers, 2-3-2. Tensors: 0 input, 1 weights [3, 2] with a scale per channel,
// 2 bias, 3 hidden, 4 weights [2, 3] with one scale, 5 bias, 6 output.
Graph int8_graph();

// From float32 over int16, int8 and uint8 back to float32, [2, 5] throughout: the kernels that
// quantized_graph() has not.
Graph int16_graph();

// From float32 over int16 back to float32, [1, 2, 2, 2] to [4, 3] and [4, 3]: convolution,
// transposed convolution and a dense layer with int32 biases, and a dense layer without a bias
// whose sums are of 32 bits.
Graph narrow_sums_graph();

// A tensor of the arena, float32, int8 or int16, with a usual quantization.
Tensor activation(DType dtype, Shape shape);

// Weights of the type that belongs to the activations, none of them small, and a bias of zeros.
std::vector<Tensor> weights_and_bias(DType activations,
                                     Shape shape,
                                     std::int32_t outputs,
                                     int channel_axis);

// Empty if both graphs have equal tensors, nodes, inputs and outputs; else what differs first.
// Attributes are not compared.
std::string difference(const Graph& a, const Graph& b);

}  // namespace whittle::test
