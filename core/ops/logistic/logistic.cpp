#include "core/ops/binary.h"
#include "core/ops/logistic/kernel.h"
#include "core/ops/sigmoid_family.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr SigmoidKernels kKernels = {"whittle_logistic_float32",
                                     "WhittleLogisticFloat32",
                                     "whittle_logistic_int8",
                                     "WhittleLogisticInt8",
                                     "whittle_logistic_int16",
                                     "WhittleLogisticInt16",
                                     0,
                                     1.0f / 256.0f,
                                     -128};

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_same(inputs, {DType::float32, DType::int8, DType::int16});
}

void forward(const ForwardContext& context) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const WhittleLogisticFloat32 params{static_cast<std::int32_t>(output.size())};
    whittle_logistic_float32(&params, context.inputs[0].data, output.data());
}

// dy/dx = y (1 - y), from the output alone.
void backward(const BackwardContext& context) {
    const std::span<const float> output = values_of(context.outputs[0]);
    const float* gradient = context.output_gradients[0].data;
    float* input_gradient = context.input_gradients[0].data;
    if (input_gradient == nullptr) return;
    for (std::size_t i = 0; i < output.size(); ++i) {
        const float y = output[i];
        input_gradient[i] += gradient[i] * (y * (1.0f - y));
    }
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    return prepare_sigmoid(tensors, kKernels);
}

}  // namespace

extern const OpDefinition logistic_definition;
const OpDefinition logistic_definition = {
    .kind = OpKind::logistic,
    .name = "logistic",
    .title = "Logistic",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_LOGISTIC,
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
