#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/conv2d/attributes.h"
#include "core/ops/operator.h"

namespace whittle {

// What the convolutions (conv2d, depthwise_conv2d, transpose_conv) share: dtypes, and preparation.
// Their inputs are images [N, H, W, C], weights, and an optional bias.

// The kernels of one operator. All take input, weights, bias[, multipliers, shifts], output.
struct ConvolutionKernels {
    const char* float32_kernel;
    const char* float32_params;
    const char* int8_kernel;
    const char* int16_kernel;         // int64 bias
    const char* int16_bias32_kernel;  // int32 bias
    const char* integer_params;
    int channel_axis;  // the dimension of the weights that is the output channel
};

// The variant of program images for int16 with an int32 bias, also of fully_connected.
inline constexpr std::uint32_t kVariantInt16Bias32 = 3;
// The largest shift of the requantization of 64-bit sums, of kVariantInt16.
inline constexpr std::int32_t kHighestShiftOfInt64 = 7;

// The operands of a convolution among the node's inputs.
struct ConvolutionInputs {
    int image = 0;
    int weights = 1;
    int bias = 2;
};

// float32 throughout; or int8 with weights of int8 or int4 and an int32 bias; or int16 with weights
// of int8 or int4 and an int64 or int32 bias.
Status check_convolution_dtypes(std::span<const Tensor* const> inputs,
                                const ConvolutionInputs& operands);

// A bias of float32 for activations of float32, int32 for int8, int64 or int32 for int16. `bias`
// may be nullptr.
Status check_bias_dtype(const Tensor* bias, std::string_view place, DType activations);

// `params` are those before the zero points and the clamp: the window, and what the operator adds.
Result<PreparedOp> prepare_convolution(NodeTensors tensors,
                                       const ConvolutionKernels& kernels,
                                       const ConvolutionInputs& inputs,
                                       const Conv2dAttributes& attributes,
                                       std::int32_t channels,
                                       std::vector<PreparedParam> params);

// Adds the constants "multipliers" and "shifts" for input scale * weights scale / output scale of
// each channel to `op`.
Status add_channel_multipliers(const Tensor& input,
                               const Tensor& weights,
                               const Tensor& output,
                               int channel_axis,
                               std::int32_t channels,
                               PreparedOp& op);

// Input `index`, or nullptr where it is left out.
const Tensor* tensor_or_null(std::span<const Tensor* const> inputs, int index);

// The values of an int4 tensor: two in a byte, the first in the low half.
std::vector<std::int8_t> widened_int4(const Tensor& weights);
// The values of constant weights of int8 or int4.
std::vector<std::int8_t> integer_weights(const Tensor& weights);

// Appends a constant to `op` and returns it as an operand.
PreparedOperand add_constant(PreparedOp& op, PreparedConstant constant);
// The constant "bias_halves": an int64 bias, zeros where it is left out, as pairs of int32.
PreparedConstant int64_bias_constant(const Tensor* bias, std::int32_t channels);
PreparedConstant int64_bias_constant(std::span<const std::int64_t> values);

// The bias, input `index`, as the integer kernel of `op` takes it: in halves for int64 sums, else
// the node's own; zeros where it is nullptr.
PreparedOperand integer_bias_operand(const Tensor* bias,
                                     int index,
                                     std::int32_t channels,
                                     PreparedOp& op);

// Weights as the integer kernels take them: the node's own, or int4 widened to int8.
PreparedOperand integer_weights_operand(const Tensor& weights, int index, PreparedOp& op);

}  // namespace whittle
