#include "core/ops/support.h"

#include <algorithm>
#include <cstdio>

#include "core/base/integer_element.h"

namespace whittle {

Error wrong_dtype(std::string_view what, const Tensor& found, std::string_view expected) {
    return Error{.place = std::string(what),
                 .expected = std::string(expected),
                 .found = dtype_name(found.dtype),
                 .hint = "convert the model to float32 or to full-integer int8"};
}

Error wrong_bias_dtype(std::string_view what,
                       const Tensor& bias,
                       std::string_view expected,
                       DType activations) {
    Error error = wrong_dtype(what, bias, expected);
    error.hint = "write the bias as " + error.expected + ": " + dtype_name(activations) +
                 " activations take no other";
    return error;
}

Result<std::vector<TensorSpec>> infer_same(std::span<const Tensor* const> inputs,
                                           std::initializer_list<DType> allowed) {
    const Tensor& input = *inputs[0];
    if (std::find(allowed.begin(), allowed.end(), input.dtype) == allowed.end()) {
        std::string expected;
        for (const DType dtype : allowed) {
            expected += (expected.empty() ? "" : " or ") + std::string(dtype_name(dtype));
        }
        return wrong_dtype("input 0", input, expected);
    }
    return std::vector<TensorSpec>{{input.dtype, input.shape}};
}

Error no_kernel_for(const NodeTensors& tensors, std::string_view expected) {
    std::string found;
    for (const Tensor* tensor : tensors.inputs) {
        if (tensor == nullptr) continue;
        found += (found.empty() ? "" : ", ") + std::string(dtype_name(tensor->dtype));
    }
    found += " -> " + std::string(dtype_name(tensors.outputs[0]->dtype));
    return Error{.expected = std::string(expected),
                 .found = found,
                 .hint = "convert the model to float32 or to full-integer int8"};
}

std::string scale_text(float scale) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(scale));
    return text;
}

Result<PerTensor> per_tensor_quantization(const Tensor& tensor, std::string_view what) {
    if (tensor.quantization.scales.size() != 1) {
        return Error{.place = std::string(what),
                     .expected = "one scale and zero point for the whole tensor",
                     .found = std::to_string(tensor.quantization.scales.size()) + " scales"};
    }
    return PerTensor{tensor.quantization.scales[0], tensor.quantization.zero_points[0]};
}

Result<PerTensor> same_quantization(const Tensor& input, const Tensor& output) {
    const Result<PerTensor> from = per_tensor_quantization(input, "input 0");
    if (!from.ok()) return from.error();
    const Result<PerTensor> to = per_tensor_quantization(output, "output");
    if (!to.ok()) return to.error();
    if (from->scale != to->scale || from->zero_point != to->zero_point) {
        return Error{.place = "output",
                     .expected = "the scale and zero point of the input, " +
                                 scale_text(from->scale) + " and " +
                                 std::to_string(from->zero_point),
                     .found = scale_text(to->scale) + " and " + std::to_string(to->zero_point)};
    }
    return from;
}

std::int32_t element_type(DType dtype) {
    switch (dtype) {
        case DType::uint8: return WHITTLE_ELEMENT_UINT8;
        case DType::int16: return WHITTLE_ELEMENT_INT16;
        case DType::int32: return WHITTLE_ELEMENT_INT32;
        default: return WHITTLE_ELEMENT_INT8;
    }
}

std::int32_t count_of(const Tensor& tensor) { return static_cast<std::int32_t>(tensor.elements()); }

Result<Attributes> read_no_options(const tflite::Operator&, NodeTensors) { return Attributes(); }

std::int32_t version_two_for_int8(NodeTensors tensors, const Attributes&) {
    return tensors.inputs[0]->dtype == DType::int8 ? 2 : 1;
}

}  // namespace whittle
