#include "core/ops/activation.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "core/ops/quantized_multiplier.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

Result<Activation> read_activation(tflite::ActivationFunctionType type) {
    switch (type) {
        case tflite::ActivationFunctionType_NONE: return Activation::none;
        case tflite::ActivationFunctionType_RELU: return Activation::relu;
        case tflite::ActivationFunctionType_RELU6: return Activation::relu6;
        default: break;
    }
    const char* name = tflite::EnumNameActivationFunctionType(type);
    const std::string found =
        *name != '\0' ? name : "activation number " + std::to_string(static_cast<int>(type));
    return Error{.expected = "a fused activation NONE, RELU or RELU6",
                 .found = found,
                 .hint = "write the activation as an operator of its own"};
}

tflite::ActivationFunctionType to_tflite(Activation activation) {
    switch (activation) {
        case Activation::none: return tflite::ActivationFunctionType_NONE;
        case Activation::relu: return tflite::ActivationFunctionType_RELU;
        case Activation::relu6: return tflite::ActivationFunctionType_RELU6;
    }
    return tflite::ActivationFunctionType_NONE;
}

FloatRange float_range(Activation activation) {
    switch (activation) {
        case Activation::none: return {-FLT_MAX, FLT_MAX};
        case Activation::relu: return {0.0f, FLT_MAX};
        case Activation::relu6: return {0.0f, 6.0f};
    }
    return {-FLT_MAX, FLT_MAX};
}

IntegerRange int8_range(Activation activation, float scale, std::int32_t zero_point) {
    return integer_range(activation, DType::int8, scale, zero_point);
}

IntegerRange integer_range(Activation activation,
                           DType dtype,
                           float scale,
                           std::int32_t zero_point) {
    IntegerRange range =
        dtype == DType::int16 ? IntegerRange{-32768, 32767} : IntegerRange{-128, 127};
    if (activation == Activation::none) return range;
    const IntegerRange whole = range;
    range.minimum = std::clamp(zero_point, whole.minimum, whole.maximum);
    if (activation == Activation::relu6) {
        range.maximum = quantize_to(6.0f, scale, zero_point, whole.minimum, whole.maximum);
    }
    return range;
}

void backward_activation(Activation activation,
                         std::span<const float> outputs,
                         std::span<float> gradient) {
    if (activation == Activation::none) return;
    const FloatRange range = float_range(activation);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const bool inside = outputs[i] > range.minimum && outputs[i] < range.maximum;
        gradient[i] = inside ? gradient[i] : 0.0f;
    }
}

}  // namespace whittle
