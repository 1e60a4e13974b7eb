#include "core/ops/rsqrt/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    Result<std::vector<TensorSpec>> specs = infer_same(inputs, {DType::float32});
    if (specs.ok()) return specs;
    Error error = specs.error();
    error.hint = "keep a model with layer normalisation in float32";
    return error;
}

void forward(const ForwardContext& context) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const WhittleRsqrtFloat32 params{static_cast<std::int32_t>(output.size())};
    whittle_rsqrt_float32(&params, context.inputs[0].data, output.data());
}

// dy/dx = -y^3 / 2, from the output alone.
void backward(const BackwardContext& context) {
    const std::span<const float> output = values_of(context.outputs[0]);
    const float* dy = context.output_gradients[0].data;
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    for (std::size_t i = 0; i < output.size(); ++i) {
        const float y = output[i];
        dx[i] += dy[i] * (-0.5f * y * y * y);
    }
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = "whittle_rsqrt_float32",
                      .params_type = "WhittleRsqrtFloat32",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0]))},
                      .operands = {input_operand(0), output_operand(0)}};
}

}  // namespace

extern const OpDefinition rsqrt_definition;
const OpDefinition rsqrt_definition = {
    .kind = OpKind::rsqrt,
    .name = "rsqrt",
    .title = "Reciprocal square root",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_RSQRT, .read_options = read_no_options},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
