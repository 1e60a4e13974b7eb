#include "core/base/exact_math.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_same(inputs, {DType::float32});
}

// y = x * sigmoid(x)
void forward(const ForwardContext& context) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const float* input = context.inputs[0].data;
    for (std::size_t i = 0; i < output.size(); ++i) {
        output[i] = input[i] * whittle_logisticf(input[i]);
    }
}

// dy/dx = s + y (1 - s) with s = sigmoid(x)
void backward(const BackwardContext& context) {
    const std::span<const float> output = values_of(context.outputs[0]);
    const float* input = context.inputs[0].data;
    const float* gradient = context.output_gradients[0].data;
    float* input_gradient = context.input_gradients[0].data;
    if (input_gradient == nullptr) return;
    for (std::size_t i = 0; i < output.size(); ++i) {
        const float s = whittle_logisticf(input[i]);
        input_gradient[i] += gradient[i] * (s + output[i] * (1.0f - s));
    }
}

Expansion expansion(NodeTensors, const Attributes&) {
    return {{{OpKind::logistic, Attributes(), {0}},
             {OpKind::mul, Attributes::of(MulAttributes{}), {0, -1}}}};
}

}  // namespace

extern const OpDefinition silu_definition;
const OpDefinition silu_definition = {
    .kind = OpKind::silu,
    .name = "silu",
    .title = "SiLU",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.has_builtin = false},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .expansion = expansion,
};

}  // namespace whittle
