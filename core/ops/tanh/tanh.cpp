#include "core/ops/binary.h"
#include "core/ops/sigmoid_family.h"
#include "core/ops/support.h"
#include "core/ops/tanh/kernel.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr SigmoidKernels kKernels = {"whittle_tanh_float32",
                                     "WhittleTanhFloat32",
                                     "whittle_tanh_int8",
                                     "WhittleTanhInt8",
                                     "whittle_tanh_int16",
                                     "WhittleTanhInt16",
                                     1,
                                     1.0f / 128.0f,
                                     0};

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_same(inputs, {DType::float32, DType::int8, DType::int16});
}

void forward(const ForwardContext& context) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const WhittleTanhFloat32 params{static_cast<std::int32_t>(output.size())};
    whittle_tanh_float32(&params, context.inputs[0].data, output.data());
}

// dy/dx = 1 - y^2, from the output alone.
void backward(const BackwardContext& context) {
    const std::span<const float> output = values_of(context.outputs[0]);
    const float* gradient = context.output_gradients[0].data;
    float* input_gradient = context.input_gradients[0].data;
    if (input_gradient == nullptr) return;
    for (std::size_t i = 0; i < output.size(); ++i) {
        const float y = output[i];
        input_gradient[i] += gradient[i] * (1.0f - y * y);
    }
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    return prepare_sigmoid(tensors, kKernels);
}

}  // namespace

extern const OpDefinition tanh_definition;
const OpDefinition tanh_definition = {
    .kind = OpKind::tanh,
    .name = "tanh",
    .title = "Tanh",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_TANH,
               .read_options = read_no_options,
               .version = binary_version},
    .quantization = {.output = QuantizationRule::Output::fixed,
                     .fixed_scale = kKernels.output_scale,
                     .fixed_zero_point = kKernels.output_zero_point},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
