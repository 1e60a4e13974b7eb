#include <algorithm>
#include <vector>

#include "core/ops/bias_type.h"
#include "core/ops/convolution.h"
#include "core/ops/fully_connected/accelerate.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/fully_connected/computed_weights.h"
#include "core/ops/fully_connected/lanes.h"
#include "core/ops/fully_connected/multiply_add.h"
#include "core/ops/int8_pack.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// N rows of I features in, O features out.
struct Sizes {
    std::int32_t rows;
    std::int32_t inputs;
    std::int32_t outputs;
};

Sizes sizes_of(const Shape& input, const Shape& weights) {
    const std::int64_t features = weights[1];
    const std::int64_t rows = features == 0 ? 0 : element_count(input) / features;
    return {static_cast<std::int32_t>(rows), weights[1], weights[0]};
}

constexpr int kBias = 2;
constexpr char kBiasPlace[] = "input 2 (bias)";

// float32 throughout; int8 with weights of int8 or int4 and an int32 bias; int16 with weights of
// int8 or int4 and an int64 or int32 bias.
Status check_dtypes(std::span<const Tensor* const> inputs) {
    const DType dtype = inputs[0]->dtype;
    if (dtype != DType::float32 && dtype != DType::int8 && dtype != DType::int16) {
        return wrong_dtype("input 0", *inputs[0], "float32, int8 or int16");
    }
    const DType weights = inputs[1]->dtype;
    if (dtype == DType::float32 ? weights != DType::float32
                                : weights != DType::int8 && weights != DType::int4) {
        return wrong_dtype("input 1 (weights)", *inputs[1],
                           dtype == DType::float32 ? "float32" : "int8 or int4");
    }
    return check_bias_dtype(tensor_or_null(inputs, kBias), kBiasPlace, dtype);
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    if (Status status = check_dtypes(inputs); !status.ok()) return status;
    const Shape& input = inputs[0]->shape;
    const Shape& weights = inputs[1]->shape;
    if (weights.size() != 2 || weights[0] < 1 || weights[1] < 1) {
        return Error{.place = "input 1 (weights)",
                     .expected = "the shape [outputs, inputs]",
                     .found = to_string(weights)};
    }
    if (element_count(input) % weights[1] != 0) {
        return Error{.place = "input 0",
                     .expected = "rows of " + std::to_string(weights[1]) +
                                 " features, as many as " + "the weights " + to_string(weights) +
                                 " take",
                     .found = to_string(input)};
    }
    if (inputs.size() > 2 && inputs[2] != nullptr && inputs[2]->elements() != weights[0]) {
        return Error{.place = kBiasPlace,
                     .expected = std::to_string(weights[0]) + " values, one for each output",
                     .found = to_string(inputs[2]->shape)};
    }
    const auto own = attributes.as<FullyConnectedAttributes>();
    Shape output = {static_cast<std::int32_t>(element_count(input) / weights[1]), weights[0]};
    if (own.keep_dimensions) {
        if (input.empty() || input.back() != weights[1]) {
            return Error{.place = "input 0",
                         .expected = "a last dimension of " + std::to_string(weights[1]),
                         .found = to_string(input)};
        }
        output = input;
        output.back() = weights[0];
    }
    return std::vector<TensorSpec>{{inputs[0]->dtype, output}};
}

std::size_t scratch_floats(std::span<const Shape* const> inputs, const Attributes&) {
    return static_cast<std::size_t>(element_count(*inputs[1]));
}

// Weights [O, I] as [I, O].
void transpose(const float* weights, const Sizes& sizes, float* transposed) {
    for (std::ptrdiff_t i = 0; i < sizes.inputs; ++i) {
        for (std::ptrdiff_t o = 0; o < sizes.outputs; ++o) {
            *transposed++ = weights[o * sizes.inputs + i];
        }
    }
}

// The sum for each output runs over i upwards from 0 and the bias is added last, as in kernel.h.
void forward(const ForwardContext& context) {
    const Sizes sizes = sizes_of(*context.inputs[0].shape, *context.inputs[1].shape);
    const FloatRange range =
        float_range(context.attributes.as<FullyConnectedAttributes>().activation);
    transpose(context.inputs[1].data, sizes, context.scratch.data());
    multiply_and_clamp({.rows = sizes.rows,
                        .depth = sizes.inputs,
                        .columns = sizes.outputs,
                        .a = context.inputs[0].data,
                        .row_stride = sizes.inputs,
                        .b = context.scratch.data(),
                        .c = context.outputs[0].data,
                        .bias = context.inputs.size() > 2 ? context.inputs[2].data : nullptr,
                        .minimum = range.minimum,
                        .maximum = range.maximum});
}

// With dz = dL/d(sum before the activation), [N, O]:
//   dL/dweights[o, i] = sum over n of dz[n, o] * input[n, i]
//   dL/dbias[o]       = sum over n of dz[n, o]
//   dL/dinput[n, i]   = sum over o of dz[n, o] * weights[o, i]
void backward(const BackwardContext& context) {
    const Sizes sizes = sizes_of(*context.inputs[0].shape, *context.inputs[1].shape);
    const auto own = context.attributes.as<FullyConnectedAttributes>();
    backward_activation(own.activation, values_of(context.outputs[0]),
                        mutable_values_of(context.output_gradients[0]));
    const float* dz = context.output_gradients[0].data;
    const float* input = context.inputs[0].data;
    float* dinput = context.input_gradients[0].data;
    float* dweights = context.input_gradients[1].data;
    float* dbias = context.input_gradients.size() > 2 ? context.input_gradients[2].data : nullptr;
    if (dweights != nullptr && sizes.inputs == 1) {
        // A single column would leave nothing to run side by side; as one row it is the same sums.
        multiply_add(1, sizes.rows, sizes.outputs, {input, 0, 1}, dz, dweights);
    } else if (dweights != nullptr) {
        multiply_add(sizes.outputs, sizes.rows, sizes.inputs, {dz, 1, sizes.outputs}, input,
                     dweights);
    }
    if (dinput != nullptr) {
        multiply_add(sizes.rows, sizes.outputs, sizes.inputs, {dz, sizes.outputs, 1},
                     context.inputs[1].data, dinput);
    }
    if (dbias == nullptr) return;
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        for (std::int32_t o = 0; o < sizes.outputs; ++o) dbias[o] += dz[o];
        dz += sizes.outputs;
    }
}

std::int64_t macs(NodeTensors tensors, const Attributes&) {
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape);
    return std::int64_t{sizes.rows} * sizes.inputs * sizes.outputs;
}

std::vector<PreparedParam> size_params(const Sizes& sizes) {
    return {PreparedParam::of("rows", sizes.rows), PreparedParam::of("inputs", sizes.inputs),
            PreparedParam::of("outputs", sizes.outputs)};
}

PreparedOp prepare_float32(NodeTensors tensors, Activation activation) {
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape);
    const FloatRange range = float_range(activation);
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = "whittle_fully_connected_float32",
                  .params_type = "WhittleFullyConnectedFloat32",
                  .params = size_params(sizes),
                  .constants = {},
                  .operands = {input_operand(0), input_operand(1)}};
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    if (tensors.inputs.size() > 2 && tensors.inputs[2] != nullptr) {
        op.operands.push_back(input_operand(2));
    } else {
        const std::vector<float> zeros(static_cast<std::size_t>(sizes.outputs));
        op.constants.push_back(
            make_prepared_constant<float>("bias", DType::float32, std::span(zeros)));
        op.operands.push_back(constant_operand(0));
    }
    op.operands.push_back(output_operand(0));
    return op;
}

// The terms of sum over i of (x - x0)(w - w0) that do not depend on x, added to the bias:
// I * x0 * w0 - x0 * sum(w), modulo 2^32.
std::vector<std::int32_t> folded_bias(NodeTensors tensors,
                                      const Sizes& sizes,
                                      std::int32_t input_zero_point,
                                      std::int32_t weights_zero_point) {
    const std::vector<std::int8_t> weights = integer_weights(*tensors.inputs[1]);
    const bool has_bias = tensors.inputs.size() > 2 && tensors.inputs[2] != nullptr;
    std::vector<std::int32_t> folded(static_cast<std::size_t>(sizes.outputs));
    for (std::size_t o = 0; o < folded.size(); ++o) {
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(sizes.inputs); ++i) {
            const std::int32_t w = weights[o * static_cast<std::size_t>(sizes.inputs) + i];
            sum += static_cast<std::uint32_t>(w - weights_zero_point);
        }
        const std::int32_t bias = has_bias ? tensors.inputs[2]->as<std::int32_t>()[o] : 0;
        folded[o] = static_cast<std::int32_t>(static_cast<std::uint32_t>(bias) -
                                              static_cast<std::uint32_t>(input_zero_point) * sum);
    }
    return folded;
}

// One multiplier for each weight scale: input scale * weight scale / output scale. Where there is
// one scale for all, TFLite multiplies the two scales in float32 first.
Status make_multipliers(const PerTensor& input,
                        const Quantization& weights,
                        const PerTensor& output,
                        std::vector<std::int32_t>& multipliers,
                        std::vector<std::int8_t>& shifts) {
    for (const float scale : weights.scales) {
        const double product = weights.per_channel()
                                   ? static_cast<double>(input.scale) * static_cast<double>(scale)
                                   : static_cast<double>(input.scale * scale);
        const Result<QuantizedMultiplier> quantized =
            quantize_multiplier(product / static_cast<double>(output.scale));
        if (!quantized.ok()) return quantized.error();
        multipliers.push_back(quantized->multiplier);
        shifts.push_back(static_cast<std::int8_t>(quantized->shift));
    }
    return {};
}

Status check_constant_weights(NodeTensors tensors) {
    const bool has_bias = tensors.inputs.size() > 2 && tensors.inputs[2] != nullptr;
    if (!tensors.inputs[1]->constant || (has_bias && !tensors.inputs[2]->constant)) {
        return Error{.place = tensors.inputs[1]->constant ? kBiasPlace : "input 1 (weights)",
                     .expected = "a constant",
                     .found = "a tensor computed by the model"};
    }
    const Quantization& weights = tensors.inputs[1]->quantization;
    if (weights.empty() || (weights.per_channel() && weights.axis != 0)) {
        return Error{.place = "input 1 (weights)",
                     .expected = "a scale for the tensor, or one for each index of dimension 0",
                     .found = weights.empty()
                                  ? "no scale"
                                  : "scales for dimension " + std::to_string(weights.axis)};
    }
    const auto nonzero = [](std::int32_t zero_point) { return zero_point != 0; };
    if (weights.per_channel() &&
        std::any_of(weights.zero_points.begin(), weights.zero_points.end(), nonzero)) {
        return Error{.place = "input 1 (weights)",
                     .expected = "zero points of 0 where scales are per channel",
                     .found = "another zero point"};
    }
    return {};
}

// The operands behind the bias.
void add_constants(const std::vector<std::int32_t>& multipliers,
                   const std::vector<std::int8_t>& shifts,
                   PreparedOp& op) {
    op.operands.push_back(add_constant(
        op,
        make_prepared_constant<std::int32_t>("multipliers", DType::int32, std::span(multipliers))));
    op.operands.push_back(add_constant(
        op, make_prepared_constant<std::int8_t>("shifts", DType::int8, std::span(shifts))));
    op.operands.push_back(output_operand(0));
}

Result<PreparedOp> prepare_int8(NodeTensors tensors, Activation activation) {
    if (Status status = check_constant_weights(tensors); !status.ok()) return status;
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const Quantization& weights = tensors.inputs[1]->quantization;
    const std::int32_t weights_zero_point = weights.zero_points[0];
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape);

    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    if (Status status = make_multipliers(*input, weights, *output, multipliers, shifts);
        !status.ok()) {
        return status;
    }
    const std::vector<std::int32_t> bias =
        folded_bias(tensors, sizes, input->zero_point, weights_zero_point);
    const IntegerRange range = int8_range(activation, output->scale, output->zero_point);

    PreparedOp op{.variant = kVariantInt8,
                  .kernel = "whittle_fully_connected_int8",
                  .params_type = "WhittleFullyConnectedInt8",
                  .params = size_params(sizes),
                  .constants = {},
                  .operands = {input_operand(0)}};
    op.operands.push_back(integer_weights_operand(*tensors.inputs[1], 1, op));
    op.params.push_back(PreparedParam::of("weights_zero_point", weights_zero_point));
    op.params.push_back(PreparedParam::of("output_zero_point", output->zero_point));
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    op.params.push_back(PreparedParam::of("channel_stride", weights.per_channel() ? 1 : 0));
    op.operands.push_back(add_constant(
        op, make_prepared_constant<std::int32_t>("bias", DType::int32, std::span(bias))));
    add_constants(multipliers, shifts, op);
    return op;
}

// With sums of 64 bits, or modulo 2^32.
Result<PreparedOp> prepare_int16(NodeTensors tensors, const FullyConnectedAttributes& attributes) {
    if (Status status = check_constant_weights(tensors); !status.ok()) return status;
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const Quantization& weights = tensors.inputs[1]->quantization;
    if (input->zero_point != 0 || output->zero_point != 0 || weights.zero_points[0] != 0) {
        return Error{.expected = "zero points of 0 where activations are int16",
                     .found = "another zero point"};
    }
    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    if (Status status = make_multipliers(*input, weights, *output, multipliers, shifts);
        !status.ok()) {
        return status;
    }
    const Tensor* bias = tensor_or_null(tensors.inputs, kBias);
    const bool narrow = sums_are_narrow(tensors, {}, attributes.narrow_sums);
    if (!narrow && *std::max_element(shifts.begin(), shifts.end()) > kHighestShiftOfInt64) {
        return Error{.expected = "input scale * weights scale / output scale below 2^7",
                     .found = "a larger factor"};
    }
    const Sizes sizes = sizes_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape);
    const IntegerRange range =
        integer_range(attributes.activation, DType::int16, output->scale, output->zero_point);
    PreparedOp op{
        .variant = narrow ? kVariantInt16Bias32 : kVariantInt16,
        .kernel = narrow ? "whittle_fully_connected_int16_bias32" : "whittle_fully_connected_int16",
        .params_type = "WhittleFullyConnectedInt16",
        .params = size_params(sizes),
        .constants = {},
        .operands = {input_operand(0)}};
    op.operands.push_back(integer_weights_operand(*tensors.inputs[1], 1, op));
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    op.params.push_back(PreparedParam::of("channel_stride", weights.per_channel() ? 1 : 0));
    op.operands.push_back(integer_bias_operand(bias, kBias, sizes.outputs, op));
    add_constants(multipliers, shifts, op);
    return op;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const auto own = attributes.as<FullyConnectedAttributes>();
    if (tensors.inputs[0]->dtype == DType::float32) return prepare_float32(tensors, own.activation);
    if (tensors.inputs[0]->dtype == DType::int8) return prepare_int8(tensors, own.activation);
    return prepare_int16(tensors, own);
}

void accelerate(NodeTensors tensors,
                const Attributes& attributes,
                InstructionSet set,
                PreparedOp& op) {
    if (!LanesLayout::of(set)) return accelerate_fully_connected(tensors, attributes, set, op);
    if (op.variant != kVariantInt8) return;
    const auto p = params_as<WhittleFullyConnectedInt8>(op);
    if (p.weights_zero_point != 0 || p.outputs == 0) return;
    const auto use = p.rows == 1 ? use_row : use_products;
    use(op, set, tensors,
        {"whittle_fully_connected_int8_lanes", p.outputs, 1, p.inputs, 0, true, false,
         whittle_fully_connected_lanes_scratch_bytes(&p, LanesLayout::of(set)->element_bytes())});
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    FullyConnectedAttributes own;
    const auto* options = op.builtin_options_as_FullyConnectedOptions();
    if (options == nullptr) return Attributes::of(own);
    if (options->weights_format() != tflite::FullyConnectedOptionsWeightsFormat_DEFAULT) {
        return Error{.expected = "weights in their plain layout (DEFAULT)",
                     .found = "shuffled weights",
                     .hint = "convert the model again without optimising for one processor"};
    }
    const Result<Activation> activation = read_activation(options->fused_activation_function());
    if (!activation.ok()) return activation.error();
    own.activation = *activation;
    own.keep_dimensions = options->keep_num_dims();
    const Result<bool> narrow = read_bias_type(options->quantized_bias_type(), tensors, {});
    if (!narrow.ok()) return narrow.error();
    own.narrow_sums = *narrow;
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors tensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<FullyConnectedAttributes>();
    return tflite::CreateFullyConnectedOptions(builder, to_tflite(own.activation),
                                               tflite::FullyConnectedOptionsWeightsFormat_DEFAULT,
                                               own.keep_dimensions, false,
                                               bias_type_to_write(tensors, {}, own.narrow_sums))
        .Union();
}

// 13: int16 with int4 weights; 11: int16 with sums of 32 bits; 10: int4 weights; 7: int16; 6: no
// bias; 5: all dimensions kept; 4: int8.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    const auto own = attributes.as<FullyConnectedAttributes>();
    const DType dtype = tensors.inputs[0]->dtype;
    const bool is_int16 = dtype == DType::int16;
    if (tensors.inputs[1]->dtype == DType::int4) return is_int16 ? 13 : 10;
    if (sums_are_narrow(tensors, {}, own.narrow_sums)) return 11;
    if (is_int16) return 7;
    if (tensor_or_null(tensors.inputs, kBias) == nullptr) return 6;
    if (own.keep_dimensions) return 5;
    return dtype == DType::int8 ? 4 : 1;
}

}  // namespace

extern const OpDefinition fully_connected_definition;
const OpDefinition fully_connected_definition = {
    .kind = OpKind::fully_connected,
    .name = "fully_connected",
    .title = "Fully connected",
    .min_inputs = 2,
    .max_inputs = 3,
    .tflite = {.code = tflite::BuiltinOperator_FULLY_CONNECTED,
               .options_type = tflite::BuiltinOptions_FullyConnectedOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .quantization = {.weights_input = 1, .bias_input = 2},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .scratch_floats = scratch_floats,
    .macs = macs,
    .prepare = prepare,
    .accelerate = accelerate,
    .pieces = pieces_of_computed_weights,
};

}  // namespace whittle
