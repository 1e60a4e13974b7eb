#pragma once

#include <cstdint>

#include "core/base/status.h"
#include "core/ops/convolution.h"

// Of the .tflite format; core/ops/tflite_generated.h has it whole.
namespace tflite {
enum TensorType : std::int8_t;
}

namespace whittle {

// Sums over int16 activations have the type of the bias: exact in int64, or modulo 2^32 in int32.
// Where there is no bias, the attribute `narrow_sums` chooses int32. The options of a .tflite file
// say the type, too (quantized_bias_type): without it TFLite takes every bias for int64.

// Whether the sums are modulo 2^32 over int16 activations; false for activations of other types.
bool sums_are_narrow(NodeTensors tensors, const ConvolutionInputs& inputs, bool narrow_sums);

// `narrow_sums` as the options say. Fails where they say another type than the bias has, or one
// that such sums cannot have.
Result<bool> read_bias_type(tflite::TensorType type,
                            NodeTensors tensors,
                            const ConvolutionInputs& inputs);
// INT32 for sums modulo 2^32, else FLOAT32, which says nothing.
tflite::TensorType bias_type_to_write(NodeTensors tensors,
                                      const ConvolutionInputs& inputs,
                                      bool narrow_sums);

}  // namespace whittle
