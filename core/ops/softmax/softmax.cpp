#include <cmath>

#include "core/ops/softmax/attributes.h"
#include "core/ops/softmax/kernel.h"
#include "core/ops/softmax_scaling.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr float kOutputScale = 1.0f / 256.0f;
constexpr std::int32_t kOutputZeroPoint = -128;

struct Sizes {
    std::int32_t rows;
    std::int32_t columns;
};

Sizes sizes_of(const Shape& shape) {
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
    const Sizes sizes = sizes_of(*context.inputs[0].shape);
    const WhittleSoftmaxFloat32 params{sizes.rows, sizes.columns,
                                       context.attributes.as<SoftmaxAttributes>().beta};
    whittle_softmax_float32(&params, context.inputs[0].data, context.outputs[0].data);
}

// dL/dx_c = beta * y_c * (dL/dy_c - sum over k of dL/dy_k * y_k)
void backward(const BackwardContext& context) {
    const Sizes sizes = sizes_of(*context.inputs[0].shape);
    const float beta = context.attributes.as<SoftmaxAttributes>().beta;
    const float* y = context.outputs[0].data;
    const float* dy = context.output_gradients[0].data;
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        float dot = 0.0f;
        for (std::int32_t c = 0; c < sizes.columns; ++c) dot += dy[c] * y[c];
        for (std::int32_t c = 0; c < sizes.columns; ++c) dx[c] += beta * y[c] * (dy[c] - dot);
        y += sizes.columns;
        dy += sizes.columns;
        dx += sizes.columns;
    }
}

Result<PreparedOp> prepare_int8(NodeTensors tensors, float beta) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    if (output->scale != kOutputScale || output->zero_point != kOutputZeroPoint) {
        return Error{.place = "output",
                     .expected = "scale 1/256 and zero point -128",
                     .found = "scale " + std::to_string(output->scale) + " and zero point " +
                              std::to_string(output->zero_point)};
    }
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape);
    if (sizes.columns > WHITTLE_SOFTMAX_MAX_COLUMNS) {
        return Error{.place = "input 0",
                     .expected = "at most " + std::to_string(WHITTLE_SOFTMAX_MAX_COLUMNS) +
                                 " columns for an int8 softmax",
                     .found = std::to_string(sizes.columns)};
    }
    const Result<SoftmaxScaling> scaling =
        softmax_scaling(static_cast<double>(beta) * static_cast<double>(input->scale));
    if (!scaling.ok()) return scaling.error();
    return PreparedOp{
        .variant = kVariantInt8,
        .kernel = "whittle_softmax_int8",
        .params_type = "WhittleSoftmaxInt8",
        .params = {PreparedParam::of("rows", sizes.rows),
                   PreparedParam::of("columns", sizes.columns),
                   PreparedParam::of("multiplier", scaling->multiplier),
                   PreparedParam::of("shift", scaling->shift),
                   PreparedParam::of("minimum_difference", scaling->minimum_difference)},
        .operands = {input_operand(0), output_operand(0)}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const float beta = attributes.as<SoftmaxAttributes>().beta;
    const DType dtype = tensors.inputs[0]->dtype;
    if (dtype == DType::int8) return prepare_int8(tensors, beta);
    if (dtype != DType::float32) return no_kernel_for(tensors, "float32 or int8");
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape);
    return PreparedOp{
        .variant = kVariantFloat32,
        .kernel = "whittle_softmax_float32",
        .params_type = "WhittleSoftmaxFloat32",
        .params = {PreparedParam::of("rows", sizes.rows),
                   PreparedParam::of("columns", sizes.columns), PreparedParam::of("beta", beta)},
        .operands = {input_operand(0), output_operand(0)}};
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    SoftmaxAttributes own;
    if (const auto* options = op.builtin_options_as_SoftmaxOptions()) own.beta = options->beta();
    if (!(own.beta > 0.0f && std::isfinite(own.beta))) {
        return Error{.expected = "a beta above 0", .found = std::to_string(own.beta)};
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        const Attributes& attributes) {
    return tflite::CreateSoftmaxOptions(builder, attributes.as<SoftmaxAttributes>().beta).Union();
}

}  // namespace

extern const OpDefinition softmax_definition;
const OpDefinition softmax_definition = {
    .kind = OpKind::softmax,
    .name = "softmax",
    .title = "Softmax",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_SOFTMAX,
               .options_type = tflite::BuiltinOptions_SoftmaxOptions,
               .read_options = read_options,
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
