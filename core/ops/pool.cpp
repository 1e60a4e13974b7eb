#include "core/ops/pool.h"

#include <cmath>

#include "core/ops/arm_dsp.h"
#include "core/ops/convolution.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// Sums of as many int16 values fit int32.
constexpr std::int64_t kMaxTaps = 65535;

// The output's, which is the input's; TFLite lets the scales be a millionth apart.
Result<PerTensor> output_quantization(const Tensor& input, const Tensor& output) {
    const Result<PerTensor> from = per_tensor_quantization(input, "input 0");
    const Result<PerTensor> to = per_tensor_quantization(output, "output");
    const bool near = from.ok() && to.ok() && from->zero_point == to->zero_point &&
                      std::fabs(from->scale - to->scale) <= 1e-6f;
    return near ? to : same_quantization(input, output);
}

}  // namespace

Result<WhittleWindow> pool_window(const Shape& input, const Attributes& attributes) {
    const auto own = attributes.as<PoolAttributes>();
    Result<WhittleWindow> window = make_window(input, own.kernel_height, own.kernel_width,
                                               input.size() == 4 ? input[3] : 0, own.steps);
    if (!window.ok()) return window;
    const std::int64_t taps = std::int64_t{own.kernel_height} * own.kernel_width;
    if (taps > kMaxTaps) {
        return Error{.place = "window",
                     .expected = "at most " + std::to_string(kMaxTaps) + " elements",
                     .found = std::to_string(taps)};
    }
    return window;
}

Result<std::vector<TensorSpec>> infer_pool(std::span<const Tensor* const> inputs,
                                           const Attributes& attributes) {
    const DType dtype = inputs[0]->dtype;
    if (dtype != DType::float32 && dtype != DType::int8 && dtype != DType::int16) {
        return wrong_dtype("input 0", *inputs[0], "float32, int8 or int16");
    }
    const Result<WhittleWindow> window = pool_window(inputs[0]->shape, attributes);
    if (!window.ok()) return window.error();
    return std::vector<TensorSpec>{{dtype, output_shape(*window)}};
}

Result<PreparedOp> prepare_pool(NodeTensors tensors,
                                const Attributes& attributes,
                                const PoolKernels& kernels) {
    const Tensor& input = *tensors.inputs[0];
    const Result<WhittleWindow> window = pool_window(input.shape, attributes);
    if (!window.ok()) return window.error();
    const Activation activation = attributes.as<PoolAttributes>().activation;
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = kernels.float32_kernel,
                  .params_type = kernels.float32_params,
                  .params = window_params(*window),
                  .constants = {},
                  .operands = {input_operand(0), output_operand(0)}};
    if (input.dtype == DType::float32) {
        const FloatRange range = float_range(activation);
        op.params.push_back(PreparedParam::of("minimum", range.minimum));
        op.params.push_back(PreparedParam::of("maximum", range.maximum));
        return op;
    }
    const Result<PerTensor> quantization = output_quantization(input, *tensors.outputs[0]);
    if (!quantization.ok()) return quantization.error();
    const IntegerRange range =
        integer_range(activation, input.dtype, quantization->scale, quantization->zero_point);
    op.variant = input.dtype == DType::int16 ? kVariantInt16 : kVariantInt8;
    op.kernel = input.dtype == DType::int16 ? kernels.int16_kernel : kernels.int8_kernel;
    op.params_type = kernels.integer_params;
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    return op;
}

void use_pool_kernel(const PoolSibling& sibling, PreparedOp& op) {
    const std::int32_t channels = parameter_of(op, "window.input_channels");
    const std::int32_t taps =
        parameter_of(op, "window.kernel_height") * parameter_of(op, "window.kernel_width");
    if (op.variant != kVariantInt8 || channels < 1 || channels % sibling.channels != 0 ||
        parameter_of(op, "window.dilation_height") != 1 ||
        parameter_of(op, "window.dilation_width") != 1 || taps > sibling.most_taps) {
        return;
    }
    op.variant = variant_of(sibling.set, kVariantInt8);
    op.kernel = sibling.kernel;
}

Result<Attributes> read_pool_options(const tflite::Operator& op, NodeTensors) {
    const auto* options = op.builtin_options_as_Pool2DOptions();
    if (options == nullptr) {
        return Error{.expected = "options with window, padding and strides", .found = "none"};
    }
    const Result<Activation> activation = read_activation(options->fused_activation_function());
    if (!activation.ok()) return activation.error();
    const Result<Padding> padding = read_padding(options->padding());
    if (!padding.ok()) return padding.error();
    const WindowSteps steps{*padding, options->stride_h(), options->stride_w(), 1, 1};
    return Attributes::of(
        PoolAttributes{*activation, options->filter_height(), options->filter_width(), steps});
}

flatbuffers::Offset<void> write_pool_options(flatbuffers::FlatBufferBuilder& builder,
                                             NodeTensors,
                                             const Attributes& attributes) {
    const auto own = attributes.as<PoolAttributes>();
    return tflite::CreatePool2DOptions(builder, to_tflite(own.steps.padding),
                                       own.steps.stride_width, own.steps.stride_height,
                                       own.kernel_width, own.kernel_height,
                                       to_tflite(own.activation))
        .Union();
}

std::int32_t pool_version(NodeTensors tensors, const Attributes&) {
    const DType dtype = tensors.inputs[0]->dtype;
    return dtype == DType::int16 ? 3 : dtype == DType::int8 ? 2 : 1;
}

}  // namespace whittle
