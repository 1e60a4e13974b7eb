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
        case tflite::ActivationFunctionType_RELU_N1_TO_1: return Activation::relu_n1_to_1;
        default: break;
    }
    return refused_activation(type, "a fused activation NONE, RELU, RELU6 or RELU_N1_TO_1");
}

Error refused_activation(tflite::ActivationFunctionType type, std::string expected) {
    const char* name = tflite::EnumNameActivationFunctionType(type);
    const bool is_operator = type > tflite::ActivationFunctionType_NONE &&
                             type < tflite::ActivationFunctionType_SIGN_BIT;
    return Error{.expected = std::move(expected),
                 .found = *name != '\0'
                              ? name
                              : "activation number " + std::to_string(static_cast<int>(type)),
                 .hint = is_operator ? "write the activation as an operator of its own"
                                     : "build the layer with another activation"};
}

tflite::ActivationFunctionType to_tflite(Activation activation) {
    switch (activation) {
        case Activation::none: return tflite::ActivationFunctionType_NONE;
        case Activation::relu: return tflite::ActivationFunctionType_RELU;
        case Activation::relu6: return tflite::ActivationFunctionType_RELU6;
        case Activation::relu_n1_to_1: return tflite::ActivationFunctionType_RELU_N1_TO_1;
    }
    return tflite::ActivationFunctionType_NONE;
}

FloatRange float_range(Activation activation) {
    switch (activation) {
        case Activation::none: return {-FLT_MAX, FLT_MAX};
        case Activation::relu: return {0.0f, FLT_MAX};
        case Activation::relu6: return {0.0f, 6.0f};
        case Activation::relu_n1_to_1: return {-1.0f, 1.0f};
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
    const IntegerRange whole =
        dtype == DType::int16 ? IntegerRange{-32768, 32767} : IntegerRange{-128, 127};
    const FloatRange real = float_range(activation);
    const auto quantized = [&](float bound) {
        return quantize_to(bound, scale, zero_point, whole.minimum, whole.maximum);
    };
    return {real.minimum > -FLT_MAX ? quantized(real.minimum) : whole.minimum,
            real.maximum < FLT_MAX ? quantized(real.maximum) : whole.maximum};
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
