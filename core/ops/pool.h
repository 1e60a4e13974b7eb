#pragma once

#include "core/ops/activation.h"
#include "core/ops/operator.h"
#include "core/ops/window.h"

namespace whittle {

// What average_pool2d and max_pool2d share.

struct PoolAttributes {
    Activation activation = Activation::none;
    std::int32_t kernel_height = 1;
    std::int32_t kernel_width = 1;
    WindowSteps steps{};
};

Result<WhittleWindow> pool_window(const Shape& input, const Attributes& attributes);

Result<std::vector<TensorSpec>> infer_pool(std::span<const Tensor* const> inputs,
                                           const Attributes& attributes);

// Kernels whose parameters are a window, a minimum and a maximum; input and output of integer
// kernels have the same scale.
struct PoolKernels {
    const char* float32_kernel;
    const char* float32_params;
    const char* int8_kernel;
    const char* int16_kernel;
    const char* integer_params;
};
Result<PreparedOp> prepare_pool(NodeTensors tensors,
                                const Attributes& attributes,
                                const PoolKernels& kernels);

// A kernel of int8 pooling that finds the taps inside the image at once.
struct PoolSibling {
    InstructionSet set;
    const char* kernel;
    std::int32_t channels;  // at once
    std::int32_t most_taps = INT32_MAX;
};
// In the place of the reference, if it takes this window.
void use_pool_kernel(const PoolSibling& sibling, PreparedOp& op);

Result<Attributes> read_pool_options(const tflite::Operator& op, NodeTensors tensors);
flatbuffers::Offset<void> write_pool_options(flatbuffers::FlatBufferBuilder& builder,
                                             NodeTensors tensors,
                                             const Attributes& attributes);
// 3: int16; 2: int8.
std::int32_t pool_version(NodeTensors tensors, const Attributes& attributes);

}  // namespace whittle
