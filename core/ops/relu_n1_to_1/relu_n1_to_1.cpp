#include "core/ops/relu/prepare.h"
#include "core/ops/relu_n1_to_1/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_same(inputs, {DType::float32, DType::int8, DType::int16});
}

void forward(const ForwardContext& context) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const WhittleReluN1To1Float32 params{static_cast<std::int32_t>(output.size())};
    whittle_relu_n1_to_1_float32(&params, context.inputs[0].data, output.data());
}

void backward(const BackwardContext& context) { backward_relu(context, Activation::relu_n1_to_1); }

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    if (tensors.inputs[0]->dtype != DType::float32) {
        return prepare_integer_relu(tensors, Activation::relu_n1_to_1);
    }
    return PreparedOp{.kernel = "whittle_relu_n1_to_1_float32",
                      .params_type = "WhittleReluN1To1Float32",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0]))},
                      .constants = {},
                      .operands = {input_operand(0), output_operand(0)}};
}

}  // namespace

extern const OpDefinition relu_n1_to_1_definition;
const OpDefinition relu_n1_to_1_definition = {
    .kind = OpKind::relu_n1_to_1,
    .name = "relu_n1_to_1",
    .title = "ReLU -1 to 1",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_RELU_N1_TO_1, .read_options = read_no_options},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
