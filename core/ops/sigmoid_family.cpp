#include "core/ops/sigmoid_family.h"

#include <cmath>

#include "core/ops/binary.h"
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
                     .found = "scale " + scale_text(output->scale) + " and zero point " +
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

// TFLite takes scales within a thousandth of an octave of a power of two for that power.
bool is_power(float scale, int exponent) {
    constexpr double kNear = 1.0006933874625807;  // 2^0.001
    const double ratio = std::ldexp(static_cast<double>(scale), -exponent);
    return ratio < kNear && ratio > 1.0 / kNear;
}

// The factor from an int16 input to steps of 1 / (3 * 2^12), as multiplier / 2^shift.
// `most_doublings`: up to which power above 2^-12 scales are taken for it, 1 for tanh.
Result<QuantizedMultiplier> table_scaling(float scale, int most_doublings) {
    for (int k = 0; k <= most_doublings; ++k) {
        if (is_power(scale, k - 12)) return QuantizedMultiplier{3 << k, 0};
    }
    double multiplier = static_cast<double>(scale) * 4096.0 * 3.0;
    if (!(multiplier < 65536.0)) {
        return Error{
            .place = "input 0", .expected = "a scale below 16/3", .found = scale_text(scale)};
    }
    std::int32_t shift = 0;
    while (multiplier <= 32767.0 / 2.0 && shift <= 30) {
        ++shift;
        multiplier *= 2.0;
    }
    if (multiplier < 1.0) {
        return Error{.place = "input 0",
                     .expected = "a scale of at least 2^-44",
                     .found = scale_text(scale)};
    }
    return QuantizedMultiplier{static_cast<std::int32_t>(multiplier), shift};
}

Result<PreparedOp> prepare_int16(NodeTensors tensors, const SigmoidKernels& kernels) {
    if (Status status = check_int16_zero_points(tensors); !status.ok()) return status;
    const float output_scale = tensors.outputs[0]->quantization.scales[0];
    if (!is_power(output_scale, -15)) {
        return Error{.place = "output",
                     .expected = "scale 1/32768 and zero point 0",
                     .found = "scale " + scale_text(output_scale)};
    }
    const Result<QuantizedMultiplier> scaling =
        table_scaling(tensors.inputs[0]->quantization.scales[0], kernels.most_doublings);
    if (!scaling.ok()) return scaling.error();
    return PreparedOp{.variant = kVariantInt16,
                      .kernel = kernels.int16_kernel,
                      .params_type = kernels.int16_params,
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("multiplier", scaling->multiplier),
                                 PreparedParam::of("shift", scaling->shift)},
                      .operands = {input_operand(0), output_operand(0)}};
}

}  // namespace

Result<PreparedOp> prepare_sigmoid(NodeTensors tensors, const SigmoidKernels& kernels) {
    const DType dtype = tensors.inputs[0]->dtype;
    if (dtype == DType::int8) return prepare_int8(tensors, kernels);
    if (dtype == DType::int16) return prepare_int16(tensors, kernels);
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = kernels.float32_kernel,
                      .params_type = kernels.float32_params,
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0]))},
                      .operands = {input_operand(0), output_operand(0)}};
}

}  // namespace whittle
