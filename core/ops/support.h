#pragma once

// What the operators' implementations share: checks of their inputs, and preparation helpers.

#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/base/tensor.h"
#include "core/ops/operator.h"
#include "core/ops/quantized_multiplier.h"

namespace whittle {

// Variants that most operators number alike; see each operator's program.h.
inline constexpr std::uint32_t kVariantFloat32 = 0;
inline constexpr std::uint32_t kVariantInt8 = 1;
inline constexpr std::uint32_t kVariantInt16 = 2;

// "input 1": expected … found … for an input of the wrong type.
Error wrong_dtype(std::string_view what, const Tensor& found, std::string_view expected);
// The same for a bias whose type is not one of those that belong to the type of the activations.
Error wrong_bias_dtype(std::string_view what,
                       const Tensor& bias,
                       std::string_view expected,
                       DType activations);

// Infers the shape of the only input and its dtype, which must be one of `allowed`.
Result<std::vector<TensorSpec>> infer_same(std::span<const Tensor* const> inputs,
                                           std::initializer_list<DType> allowed);

// The combination of dtypes that prepare() found, for the error when no kernel takes it.
Error no_kernel_for(const NodeTensors& tensors, std::string_view expected);

// Scale and zero point of a tensor quantized as a whole.
struct PerTensor {
    float scale;
    std::int32_t zero_point;
};
// A scale as errors write it: with all the digits that tell it from others.
std::string scale_text(float scale);
// Fails when the tensor is not quantized, or per channel. `what` names it: "input 0", "output".
Result<PerTensor> per_tensor_quantization(const Tensor& tensor, std::string_view what);

// The one quantization of an input and an output that must share it: the operator moves or compares
// values and does not rescale them.
Result<PerTensor> same_quantization(const Tensor& input, const Tensor& output);

// The integer type as kernels take it: WHITTLE_ELEMENT_... of core/base/integer_element.h.
std::int32_t element_type(DType dtype);

// Number of elements as kernels take it.
std::int32_t count_of(const Tensor& tensor);

template <class T>
PreparedConstant make_prepared_constant(std::string name, DType dtype, std::span<const T> values) {
    PreparedConstant constant{std::move(name), dtype, {}};
    constant.bytes.resize(values.size_bytes());
    if (!values.empty()) std::memcpy(constant.bytes.data(), values.data(), values.size_bytes());
    return constant;
}

inline PreparedOperand input_operand(int index) { return {PreparedOperand::Kind::input, index}; }
inline PreparedOperand output_operand(int index) { return {PreparedOperand::Kind::output, index}; }
inline PreparedOperand constant_operand(int index) {
    return {PreparedOperand::Kind::constant, index};
}
inline PreparedOperand scratch_operand() { return {PreparedOperand::Kind::scratch, 0}; }

inline std::span<const float> values_of(const FloatView& view) {
    return {view.data, static_cast<std::size_t>(element_count(*view.shape))};
}
inline std::span<float> mutable_values_of(const FloatView& view) {
    return {view.data, static_cast<std::size_t>(element_count(*view.shape))};
}

// Attributes of operators without any.
Result<Attributes> read_no_options(const tflite::Operator& op, NodeTensors tensors);

// 2 where int8 tensors take part, else 1: the versions of most of TFLite's element-wise operators.
std::int32_t version_two_for_int8(NodeTensors tensors, const Attributes& attributes);

}  // namespace whittle
