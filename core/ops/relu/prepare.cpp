#include "core/ops/relu/prepare.h"

#include "core/ops/binary.h"
#include "core/ops/relu/kernel.h"
#include "core/ops/support.h"

namespace whittle {

Result<PreparedOp> prepare_integer_relu(NodeTensors tensors, Activation activation) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    // TFLite divides in float32. For RELU alone TFLite Micro has a kernel that rescales, which
    // divides in double.
    const double factor =
        activation == Activation::relu
            ? static_cast<double>(input->scale) / static_cast<double>(output->scale)
            : static_cast<double>(input->scale / output->scale);
    const Result<QuantizedMultiplier> rescale = quantize_multiplier(factor);
    if (!rescale.ok()) return rescale.error();
    const IntegerRange range =
        integer_range(activation, tensors.outputs[0]->dtype, output->scale, output->zero_point);
    const bool wide = tensors.inputs[0]->dtype == DType::int16;
    if (wide) {
        if (Status status = check_int16_zero_points(tensors); !status.ok()) return status;
    }
    return PreparedOp{.variant = wide ? kVariantInt16 : kVariantInt8,
                      .kernel = wide ? "whittle_relu_int16" : "whittle_relu_int8",
                      .params_type = wide ? "WhittleReluInt16" : "WhittleReluInt8",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("input_zero_point", input->zero_point),
                                 PreparedParam::of("output_zero_point", output->zero_point),
                                 PreparedParam::of("multiplier", rescale->multiplier),
                                 PreparedParam::of("shift", rescale->shift),
                                 PreparedParam::of("minimum", range.minimum),
                                 PreparedParam::of("maximum", range.maximum)},
                      .operands = {input_operand(0), output_operand(0)}};
}

Result<PreparedOp> prepare_relu(NodeTensors tensors, Activation activation) {
    const DType dtype = tensors.inputs[0]->dtype;
    if (dtype != DType::float32) return prepare_integer_relu(tensors, activation);
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = "whittle_relu_float32",
                      .params_type = "WhittleReluFloat32",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("maximum", float_range(activation).maximum)},
                      .operands = {input_operand(0), output_operand(0)}};
}

void forward_relu(const ForwardContext& context, Activation activation) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const WhittleReluFloat32 params{static_cast<std::int32_t>(output.size()),
                                    float_range(activation).maximum};
    whittle_relu_float32(&params, context.inputs[0].data, output.data());
}

void backward_relu(const BackwardContext& context, Activation activation) {
    const std::span<float> input_gradient = mutable_values_of(context.input_gradients[0]);
    if (input_gradient.data() == nullptr) return;
    const std::span<float> gradient = mutable_values_of(context.output_gradients[0]);
    backward_activation(activation, values_of(context.outputs[0]), gradient);
    for (std::size_t i = 0; i < gradient.size(); ++i) input_gradient[i] += gradient[i];
}

}  // namespace whittle
