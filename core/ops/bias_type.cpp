#include "core/ops/bias_type.h"

#include <string>

#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// Also of nodes that were read and not yet checked.
bool activations_are_int16(NodeTensors tensors, const ConvolutionInputs& inputs) {
    const Tensor* activations = tensor_or_null(tensors.inputs, inputs.image);
    return activations != nullptr && activations->dtype == DType::int16;
}

}  // namespace

bool sums_are_narrow(NodeTensors tensors, const ConvolutionInputs& inputs, bool narrow_sums) {
    if (!activations_are_int16(tensors, inputs)) return false;
    const Tensor* bias = tensor_or_null(tensors.inputs, inputs.bias);
    return bias == nullptr ? narrow_sums : bias->dtype == DType::int32;
}

Result<bool> read_bias_type(tflite::TensorType type,
                            NodeTensors tensors,
                            const ConvolutionInputs& inputs) {
    if (type == tflite::TensorType_FLOAT32 || !activations_are_int16(tensors, inputs)) return false;
    const char* name = tflite::EnumNameTensorType(type);
    const std::string said =
        *name != '\0' ? name : "type number " + std::to_string(static_cast<int>(type));
    if (type != tflite::TensorType_INT32 && type != tflite::TensorType_INT64) {
        return Error{.expected = "quantized_bias_type INT64 or INT32 for int16 activations",
                     .found = said,
                     .hint = "convert the model again with biases of int64"};
    }
    const Tensor* bias = tensor_or_null(tensors.inputs, inputs.bias);
    if (bias != nullptr && static_cast<tflite::TensorType>(bias->dtype) != type) {
        return Error{.place = "input " + std::to_string(inputs.bias) + " (bias)",
                     .expected = said + ", as quantized_bias_type says",
                     .found = dtype_name(bias->dtype),
                     .hint = "convert the model again: its options and its bias do not agree"};
    }
    return type == tflite::TensorType_INT32;
}

tflite::TensorType bias_type_to_write(NodeTensors tensors,
                                      const ConvolutionInputs& inputs,
                                      bool narrow_sums) {
    return sums_are_narrow(tensors, inputs, narrow_sums) ? tflite::TensorType_INT32
                                                         : tflite::TensorType_FLOAT32;
}

}  // namespace whittle
