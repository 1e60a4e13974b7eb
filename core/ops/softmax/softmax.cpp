#include <cmath>

#include "core/ops/binary.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/softmax/kernel.h"
#include "core/ops/softmax/tables.h"
#include "core/ops/softmax_scaling.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr std::uint32_t kVariantInt8ToInt16 = 3;
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

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Shape& shape = inputs[0]->shape;
    if (shape.empty() || shape.back() < 1) {
        return Error{.place = "input 0",
                     .expected = "a last dimension of at least 1",
                     .found = to_string(shape)};
    }
    if (attributes.as<SoftmaxAttributes>().wide_output) {
        if (inputs[0]->dtype != DType::int8) return wrong_dtype("input 0", *inputs[0], "int8");
        return std::vector<TensorSpec>{{DType::int16, shape}};
    }
    return infer_same(inputs, {DType::float32, DType::int8, DType::int16});
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

// The kernels are defined for one quantization of the output.
Status check_output(const Tensor& output, float scale, std::int32_t zero_point) {
    const Result<PerTensor> found = per_tensor_quantization(output, "output");
    if (!found.ok()) return found.error();
    // TFLite takes int16 outputs of nearly that scale for it.
    const float slack = output.dtype == DType::int16 ? 0.001f * scale : 0.0f;
    if (std::fabs(found->scale - scale) <= slack && found->zero_point == zero_point) return {};
    return Error{.place = "output",
                 .expected = "scale 1/" + std::to_string(std::lround(1.0f / scale)) +
                             " and zero point " + std::to_string(zero_point),
                 .found = "scale " + scale_text(found->scale) + " and zero point " +
                          std::to_string(found->zero_point)};
}

Status check_columns(std::int32_t columns, std::int32_t most, const char* type) {
    if (columns <= most) return {};
    return Error{
        .place = "input 0",
        .expected = "at most " + std::to_string(most) + " columns for an " + type + " softmax",
        .found = std::to_string(columns)};
}

Result<PreparedOp> prepare_int8(NodeTensors tensors, float beta) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const bool wide = tensors.outputs[0]->dtype == DType::int16;
    const Status output = wide ? check_output(*tensors.outputs[0], 1.0f / 65536.0f, -32768)
                               : check_output(*tensors.outputs[0], kOutputScale, kOutputZeroPoint);
    if (!output.ok()) return output;
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape);
    if (Status status = check_columns(sizes.columns, WHITTLE_SOFTMAX_MAX_COLUMNS, "int8");
        !status.ok()) {
        return status;
    }
    const Result<SoftmaxScaling> scaling =
        softmax_scaling(static_cast<double>(beta) * static_cast<double>(input->scale));
    if (!scaling.ok()) return scaling.error();
    return PreparedOp{
        .variant = wide ? kVariantInt8ToInt16 : kVariantInt8,
        .kernel = wide ? "whittle_softmax_int8_int16" : "whittle_softmax_int8",
        .params_type = "WhittleSoftmaxInt8",
        .params = {PreparedParam::of("rows", sizes.rows),
                   PreparedParam::of("columns", sizes.columns),
                   PreparedParam::of("multiplier", scaling->multiplier),
                   PreparedParam::of("shift", scaling->shift),
                   PreparedParam::of("minimum_difference", scaling->minimum_difference)},
        .operands = {input_operand(0), output_operand(0)}};
}

Result<PreparedOp> prepare_int16(NodeTensors tensors, float beta) {
    if (Status status = check_int16_zero_points(tensors); !status.ok()) return status;
    if (Status status = check_output(*tensors.outputs[0], 1.0f / 32768.0f, 0); !status.ok()) {
        return status;
    }
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape);
    if (Status status = check_columns(sizes.columns, WHITTLE_SOFTMAX_MAX_COLUMNS_INT16, "int16");
        !status.ok()) {
        return status;
    }
    // The table of exponentials covers 10 in 65535 steps.
    const Result<QuantizedMultiplier> scaling =
        quantize_multiplier(static_cast<double>(tensors.inputs[0]->quantization.scales[0]) *
                            static_cast<double>(beta) / (10.0 / 65535.0));
    if (!scaling.ok()) return scaling.error();
    const SoftmaxTables tables = softmax_tables();
    return PreparedOp{
        .variant = kVariantInt16,
        .kernel = "whittle_softmax_int16",
        .params_type = "WhittleSoftmaxInt16",
        .params = {PreparedParam::of("rows", sizes.rows),
                   PreparedParam::of("columns", sizes.columns),
                   PreparedParam::of("multiplier", scaling->multiplier),
                   PreparedParam::of("shift", scaling->shift)},
        .constants = {make_prepared_constant<std::int16_t>("exponentials", DType::int16,
                                                           std::span(tables.exponentials)),
                      make_prepared_constant<std::int16_t>("reciprocals", DType::int16,
                                                           std::span(tables.reciprocals))},
        .operands = {input_operand(0), constant_operand(0), constant_operand(1),
                     output_operand(0)}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const float beta = attributes.as<SoftmaxAttributes>().beta;
    const DType dtype = tensors.inputs[0]->dtype;
    if (dtype == DType::int8) return prepare_int8(tensors, beta);
    if (dtype == DType::int16) return prepare_int16(tensors, beta);
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape);
    return PreparedOp{
        .variant = kVariantFloat32,
        .kernel = "whittle_softmax_float32",
        .params_type = "WhittleSoftmaxFloat32",
        .params = {PreparedParam::of("rows", sizes.rows),
                   PreparedParam::of("columns", sizes.columns), PreparedParam::of("beta", beta)},
        .operands = {input_operand(0), output_operand(0)}};
}

void accelerate(NodeTensors, const Attributes&, InstructionSet set, PreparedOp& op) {
    if (op.variant != kVariantInt8 || set != InstructionSet::helium) return;
    op.variant = variant_of(set, op.variant);
    op.kernel = "whittle_softmax_int8_helium";
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    SoftmaxAttributes own;
    // Files may name no output; validation says so.
    own.wide_output = !tensors.outputs.empty() && tensors.inputs[0]->dtype == DType::int8 &&
                      tensors.outputs[0]->dtype == DType::int16;
    if (const auto* options = op.builtin_options_as_SoftmaxOptions()) own.beta = options->beta();
    if (!(own.beta > 0.0f && std::isfinite(own.beta))) {
        return Error{.expected = "a beta above 0", .found = std::to_string(own.beta)};
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
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
               .version = binary_version},
    .quantization = {.output = QuantizationRule::Output::fixed,
                     .fixed_scale = kOutputScale,
                     .fixed_zero_point = kOutputZeroPoint},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
    .accelerate = accelerate,
};

}  // namespace whittle
