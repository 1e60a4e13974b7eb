#include <cmath>

#include "core/ops/binary.h"
#include "core/ops/leaky_relu/attributes.h"
#include "core/ops/leaky_relu/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_same(inputs, {DType::float32, DType::int8, DType::int16});
}

void forward(const ForwardContext& context) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const WhittleLeakyReluFloat32 params{static_cast<std::int32_t>(output.size()),
                                         context.attributes.as<LeakyReluAttributes>().alpha};
    whittle_leaky_relu_float32(&params, context.inputs[0].data, output.data());
}

void backward(const BackwardContext& context) {
    const float alpha = context.attributes.as<LeakyReluAttributes>().alpha;
    const std::span<const float> input = values_of(context.inputs[0]);
    const float* dy = context.output_gradients[0].data;
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    for (std::size_t i = 0; i < input.size(); ++i) dx[i] += input[i] > 0.0f ? dy[i] : alpha * dy[i];
}

// A factor that may be negative: the multiplier has its sign.
Result<QuantizedMultiplier> signed_multiplier(double factor) {
    Result<QuantizedMultiplier> magnitude = quantize_multiplier(std::fabs(factor));
    if (magnitude.ok() && factor < 0.0) magnitude->multiplier = -magnitude->multiplier;
    return magnitude;
}

Result<PreparedOp> prepare_integer(NodeTensors tensors, float alpha) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const bool wide = tensors.inputs[0]->dtype == DType::int16;
    if (wide) {
        if (Status status = check_int16_zero_points(tensors); !status.ok()) return status;
    }
    // TFLite divides in float32.
    const Result<QuantizedMultiplier> above =
        signed_multiplier(static_cast<double>(input->scale / output->scale));
    if (!above.ok()) return above.error();
    const Result<QuantizedMultiplier> below =
        signed_multiplier(static_cast<double>(input->scale * alpha / output->scale));
    if (!below.ok()) return below.error();
    return PreparedOp{.variant = wide ? kVariantInt16 : kVariantInt8,
                      .kernel = wide ? "whittle_leaky_relu_int16" : "whittle_leaky_relu_int8",
                      .params_type = "WhittleLeakyReluInteger",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("input_zero_point", input->zero_point),
                                 PreparedParam::of("output_zero_point", output->zero_point),
                                 PreparedParam::of("multiplier", above->multiplier),
                                 PreparedParam::of("shift", above->shift),
                                 PreparedParam::of("alpha_multiplier", below->multiplier),
                                 PreparedParam::of("alpha_shift", below->shift)},
                      .operands = {input_operand(0), output_operand(0)}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const float alpha = attributes.as<LeakyReluAttributes>().alpha;
    if (tensors.inputs[0]->dtype != DType::float32) return prepare_integer(tensors, alpha);
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = "whittle_leaky_relu_float32",
                      .params_type = "WhittleLeakyReluFloat32",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("alpha", alpha)},
                      .operands = {input_operand(0), output_operand(0)}};
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    LeakyReluAttributes own{0.0f};
    if (const auto* options = op.builtin_options_as_LeakyReluOptions())
        own.alpha = options->alpha();
    if (!std::isfinite(own.alpha)) {
        return Error{.expected = "a finite alpha", .found = std::to_string(own.alpha)};
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    return tflite::CreateLeakyReluOptions(builder, attributes.as<LeakyReluAttributes>().alpha)
        .Union();
}

std::int32_t version(NodeTensors tensors, const Attributes&) {
    return tensors.inputs[0]->dtype == DType::int16 ? 2 : 1;
}

}  // namespace

extern const OpDefinition leaky_relu_definition;
const OpDefinition leaky_relu_definition = {
    .kind = OpKind::leaky_relu,
    .name = "leaky_relu",
    .title = "Leaky ReLU",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_LEAKY_RELU,
               .options_type = tflite::BuiltinOptions_LeakyReluOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
