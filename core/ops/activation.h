#pragma once

#include "core/ops/tflite_generated.h"

namespace whittle {

// An activation fused into its producer, as TFLite does it: the result is clamped.
enum class Activation : std::uint8_t { none, relu, relu6 };

}  // namespace whittle
