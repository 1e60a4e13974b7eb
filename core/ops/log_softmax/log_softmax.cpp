#include <cmath>

#include "core/base/exact_math.h"
#include "core/ops/log_softmax/kernel.h"
#include "core/ops/softmax_scaling.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr float kOutputScale = 16.0f / 256.0f;
constexpr std::int32_t kOutputZeroPoint = 127;

WhittleLogSoftmaxFloat32 sizes_of(const Shape& shape) {
    const std::int32_t columns = shape.back();
    return {static_cast<std::int32_t>(element_count(shape) / columns), columns};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    const Shape& shape = inputs[0]->shape;
    if (shape.empty() || shape.back() < 1) {
        return Error{.place = "input 0",
                     .expected = "a last dimension of at least 1",
                     .found = to_string(shape)};
    }
    return infer_same(inputs, {DType::float32, DType::int8});
}

void forward(const ForwardContext& context) {
    const WhittleLogSoftmaxFloat32 params = sizes_of(*context.inputs[0].shape);
    whittle_log_softmax_float32(&params, context.inputs[0].data, context.outputs[0].data);
}

// dL/dx_c = dL/dy_c - exp(y_c) * sum over k of dL/dy_k
void backward(const BackwardContext& context) {
    const WhittleLogSoftmaxFloat32 sizes = sizes_of(*context.inputs[0].shape);
    const float* y = context.outputs[0].data;
    const float* dy = context.output_gradients[0].data;
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        float sum = 0.0f;
        for (std::int32_t c = 0; c < sizes.columns; ++c) sum += dy[c];
        for (std::int32_t c = 0; c < sizes.columns; ++c) dx[c] += dy[c] - whittle_expf(y[c]) * sum;
        y += sizes.columns;
        dy += sizes.columns;
        dx += sizes.columns;
    }
}

Status check_output(const Tensor& tensor) {
    const Result<PerTensor> output = per_tensor_quantization(tensor, "output");
    if (!output.ok()) return output.error();
    if (output->scale == kOutputScale && output->zero_point == kOutputZeroPoint) return {};
    return Error{.place = "output",
                 .expected = "scale 1/16 and zero point 127",
                 .found = "scale " + scale_text(output->scale) + " and zero point " +
                          std::to_string(output->zero_point)};
}

Result<PreparedOp> prepare_int8(NodeTensors tensors) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    if (Status status = check_output(*tensors.outputs[0]); !status.ok()) return status;
    const WhittleLogSoftmaxFloat32 sizes = sizes_of(tensors.inputs[0]->shape);
    if (sizes.columns > WHITTLE_LOG_SOFTMAX_MAX_COLUMNS) {
        return Error{.place = "input 0",
                     .expected = "at most " + std::to_string(WHITTLE_LOG_SOFTMAX_MAX_COLUMNS) +
                                 " columns for an int8 log-softmax",
                     .found = std::to_string(sizes.columns)};
    }
    const Result<SoftmaxScaling> scaling = softmax_scaling(static_cast<double>(input->scale));
    if (!scaling.ok()) return scaling.error();
    if (scaling->shift > 30) {
        return Error{.place = "input 0",
                     .expected = "a scale below 16",
                     .found = std::to_string(input->scale)};
    }
    const Result<QuantizedMultiplier> inverse = quantize_multiplier(
        std::ldexp(1.0, 31 - scaling->shift) / static_cast<double>(scaling->multiplier));
    if (!inverse.ok()) return inverse.error();
    return PreparedOp{
        .variant = kVariantInt8,
        .kernel = "whittle_log_softmax_int8",
        .params_type = "WhittleLogSoftmaxInt8",
        .params = {PreparedParam::of("rows", sizes.rows),
                   PreparedParam::of("columns", sizes.columns),
                   PreparedParam::of("multiplier", scaling->multiplier),
                   PreparedParam::of("shift", scaling->shift),
                   PreparedParam::of("minimum_difference", scaling->minimum_difference),
                   PreparedParam::of("inverse_multiplier", inverse->multiplier),
                   PreparedParam::of("inverse_shift", inverse->shift)},
        .operands = {input_operand(0), output_operand(0)}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    if (tensors.inputs[0]->dtype == DType::int8) return prepare_int8(tensors);
    const WhittleLogSoftmaxFloat32 sizes = sizes_of(tensors.inputs[0]->shape);
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = "whittle_log_softmax_float32",
                      .params_type = "WhittleLogSoftmaxFloat32",
                      .params = {PreparedParam::of("rows", sizes.rows),
                                 PreparedParam::of("columns", sizes.columns)},
                      .operands = {input_operand(0), output_operand(0)}};
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes&) {
    return tflite::CreateLogSoftmaxOptions(builder).Union();
}

}  // namespace

extern const OpDefinition log_softmax_definition;
const OpDefinition log_softmax_definition = {
    .kind = OpKind::log_softmax,
    .name = "log_softmax",
    .title = "Log-softmax",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_LOG_SOFTMAX,
               .options_type = tflite::BuiltinOptions_LogSoftmaxOptions,
               .read_options = read_no_options,
               .write_options = write_options,
               .version = version_two_for_int8},
    .quantization = {.output = QuantizationRule::Output::fixed,
                     .fixed_scale = kOutputScale,
                     .fixed_zero_point = kOutputZeroPoint},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
