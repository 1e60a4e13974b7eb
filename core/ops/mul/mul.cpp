#include "core/ops/binary.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/mul/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

WhittleBroadcast walk_of(std::span<const FloatView> inputs, const FloatView& output) {
    return *make_broadcast(*inputs[0].shape, *inputs[1].shape, *output.shape);
}

void forward(const ForwardContext& context) {
    const FloatRange range = float_range(context.attributes.as<MulAttributes>().activation);
    const WhittleMulFloat32 params{walk_of(context.inputs, context.outputs[0]), range.minimum,
                                   range.maximum};
    whittle_mul_float32(&params, context.inputs[0].data, context.inputs[1].data,
                        context.outputs[0].data);
}

// da = dy * b, db = dy * a; where one is repeated, its gradients add up.
void backward(const BackwardContext& context) {
    const Activation activation = context.attributes.as<MulAttributes>().activation;
    backward_activation(activation, values_of(context.outputs[0]),
                        mutable_values_of(context.output_gradients[0]));
    const float* dy = context.output_gradients[0].data;
    const float* va = context.inputs[0].data;
    const float* vb = context.inputs[1].data;
    float* da = context.input_gradients[0].data;
    float* db = context.input_gradients[1].data;
    for_each_element(walk_of(context.inputs, context.outputs[0]),
                     [=](std::int32_t a, std::int32_t b, std::int32_t y) {
                         if (da != nullptr) da[a] += dy[y] * vb[b];
                         if (db != nullptr) db[b] += dy[y] * va[a];
                     });
}

Result<PreparedOp> prepare_integer(NodeTensors tensors,
                                   const WhittleBroadcast& walk,
                                   Activation activation) {
    const Result<PerTensor> a = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!a.ok()) return a.error();
    const Result<PerTensor> b = per_tensor_quantization(*tensors.inputs[1], "input 1");
    if (!b.ok()) return b.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const Result<QuantizedMultiplier> factor =
        quantize_multiplier(static_cast<double>(a->scale) * static_cast<double>(b->scale) /
                            static_cast<double>(output->scale));
    if (!factor.ok()) return factor.error();
    const bool wide = tensors.inputs[0]->dtype == DType::int16;
    if (wide) {
        if (Status status = check_int16_zero_points(tensors); !status.ok()) return status;
    }
    const IntegerRange range =
        integer_range(activation, tensors.outputs[0]->dtype, output->scale, output->zero_point);
    PreparedOp op{.variant = wide ? kVariantInt16 : kVariantInt8,
                  .kernel = wide ? "whittle_mul_int16" : "whittle_mul_int8",
                  .params_type = wide ? "WhittleMulInt16" : "WhittleMulInt8",
                  .params = broadcast_params(walk),
                  .operands = {input_operand(0), input_operand(1), output_operand(0)}};
    const PreparedParam own[] = {PreparedParam::of("a_zero_point", a->zero_point),
                                 PreparedParam::of("b_zero_point", b->zero_point),
                                 PreparedParam::of("output_zero_point", output->zero_point),
                                 PreparedParam::of("multiplier", factor->multiplier),
                                 PreparedParam::of("shift", factor->shift),
                                 PreparedParam::of("minimum", range.minimum),
                                 PreparedParam::of("maximum", range.maximum)};
    op.params.insert(op.params.end(), std::begin(own), std::end(own));
    return op;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Activation activation = attributes.as<MulAttributes>().activation;
    const Result<WhittleBroadcast> walk = make_broadcast(
        tensors.inputs[0]->shape, tensors.inputs[1]->shape, tensors.outputs[0]->shape);
    if (!walk.ok()) return walk.error();
    if (tensors.inputs[0]->dtype != DType::float32) {
        return prepare_integer(tensors, *walk, activation);
    }
    const FloatRange range = float_range(activation);
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = "whittle_mul_float32",
                  .params_type = "WhittleMulFloat32",
                  .params = broadcast_params(*walk),
                  .operands = {input_operand(0), input_operand(1), output_operand(0)}};
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    return op;
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    MulAttributes own;
    if (const auto* options = op.builtin_options_as_MulOptions()) {
        const Result<Activation> activation = read_activation(options->fused_activation_function());
        if (!activation.ok()) return activation.error();
        own.activation = *activation;
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        const Attributes& attributes) {
    return tflite::CreateMulOptions(builder, to_tflite(attributes.as<MulAttributes>().activation))
        .Union();
}

}  // namespace

extern const OpDefinition mul_definition;
const OpDefinition mul_definition = {
    .kind = OpKind::mul,
    .name = "mul",
    .title = "Mul",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_MUL,
               .options_type = tflite::BuiltinOptions_MulOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = binary_version},
    .infer = infer_binary,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
