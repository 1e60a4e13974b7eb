#include "core/ops/sigmoid_family.h"

#include <cmath>

#include "core/ops/support.h"

namespace whittle {

namespace {

constexpr int kIntegerBits = 4;  // the kernels compute on Q4

// TFLite's CalculateInputRadius: the largest input step count that fits Q4 after the left shift.
std::int32_t input_radius(std::int32_t shift) {
    const double largest = 15.0 * static_cast<double>(1 << (31 - kIntegerBits));
    const double radius = std::floor(std::ldexp(largest, -shift));
    return radius > 255.0 ? 256 : static_cast<std::int32_t>(radius);
}

Result<PreparedOp> prepare_int8(NodeTensors tensors, const SigmoidKernels& kernels) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    if (output->scale != kernels.output_scale || output->zero_point != kernels.output_zero_point) {
        return Error{.place = "output",
                     .expected = "scale 1/" +
                                 std::to_string(std::lround(1 / kernels.output_scale)) +
                                 " and zero point " + std::to_string(kernels.output_zero_point),
                     .found = "scale " + std::to_string(output->scale) + " and zero point " +
                              std::to_string(output->zero_point)};
    }
    const Result<QuantizedMultiplier> rescale = quantize_multiplier(
        static_cast<double>(input->scale) * static_cast<double>(1 << (31 - kIntegerBits)));
    if (!rescale.ok()) return rescale.error();
    return PreparedOp{.variant = kVariantInt8,
                      .kernel = kernels.int8_kernel,
                      .params_type = kernels.int8_params,
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("input_zero_point", input->zero_point),
                                 PreparedParam::of("multiplier", rescale->multiplier),
                                 PreparedParam::of("shift", rescale->shift),
                                 PreparedParam::of("radius", input_radius(rescale->shift))},
                      .operands = {input_operand(0), output_operand(0)}};
}

}  // namespace

Result<PreparedOp> prepare_sigmoid(NodeTensors tensors, const SigmoidKernels& kernels) {
    const DType dtype = tensors.inputs[0]->dtype;
    if (dtype == DType::int8) return prepare_int8(tensors, kernels);
    if (dtype != DType::float32) return no_kernel_for(tensors, "float32 or int8");
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = kernels.float32_kernel,
                      .params_type = kernels.float32_params,
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0]))},
                      .operands = {input_operand(0), output_operand(0)}};
}

}  // namespace whittle
