#pragma once

#include "core/ops/binary.h"

namespace whittle {

// What minimum and maximum share: each output is one of two inputs.

struct SelectionKernels {
    const char* float32_kernel;
    const char* int8_kernel;
    const char* int16_kernel;
    const char* params_type;  // the walk alone
};
// Integer kernels compare numbers as they stand: all three tensors have one quantization.
Result<PreparedOp> prepare_selection(NodeTensors tensors, const SelectionKernels& kernels);

// The gradient goes to the input that was chosen: a where takes_a(a, b), else b.
void backward_selection(const BackwardContext& context, bool (*takes_a)(float a, float b));

Result<Attributes> read_selection_options(const tflite::Operator& op, NodeTensors tensors);
flatbuffers::Offset<void> write_selection_options(flatbuffers::FlatBufferBuilder& builder,
                                                  NodeTensors tensors,
                                                  const Attributes& attributes);
std::int32_t selection_version(NodeTensors tensors, const Attributes& attributes);

}  // namespace whittle
