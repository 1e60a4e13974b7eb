#include "core/ops/binary.h"
#include "core/ops/relu/prepare.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_same(inputs, {DType::float32, DType::int8, DType::int16});
}

void forward(const ForwardContext& context) { forward_relu(context, Activation::relu6); }

void backward(const BackwardContext& context) { backward_relu(context, Activation::relu6); }

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    return prepare_relu(tensors, Activation::relu6);
}

}  // namespace

extern const OpDefinition relu6_definition;
const OpDefinition relu6_definition = {
    .kind = OpKind::relu6,
    .name = "relu6",
    .title = "ReLU6",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_RELU6,
               .read_options = read_no_options,
               .version = binary_version},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
