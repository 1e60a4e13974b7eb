#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr std::uint32_t kVariantInteger = 2;

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    const DType from = inputs[0]->dtype;
    if (from != DType::int8 && from != DType::uint8 && from != DType::int16) {
        return wrong_dtype("input 0", *inputs[0], "int8, uint8 or int16");
    }
    return std::vector<TensorSpec>{{DType::float32, inputs[0]->shape}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    const Tensor& from = *tensors.inputs[0];
    const Result<PerTensor> input = per_tensor_quantization(from, "input 0");
    if (!input.ok()) return input.error();
    const bool int8 = from.dtype == DType::int8;
    PreparedOp op{.variant = int8 ? kVariantInt8 : kVariantInteger,
                  .kernel = int8 ? "whittle_dequantize_int8" : "whittle_dequantize_integer",
                  .params_type = int8 ? "WhittleDequantizeInt8" : "WhittleDequantizeInteger",
                  .params = {PreparedParam::of("count", count_of(from)),
                             PreparedParam::of("scale", input->scale),
                             PreparedParam::of("zero_point", input->zero_point)},
                  .constants = {},
                  .operands = {input_operand(0), output_operand(0)}};
    if (!int8) op.params.push_back(PreparedParam::of("input_type", element_type(from.dtype)));
    return op;
}

// 3: int16; 2: int8.
std::int32_t version(NodeTensors tensors, const Attributes&) {
    const DType from = tensors.inputs[0]->dtype;
    return from == DType::int16 ? 3 : from == DType::int8 ? 2 : 1;
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
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
               .version = version},
    .infer = infer,
    .prepare = prepare,
};

}  // namespace whittle
