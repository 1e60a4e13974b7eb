#include "core/ops/quantize/attributes.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr std::uint32_t kVariantInteger = 2;
constexpr std::uint32_t kVariantFloat32Wide = 3;

DType output_type(const Attributes& attributes) {
    return attributes.holds<QuantizeAttributes>() ? attributes.as<QuantizeAttributes>().type
                                                  : DType::int8;
}

// The pairs that TFLite defines.
bool converts(DType from, DType to) {
    switch (from) {
        case DType::float32: return to == DType::int8 || to == DType::uint8 || to == DType::int16;
        case DType::int8:
            return to == DType::int8 || to == DType::uint8 || to == DType::int16 ||
                   to == DType::int32;
        case DType::uint8: return to == DType::int8 || to == DType::uint8;
        case DType::int16: return to == DType::int8 || to == DType::int16 || to == DType::int32;
        case DType::int32: return to == DType::int8 || to == DType::int16;
        default: return false;
    }
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const DType to = output_type(attributes);
    if (!converts(inputs[0]->dtype, to)) {
        return wrong_dtype("input 0", *inputs[0],
                           std::string("a type that is quantized to ") + dtype_name(to));
    }
    return std::vector<TensorSpec>{{to, inputs[0]->shape}};
}

Result<PreparedOp> prepare_requantize(NodeTensors tensors, const PerTensor& output) {
    const Tensor& from = *tensors.inputs[0];
    const Tensor& to = *tensors.outputs[0];
    const Result<PerTensor> input = per_tensor_quantization(from, "input 0");
    if (!input.ok()) return input.error();
    const Result<QuantizedMultiplier> rescale =
        quantize_multiplier(static_cast<double>(input->scale) / static_cast<double>(output.scale));
    if (!rescale.ok()) return rescale.error();
    const bool int8 = from.dtype == DType::int8 && to.dtype == DType::int8;
    PreparedOp op{.variant = int8 ? kVariantInt8 : kVariantInteger,
                  .kernel = int8 ? "whittle_quantize_int8" : "whittle_quantize_integer",
                  .params_type = int8 ? "WhittleQuantizeInt8" : "WhittleQuantizeInteger",
                  .params = {PreparedParam::of("count", count_of(from))},
                  .constants = {},
                  .operands = {input_operand(0), output_operand(0)}};
    if (!int8) {
        op.params.push_back(PreparedParam::of("input_type", element_type(from.dtype)));
        op.params.push_back(PreparedParam::of("output_type", element_type(to.dtype)));
    }
    op.params.push_back(PreparedParam::of("input_zero_point", input->zero_point));
    op.params.push_back(PreparedParam::of("output_zero_point", output.zero_point));
    op.params.push_back(PreparedParam::of("multiplier", rescale->multiplier));
    op.params.push_back(PreparedParam::of("shift", rescale->shift));
    return op;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    const Tensor& from = *tensors.inputs[0];
    const Tensor& to = *tensors.outputs[0];
    if (!converts(from.dtype, to.dtype)) {
        return no_kernel_for(tensors, "float32 to int8, uint8 or int16, or integers to integers");
    }
    const Result<PerTensor> output = per_tensor_quantization(to, "output");
    if (!output.ok()) return output.error();
    if (from.dtype != DType::float32) return prepare_requantize(tensors, *output);
    const bool int8 = to.dtype == DType::int8;
    PreparedOp op{.variant = int8 ? kVariantFloat32 : kVariantFloat32Wide,
                  .kernel = int8 ? "whittle_quantize_float32" : "whittle_quantize_float32_wide",
                  .params_type = int8 ? "WhittleQuantizeFloat32" : "WhittleQuantizeFloat32Wide",
                  .params = {PreparedParam::of("count", count_of(from))},
                  .constants = {},
                  .operands = {input_operand(0), output_operand(0)}};
    if (!int8) op.params.push_back(PreparedParam::of("output_type", element_type(to.dtype)));
    op.params.push_back(PreparedParam::of("scale", output->scale));
    op.params.push_back(PreparedParam::of("zero_point", output->zero_point));
    return op;
}

Result<Attributes> read_options(const tflite::Operator&, NodeTensors tensors) {
    // Files may name no output; validation says so.
    return Attributes::of(
        QuantizeAttributes{tensors.outputs.empty() ? DType::int8 : tensors.outputs[0]->dtype});
}

std::int32_t version(NodeTensors tensors, const Attributes&) {
    return tensors.outputs[0]->dtype == DType::int16 ? 2 : 1;
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
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
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .infer = infer,
    .prepare = prepare,
};

}  // namespace whittle
