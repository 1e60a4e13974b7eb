#include "core/ops/arithmetic.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/mul/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr ArithmeticKernels kKernels = {"whittle_mul_float32", "whittle_mul_int8",
                                        "whittle_mul_int16",   "WhittleMulFloat32",
                                        "WhittleMulInt8",      "WhittleMulInt16"};

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

Result<std::vector<PreparedParam>> product_scaling(float a_scale,
                                                   float b_scale,
                                                   float output_scale,
                                                   DType) {
    const Result<QuantizedMultiplier> factor =
        quantize_multiplier(static_cast<double>(a_scale) * static_cast<double>(b_scale) /
                            static_cast<double>(output_scale));
    if (!factor.ok()) return factor.error();
    return std::vector<PreparedParam>{PreparedParam::of("multiplier", factor->multiplier),
                                      PreparedParam::of("shift", factor->shift)};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    return prepare_arithmetic(tensors, attributes.as<MulAttributes>().activation, kKernels,
                              product_scaling);
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
                                        NodeTensors,
                                        const Attributes& attributes) {
    return tflite::CreateMulOptions(builder, to_tflite(attributes.as<MulAttributes>().activation))
        .Union();
}

// 4: int16; 3: integers that grow, by a factor of 1 or more; 2: int8.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    const Tensor& a = *tensors.inputs[0];
    if (a.dtype == DType::int16) return 4;
    const std::vector<float>& a_scales = a.quantization.scales;
    const std::vector<float>& b_scales = tensors.inputs[1]->quantization.scales;
    const std::vector<float>& output_scales = tensors.outputs[0]->quantization.scales;
    const bool grows = !a_scales.empty() && !b_scales.empty() && !output_scales.empty() &&
                       a_scales[0] * b_scales[0] / output_scales[0] >= 1.0f;
    return grows ? 3 : version_two_for_int8(tensors, attributes);
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
               .version = version},
    .infer = infer_binary,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
