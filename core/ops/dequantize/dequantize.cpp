#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    if (inputs[0]->dtype != DType::int8) return wrong_dtype("input 0", *inputs[0], "int8");
    return std::vector<TensorSpec>{{DType::float32, inputs[0]->shape}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    return PreparedOp{.variant = kVariantInt8,
                      .kernel = "whittle_dequantize_int8",
                      .params_type = "WhittleDequantizeInt8",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("scale", input->scale),
                                 PreparedParam::of("zero_point", input->zero_point)},
                      .operands = {input_operand(0), output_operand(0)}};
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        const Attributes&) {
    return tflite::CreateDequantizeOptions(builder).Union();
}

}  // namespace

extern const OpDefinition dequantize_definition;
const OpDefinition dequantize_definition = {
    .kind = OpKind::dequantize,
    .name = "dequantize",
    .title = "Dequantize",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_DEQUANTIZE,
               .options_type = tflite::BuiltinOptions_DequantizeOptions,
               .read_options = read_no_options,
               .write_options = write_options,
               .version = [](NodeTensors, const Attributes&) -> std::int32_t { return 2; }},
    .infer = infer,
    .prepare = prepare,
};

}  // namespace whittle
