#include "core/ops/convolution.h"

#include <algorithm>

#include "core/ops/bias_type.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

bool is_weights_type(DType dtype) { return dtype == DType::int8 || dtype == DType::int4; }

// int64 as pairs of int32, the low half first.
std::vector<std::int32_t> halves_of(std::span<const std::int64_t> values) {
    std::vector<std::int32_t> halves;
    for (const std::int64_t value : values) {
        const auto bits = static_cast<std::uint64_t>(value);
        halves.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)));
        halves.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits >> 32)));
    }
    return halves;
}

// "input 1 (weights)": what errors call an operand.
std::string operand_place(int index, const char* what) {
    return "input " + std::to_string(index) + " (" + what + ")";
}

constexpr char kWeightsPlace[] = "input 1 (weights)";  // of all convolutions

Status check_constants(const Tensor& weights, const Tensor* bias, int bias_index) {
    if (weights.constant && (bias == nullptr || bias->constant)) return {};
    return Error{.place = weights.constant ? operand_place(bias_index, "bias") : kWeightsPlace,
                 .expected = "a constant",
                 .found = "a tensor computed by the model"};
}

Status check_weights(const Tensor& weights, int axis, std::int32_t channels) {
    const Quantization& q = weights.quantization;
    const bool per_channel = q.per_channel() && q.axis == axis;
    if (q.empty() || (q.per_channel() && !per_channel) ||
        (per_channel && static_cast<std::int32_t>(q.scales.size()) != channels)) {
        return Error{.place = kWeightsPlace,
                     .expected = "a scale for the tensor, or one for each index of dimension " +
                                 std::to_string(axis),
                     .found = q.empty() ? "no scale"
                                        : std::to_string(q.scales.size()) +
                                              " scales for dimension " + std::to_string(q.axis)};
    }
    if (std::any_of(q.zero_points.begin(), q.zero_points.end(), [](auto z) { return z != 0; })) {
        return Error{.place = kWeightsPlace,
                     .expected = "weights with zero points of 0",
                     .found = "another zero point",
                     .hint = "Quantize the model with symmetric weights, as TFLite specifies."};
    }
    return {};
}

Result<PreparedOp> prepare_float32(NodeTensors tensors,
                                   const ConvolutionKernels& kernels,
                                   const ConvolutionInputs& inputs,
                                   Activation activation,
                                   std::int32_t channels,
                                   std::vector<PreparedParam> params) {
    const FloatRange range = float_range(activation);
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = kernels.float32_kernel,
                  .params_type = kernels.float32_params,
                  .params = std::move(params),
                  .constants = {},
                  .operands = {input_operand(inputs.image), input_operand(inputs.weights)}};
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    if (tensor_or_null(tensors.inputs, inputs.bias) != nullptr) {
        op.operands.push_back(input_operand(inputs.bias));
    } else {
        const std::vector<float> zeros(static_cast<std::size_t>(channels));
        op.operands.push_back(add_constant(
            op, make_prepared_constant<float>("bias", DType::float32, std::span(zeros))));
    }
    op.operands.push_back(output_operand(0));
    return op;
}

struct IntegerKernel {
    std::uint32_t variant;
    const char* name;
};

IntegerKernel integer_kernel(const ConvolutionKernels& kernels, DType dtype, bool narrow_sums) {
    if (dtype == DType::int8) return {kVariantInt8, kernels.int8_kernel};
    return narrow_sums ? IntegerKernel{kVariantInt16Bias32, kernels.int16_bias32_kernel}
                       : IntegerKernel{kVariantInt16, kernels.int16_kernel};
}

Status check_symmetric(const PerTensor& quantization, const std::string& what) {
    if (quantization.zero_point == 0) return {};
    return Error{.place = what,
                 .expected = "a zero point of 0 for int16",
                 .found = std::to_string(quantization.zero_point)};
}

}  // namespace

const Tensor* tensor_or_null(std::span<const Tensor* const> inputs, int index) {
    return static_cast<std::size_t>(index) < inputs.size() ? inputs[static_cast<std::size_t>(index)]
                                                           : nullptr;
}

Status check_bias_dtype(const Tensor* bias, std::string_view place, DType activations) {
    if (bias == nullptr) return {};
    const bool narrow = bias->dtype == DType::int32;
    switch (activations) {
        case DType::float32:
            if (bias->dtype == DType::float32) return {};
            return wrong_bias_dtype(place, *bias, "float32", activations);
        case DType::int16:
            if (narrow || bias->dtype == DType::int64) return {};
            return wrong_bias_dtype(place, *bias, "int64 or int32", activations);
        default:
            if (narrow) return {};
            return wrong_bias_dtype(place, *bias, "int32", activations);
    }
}

Status check_convolution_dtypes(std::span<const Tensor* const> inputs,
                                const ConvolutionInputs& operands) {
    const Tensor& input = *tensor_or_null(inputs, operands.image);
    const Tensor& weights = *tensor_or_null(inputs, operands.weights);
    const Tensor* bias = tensor_or_null(inputs, operands.bias);
    const bool is_float = input.dtype == DType::float32;
    if (!is_float && input.dtype != DType::int8 && input.dtype != DType::int16) {
        return wrong_dtype("input " + std::to_string(operands.image), input,
                           "float32, int8 or int16");
    }
    if (is_float ? weights.dtype != DType::float32 : !is_weights_type(weights.dtype)) {
        return wrong_dtype(kWeightsPlace, weights, is_float ? "float32" : "int8 or int4");
    }
    return check_bias_dtype(bias, operand_place(operands.bias, "bias"), input.dtype);
}

std::vector<std::int8_t> widened_int4(const Tensor& weights) {
    std::vector<std::int8_t> values(static_cast<std::size_t>(weights.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int nibble = weights.data[i / 2] >> (4 * (i % 2)) & 15;
        values[i] = static_cast<std::int8_t>(nibble < 8 ? nibble : nibble - 16);
    }
    return values;
}

std::vector<std::int8_t> integer_weights(const Tensor& weights) {
    if (weights.dtype == DType::int4) return widened_int4(weights);
    const std::span<const std::int8_t> values = weights.as<std::int8_t>();
    return {values.begin(), values.end()};
}

PreparedOperand add_constant(PreparedOp& op, PreparedConstant constant) {
    op.constants.push_back(std::move(constant));
    return constant_operand(static_cast<int>(op.constants.size()) - 1);
}

PreparedOperand integer_bias_operand(const Tensor* bias,
                                     int index,
                                     std::int32_t channels,
                                     PreparedOp& op) {
    if (op.variant == kVariantInt16) return add_constant(op, int64_bias_constant(bias, channels));
    if (bias != nullptr) return input_operand(index);
    const std::vector<std::int32_t> zeros(static_cast<std::size_t>(channels));
    return add_constant(
        op, make_prepared_constant<std::int32_t>("bias", DType::int32, std::span(zeros)));
}

PreparedConstant int64_bias_constant(std::span<const std::int64_t> values) {
    const std::vector<std::int32_t> halves = halves_of(values);
    return make_prepared_constant<std::int32_t>("bias_halves", DType::int32, std::span(halves));
}

PreparedConstant int64_bias_constant(const Tensor* bias, std::int32_t channels) {
    std::vector<std::int64_t> values(static_cast<std::size_t>(channels));
    if (bias != nullptr) {
        std::copy_n(bias->as<std::int64_t>().begin(), values.size(), values.begin());
    }
    return int64_bias_constant(values);
}

PreparedOperand integer_weights_operand(const Tensor& weights, int index, PreparedOp& op) {
    if (weights.dtype != DType::int4) return input_operand(index);
    const std::vector<std::int8_t> values = widened_int4(weights);
    return add_constant(
        op, make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(values)));
}

Status add_channel_multipliers(const Tensor& input,
                               const Tensor& weights,
                               const Tensor& output,
                               int channel_axis,
                               std::int32_t channels,
                               PreparedOp& op) {
    if (Status status = check_weights(weights, channel_axis, channels); !status.ok()) {
        return status;
    }
    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    const Quantization& q = weights.quantization;
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
        const double scale = static_cast<double>(q.scales[q.per_channel() ? c : 0]);
        const double factor = static_cast<double>(input.quantization.scales[0]) * scale /
                              static_cast<double>(output.quantization.scales[0]);
        const Result<QuantizedMultiplier> quantized = quantize_multiplier(factor);
        if (!quantized.ok()) return quantized.error();
        if (op.variant == kVariantInt16 && quantized->shift > kHighestShiftOfInt64) {
            return Error{.place = "scales",
                         .expected = "input scale * weights scale / output scale below 2^7",
                         .found = std::to_string(factor)};
        }
        multipliers.push_back(quantized->multiplier);
        shifts.push_back(static_cast<std::int8_t>(quantized->shift));
    }
    op.operands.push_back(add_constant(
        op,
        make_prepared_constant<std::int32_t>("multipliers", DType::int32, std::span(multipliers))));
    op.operands.push_back(add_constant(
        op, make_prepared_constant<std::int8_t>("shifts", DType::int8, std::span(shifts))));
    return {};
}

Result<PreparedOp> prepare_convolution(NodeTensors tensors,
                                       const ConvolutionKernels& kernels,
                                       const ConvolutionInputs& inputs,
                                       const Conv2dAttributes& attributes,
                                       std::int32_t channels,
                                       std::vector<PreparedParam> params) {
    const Activation activation = attributes.activation;
    const Tensor& input = *tensor_or_null(tensors.inputs, inputs.image);
    const Tensor& weights = *tensor_or_null(tensors.inputs, inputs.weights);
    const Tensor* bias = tensor_or_null(tensors.inputs, inputs.bias);
    const Tensor& output = *tensors.outputs[0];
    if (input.dtype == DType::float32) {
        return prepare_float32(tensors, kernels, inputs, activation, channels, std::move(params));
    }
    const std::string image_place = "input " + std::to_string(inputs.image);
    const Result<PerTensor> from = per_tensor_quantization(input, image_place);
    if (!from.ok()) return from.error();
    const Result<PerTensor> to = per_tensor_quantization(output, "output");
    if (!to.ok()) return to.error();
    if (Status status = check_constants(weights, bias, inputs.bias); !status.ok()) return status;
    if (Status status = check_weights(weights, kernels.channel_axis, channels); !status.ok()) {
        return status;
    }
    if (input.dtype == DType::int16) {
        if (Status status = check_symmetric(*from, image_place); !status.ok()) return status;
        if (Status status = check_symmetric(*to, "output"); !status.ok()) return status;
    }
    const IntegerKernel kernel = integer_kernel(
        kernels, input.dtype, sums_are_narrow(tensors, inputs, attributes.narrow_sums));
    const IntegerRange range = integer_range(activation, output.dtype, to->scale, to->zero_point);
    PreparedOp op{.variant = kernel.variant,
                  .kernel = kernel.name,
                  .params_type = kernels.integer_params,
                  .params = std::move(params),
                  .constants = {},
                  .operands = {input_operand(inputs.image)}};
    op.params.push_back(PreparedParam::of("input_zero_point", from->zero_point));
    op.params.push_back(PreparedParam::of("output_zero_point", to->zero_point));
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    op.operands.push_back(integer_weights_operand(weights, inputs.weights, op));
    op.operands.push_back(integer_bias_operand(bias, inputs.bias, channels, op));
    if (Status status =
            add_channel_multipliers(input, weights, output, kernels.channel_axis, channels, op);
        !status.ok()) {
        return status;
    }
    op.operands.push_back(output_operand(0));
    return op;
}

}  // namespace whittle
