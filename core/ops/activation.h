#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/status.h"
#include "core/base/tensor.h"

// Of the .tflite format; core/ops/tflite_generated.h has it whole.
namespace tflite {
enum ActivationFunctionType : std::int8_t;
}

namespace whittle {

// An activation fused into its producer, as TFLite does it: the result is clamped.
enum class Activation : std::uint8_t { none, relu, relu6, relu_n1_to_1 };

Result<Activation> read_activation(tflite::ActivationFunctionType type);
tflite::ActivationFunctionType to_tflite(Activation activation);
// That an operator does not take this one fused, and what to do instead.
Error refused_activation(tflite::ActivationFunctionType type, std::string expected);

struct FloatRange {
    float minimum;
    float maximum;
};
// The clamp in float32; none clamps to the finite floats, as TFLite's kernels do.
FloatRange float_range(Activation activation);

struct IntegerRange {
    std::int32_t minimum;
    std::int32_t maximum;
};
// The clamp in int8 for an output of that scale and zero point: round(bound / scale) + zero point,
// within int8.
IntegerRange int8_range(Activation activation, float scale, std::int32_t zero_point);
// The same for an output of int8 or int16.
IntegerRange integer_range(Activation activation,
                           DType dtype,
                           float scale,
                           std::int32_t zero_point);

// Multiplies a gradient by the derivative of the activation that made `outputs`: 1 strictly inside
// the clamp, 0 at and beyond its ends. Same sizes.
void backward_activation(Activation activation,
                         std::span<const float> outputs,
                         std::span<float> gradient);

}  // namespace whittle
