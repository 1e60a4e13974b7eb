#pragma once

#include "core/ops/operator.h"

namespace whittle {

// What pad and pad_v2 share. They differ in the value around the input, and where it stands.

// The outputs for the amounts in input 1, which must be those of the attributes (PadAttributes).
Result<std::vector<TensorSpec>> infer_padding(std::span<const Tensor* const> inputs,
                                              const Attributes& attributes);

// The kernel with `value` around the input: the bits of one element, as whittle_pad takes them.
PreparedOp prepare_padding(NodeTensors tensors, const Attributes& attributes, std::int32_t value);

// Forward with these bits of a float around the input; backward, to input 0 alone.
void forward_padding(const ForwardContext& context, std::int32_t value);
void backward_padding(const BackwardContext& context);

// The attributes: the options of both are empty.
Result<Attributes> read_padding(const tflite::Operator& op, NodeTensors tensors);
// 4 for more than four dimensions; 3 for int16, 2 for int8.
std::int32_t padding_version(NodeTensors tensors, const Attributes& attributes);

}  // namespace whittle
