#include "core/ops/pad/padding.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

void forward(const ForwardContext& context) { forward_padding(context, 0); }

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Tensor& input = *tensors.inputs[0];
    if (input.dtype == DType::float32 || input.quantization.empty()) {
        return prepare_padding(tensors, attributes, 0);
    }
    const Result<PerTensor> quantization = same_quantization(input, *tensors.outputs[0]);
    if (!quantization.ok()) return quantization.error();
    return prepare_padding(tensors, attributes, quantization->zero_point);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes&) {
    return tflite::CreatePadOptions(builder).Union();
}

}  // namespace

extern const OpDefinition pad_definition;
const OpDefinition pad_definition = {
    .kind = OpKind::pad,
    .name = "pad",
    .title = "Pad",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_PAD,
               .options_type = tflite::BuiltinOptions_PadOptions,
               .read_options = read_padding,
               .write_options = write_options,
               .version = padding_version},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer_padding,
    .forward = forward,
    .backward = backward_padding,
    .prepare = prepare,
};

}  // namespace whittle
