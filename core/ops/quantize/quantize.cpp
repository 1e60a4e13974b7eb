#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    if (inputs[0]->dtype != DType::float32 && inputs[0]->dtype != DType::int8) {
        return wrong_dtype("input 0", *inputs[0], "float32 or int8");
    }
    return std::vector<TensorSpec>{{DType::int8, inputs[0]->shape}};
}

Result<PreparedOp> prepare_requantize(NodeTensors tensors, const PerTensor& output) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<QuantizedMultiplier> rescale =
        quantize_multiplier(static_cast<double>(input->scale) / static_cast<double>(output.scale));
    if (!rescale.ok()) return rescale.error();
    return PreparedOp{.variant = kVariantInt8,
                      .kernel = "whittle_quantize_int8",
                      .params_type = "WhittleQuantizeInt8",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("input_zero_point", input->zero_point),
                                 PreparedParam::of("output_zero_point", output.zero_point),
                                 PreparedParam::of("multiplier", rescale->multiplier),
                                 PreparedParam::of("shift", rescale->shift)},
                      .operands = {input_operand(0), output_operand(0)}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    if (tensors.outputs[0]->dtype != DType::int8) return no_kernel_for(tensors, "an int8 output");
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    if (tensors.inputs[0]->dtype == DType::int8) return prepare_requantize(tensors, *output);
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = "whittle_quantize_float32",
                      .params_type = "WhittleQuantizeFloat32",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("scale", output->scale),
                                 PreparedParam::of("zero_point", output->zero_point)},
                      .operands = {input_operand(0), output_operand(0)}};
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        const Attributes&) {
    return tflite::CreateQuantizeOptions(builder).Union();
}

}  // namespace

extern const OpDefinition quantize_definition;
const OpDefinition quantize_definition = {
    .kind = OpKind::quantize,
    .name = "quantize",
    .title = "Quantize",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_QUANTIZE,
               .options_type = tflite::BuiltinOptions_QuantizeOptions,
               .read_options = read_no_options,
               .write_options = write_options,
               .version = version_two_for_int8},
    .infer = infer,
    .prepare = prepare,
};

}  // namespace whittle
