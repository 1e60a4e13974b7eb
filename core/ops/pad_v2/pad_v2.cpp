#include <cstring>

#include "core/ops/pad/padding.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr const char* kConstant = "input 2 (constant_values)";

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Tensor& value = *inputs[2];
    if (!value.constant || value.elements() != 1 || value.dtype != inputs[0]->dtype) {
        return Error{.place = kConstant,
                     .expected = std::string("a constant of one ") + dtype_name(inputs[0]->dtype),
                     .found = std::string(value.constant ? "a constant " : "a computed ") +
                              dtype_name(value.dtype) + " " + to_string(value.shape)};
    }
    return infer_padding(inputs, attributes);
}

// Of floats their bits, of integers what they are.
std::int32_t value_of(const Tensor& constant) {
    if (constant.dtype == DType::int8) return constant.as<std::int8_t>()[0];
    if (constant.dtype == DType::int16) return constant.as<std::int16_t>()[0];
    std::int32_t value = 0;
    std::memcpy(&value, constant.data.data(), constant.data.size());
    return value;
}

void forward(const ForwardContext& context) {
    std::int32_t value;
    std::memcpy(&value, context.inputs[2].data, sizeof value);
    forward_padding(context, value);
}

// The value stands in the file as it stands in the output. As TFLite's kernels for boards do it,
// wider integers are taken without a look at their quantization.
Status check_quantization(const Tensor& constant, const Tensor& output) {
    if (element_bytes(output.dtype) != 1 || constant.quantization == output.quantization) return {};
    const auto text = [](const Quantization& q) {
        if (q.empty()) return std::string("no quantization");
        return "scale " + scale_text(q.scales[0]) + " and zero point " +
               std::to_string(q.zero_points[0]);
    };
    return Error{.place = kConstant,
                 .expected = "the output's " + text(output.quantization),
                 .found = text(constant.quantization)};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Tensor& input = *tensors.inputs[0];
    const Tensor& output = *tensors.outputs[0];
    if (input.dtype != DType::float32 && !input.quantization.empty()) {
        const Result<PerTensor> quantization = same_quantization(input, output);
        if (!quantization.ok()) return quantization.error();
    }
    if (const Status status = check_quantization(*tensors.inputs[2], output); !status.ok()) {
        return status;
    }
    return prepare_padding(tensors, attributes, value_of(*tensors.inputs[2]));
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes&) {
    return tflite::CreatePadV2Options(builder).Union();
}

}  // namespace

extern const OpDefinition pad_v2_definition;
const OpDefinition pad_v2_definition = {
    .kind = OpKind::pad_v2,
    .name = "pad_v2",
    .title = "Pad with a value",
    .min_inputs = 3,
    .max_inputs = 3,
    .tflite = {.code = tflite::BuiltinOperator_PADV2,
               .options_type = tflite::BuiltinOptions_PadV2Options,
               .read_options = read_padding,
               .write_options = write_options,
               .version = padding_version},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer,
    .forward = forward,
    .backward = backward_padding,
    .prepare = prepare,
};

}  // namespace whittle
