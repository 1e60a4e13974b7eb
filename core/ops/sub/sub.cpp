#include <algorithm>

#include "core/ops/arithmetic.h"
#include "core/ops/sub/attributes.h"
#include "core/ops/sub/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr ArithmeticKernels kKernels = {"whittle_sub_float32", "whittle_sub_int8",
                                        "whittle_sub_int16",   "WhittleSubFloat32",
                                        "WhittleSubInt8",      "WhittleSubInt16"};

void forward(const ForwardContext& context) {
    const FloatRange range = float_range(context.attributes.as<SubAttributes>().activation);
    const WhittleSubFloat32 params{walk_of(context.inputs, context.outputs[0]), range.minimum,
                                   range.maximum};
    whittle_sub_float32(&params, context.inputs[0].data, context.inputs[1].data,
                        context.outputs[0].data);
}

// The gradient goes to both inputs, negative to the second; where one is repeated, its gradients
// add up.
void backward(const BackwardContext& context) {
    const Activation activation = context.attributes.as<SubAttributes>().activation;
    backward_activation(activation, values_of(context.outputs[0]),
                        mutable_values_of(context.output_gradients[0]));
    const float* dy = context.output_gradients[0].data;
    float* da = context.input_gradients[0].data;
    float* db = context.input_gradients[1].data;
    for_each_element(walk_of(context.inputs, context.outputs[0]),
                     [=](std::int32_t a, std::int32_t b, std::int32_t y) {
                         if (da != nullptr) da[a] += dy[y];
                         if (db != nullptr) db[b] -= dy[y];
                     });
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    return prepare_arithmetic(tensors, attributes.as<SubAttributes>().activation, kKernels,
                              common_scaling);
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    SubAttributes own;
    if (const auto* options = op.builtin_options_as_SubOptions()) {
        const Result<Activation> activation = read_activation(options->fused_activation_function());
        if (!activation.ok()) return activation.error();
        own.activation = *activation;
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    // The kernels never take scales that are powers of two for themselves.
    constexpr bool powers_of_two = false;
    return tflite::CreateSubOptions(builder, to_tflite(attributes.as<SubAttributes>().activation),
                                    powers_of_two)
        .Union();
}

// 5: int16; 3: a broadcast of more than four dimensions; 2: int8.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    const Shape& a = tensors.inputs[0]->shape;
    const Shape& b = tensors.inputs[1]->shape;
    if (tensors.inputs[0]->dtype == DType::int16) return 5;
    if (a != b && std::max(a.size(), b.size()) > 4) return 3;
    return version_two_for_int8(tensors, attributes);
}

}  // namespace

extern const OpDefinition sub_definition;
const OpDefinition sub_definition = {
    .kind = OpKind::sub,
    .name = "sub",
    .title = "Sub",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_SUB,
               .options_type = tflite::BuiltinOptions_SubOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .infer = infer_binary,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
