#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/ops/convolution.h"
#include "core/ops/lstm/attributes.h"
#include "core/ops/lstm/inputs.h"
#include "core/ops/lstm/kernel.h"
#include "core/ops/lstm/training.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr double kGateScale = 1.0 / 4096.0;  // sums of gates are int16 in units of 2^-12
constexpr double kActivationScale =
    1.0 / 32768.0;  // logistic and tanh give int16 in units of 2^-15

const Tensor& required(std::span<const Tensor* const> inputs, int index) {
    return *inputs[static_cast<std::size_t>(index)];
}

Status check_present(std::span<const Tensor* const> inputs) {
    for (int i = 0; i < kLstmInputs; ++i) {
        const bool wanted = i < 9 || (i >= kLstmBias && i < kLstmBias + kLstmGates) ||
                            i == kLstmHidden || i == kLstmCell;
        const bool present = tensor_or_null(inputs, i) != nullptr;
        if (present == wanted) continue;
        return Error{.place = "input " + std::to_string(i),
                     .expected = wanted ? "a tensor" : "nothing",
                     .found = wanted ? "nothing" : "a tensor",
                     .hint =
                         "Layers with peepholes, a projection, layer normalisation or coupled "
                         "gates cannot be read."};
    }
    return {};
}

Status check_shape_of(std::span<const Tensor* const> inputs, int index, const Shape& shape) {
    if (required(inputs, index).shape == shape) return {};
    return Error{.place = "input " + std::to_string(index),
                 .expected = "the shape " + to_string(shape),
                 .found = to_string(required(inputs, index).shape)};
}

struct Sizes {
    std::int32_t batches, steps, inputs, units;
};

Sizes sizes_of(std::span<const Tensor* const> inputs, const Attributes& attributes) {
    const Shape& input = required(inputs, 0).shape;
    const bool time_major = attributes.as<LstmAttributes>().time_major;
    return {input[time_major ? 1 : 0], input[time_major ? 0 : 1], input[2],
            required(inputs, kLstmWeights).shape[0]};
}

Status check_dtype_of(std::span<const Tensor* const> inputs, int index, DType dtype) {
    if (required(inputs, index).dtype == dtype) return {};
    const char* state = index == kLstmHidden ? " (output state)"
                        : index == kLstmCell ? " (cell state)"
                                             : "";
    return wrong_dtype("input " + std::to_string(index) + state, required(inputs, index),
                       dtype_name(dtype));
}

// float32 throughout; or int8 with an int32 bias; or int16 with weights of int8 and an int64 or
// int32 bias. The cells of both integer types are int16.
Status check_dtypes(std::span<const Tensor* const> inputs) {
    const DType dtype = required(inputs, 0).dtype;
    if (dtype != DType::float32 && dtype != DType::int8 && dtype != DType::int16) {
        return wrong_dtype("input 0", required(inputs, 0), "float32, int8 or int16");
    }
    const bool is_float = dtype == DType::float32;
    const DType weights = is_float ? DType::float32 : DType::int8;
    for (int g = 0; g < kLstmGates; ++g) {
        for (const int index : {kLstmWeights + g, kLstmRecurrent + g}) {
            if (Status status = check_dtype_of(inputs, index, weights); !status.ok()) return status;
        }
        if (Status status = check_bias_dtype(&required(inputs, kLstmBias + g),
                                             "input " + std::to_string(kLstmBias + g), dtype);
            !status.ok()) {
            return status;
        }
    }
    if (Status status = check_dtype_of(inputs, kLstmHidden, dtype); !status.ok()) return status;
    return check_dtype_of(inputs, kLstmCell, is_float ? DType::float32 : DType::int16);
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    if (Status status = check_present(inputs); !status.ok()) return status;
    if (Status status = check_dtypes(inputs); !status.ok()) return status;
    const Shape& input = required(inputs, 0).shape;
    const Shape& weights = required(inputs, kLstmWeights).shape;
    if (input.size() != 3 || weights.size() != 2) {
        return Error{.place = "input 0",
                     .expected =
                         "sequences of shape [batch, time, features] and weights of shape "
                         "[units, features]",
                     .found = to_string(input) + " and " + to_string(weights)};
    }
    const Sizes sizes = sizes_of(inputs, attributes);
    for (int g = 0; g < kLstmGates; ++g) {
        for (const auto& [index, shape] :
             {std::pair{kLstmWeights + g, Shape{sizes.units, sizes.inputs}},
              std::pair{kLstmRecurrent + g, Shape{sizes.units, sizes.units}},
              std::pair{kLstmBias + g, Shape{sizes.units}}}) {
            if (Status status = check_shape_of(inputs, index, shape); !status.ok()) return status;
        }
    }
    for (const int state : {kLstmHidden, kLstmCell}) {
        const Shape shape = {sizes.batches, sizes.units};
        if (Status status = check_shape_of(inputs, state, shape); !status.ok()) return status;
        if (required(inputs, state).variable) continue;
        return Error{.place = "input " + std::to_string(state),
                     .expected = "a variable tensor",
                     .found = "one that does not keep its value"};
    }
    Shape output = input;
    output[2] = sizes.units;
    return std::vector<TensorSpec>{{required(inputs, 0).dtype, output}};
}

std::int64_t macs(NodeTensors tensors, const Attributes& attributes) {
    const Sizes s = sizes_of(tensors.inputs, attributes);
    return std::int64_t{s.batches} * s.steps * s.units * kLstmGates * (s.inputs + s.units);
}

// The four gates' tensors from `first` on, one after another.
template <class T>
std::vector<T> gathered(std::span<const Tensor* const> inputs, int first) {
    std::vector<T> all;
    for (int g = 0; g < kLstmGates; ++g) {
        const std::span<const T> values = required(inputs, first + g).as<T>();
        all.insert(all.end(), values.begin(), values.end());
    }
    return all;
}

std::vector<PreparedParam> size_params(const Sizes& sizes, bool time_major) {
    return {PreparedParam::of("sizes.batches", sizes.batches),
            PreparedParam::of("sizes.steps", sizes.steps),
            PreparedParam::of("sizes.inputs", sizes.inputs),
            PreparedParam::of("sizes.units", sizes.units),
            PreparedParam::of("sizes.time_major", std::int32_t{time_major})};
}

Status check_constants(std::span<const Tensor* const> inputs) {
    for (int i = 1; i < kLstmBias + kLstmGates; ++i) {
        const Tensor* tensor = tensor_or_null(inputs, i);
        if (tensor == nullptr || tensor->constant) continue;
        return Error{.place = "input " + std::to_string(i),
                     .expected = "a constant",
                     .found = "a tensor computed by the model"};
    }
    return {};
}

PreparedOp prepare_float32(NodeTensors tensors, const Attributes& attributes) {
    const auto own = attributes.as<LstmAttributes>();
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = "whittle_lstm_float32",
                  .params_type = "WhittleLstmFloat32",
                  .params = size_params(sizes_of(tensors.inputs, attributes), own.time_major),
                  .constants = {},
                  .operands = {input_operand(0)}};
    op.params.push_back(PreparedParam::of("cell_clip", own.cell_clip));
    const char* names[] = {"weights", "recurrent", "bias"};
    const int firsts[] = {kLstmWeights, kLstmRecurrent, kLstmBias};
    for (int k = 0; k < 3; ++k) {
        const std::vector<float> values = gathered<float>(tensors.inputs, firsts[k]);
        op.operands.push_back(add_constant(
            op, make_prepared_constant<float>(names[k], DType::float32, std::span(values))));
    }
    op.operands.insert(op.operands.end(),
                       {input_operand(kLstmHidden), input_operand(kLstmCell), output_operand(0)});
    return op;
}

// bias - zero point * sum of the row, modulo 2^32, for each row of the four gates.
std::vector<std::int32_t> folded(std::vector<std::int32_t> bias,
                                 const std::vector<std::int8_t>& weights,
                                 std::int32_t zero_point) {
    const std::size_t columns = bias.empty() ? 0 : weights.size() / bias.size();
    for (std::size_t row = 0; row < bias.size(); ++row) {
        std::uint32_t sum = 0;
        for (std::size_t k = 0; k < columns; ++k) {
            sum += static_cast<std::uint32_t>(std::int32_t{weights[row * columns + k]});
        }
        bias[row] = static_cast<std::int32_t>(static_cast<std::uint32_t>(bias[row]) -
                                              static_cast<std::uint32_t>(zero_point) * sum);
    }
    return bias;
}

// Appends multiplier and shift of each factor as parameters: first all multipliers, then all
// shifts.
Status add_factors(const std::vector<double>& factors, PreparedOp& op) {
    std::vector<QuantizedMultiplier> quantized;
    for (const double factor : factors) {
        const Result<QuantizedMultiplier> each = quantize_multiplier(factor);
        if (!each.ok()) return each.error();
        quantized.push_back(*each);
    }
    for (const auto& each : quantized) {
        op.params.push_back(PreparedParam::of("multiplier", each.multiplier));
    }
    for (const auto& each : quantized) op.params.push_back(PreparedParam::of("shift", each.shift));
    return {};
}

// input scale * weights scale / 2^-12 for each gate; TFLite multiplies the two scales in float32.
Result<std::vector<double>> gate_factors(std::span<const Tensor* const> inputs,
                                         float input_scale,
                                         int first) {
    std::vector<double> factors;
    for (int g = 0; g < kLstmGates; ++g) {
        const std::string place = "input " + std::to_string(first + g);
        const Result<PerTensor> weights =
            per_tensor_quantization(required(inputs, first + g), place);
        if (!weights.ok()) return weights.error();
        if (weights->zero_point != 0) {
            return Error{.place = place,
                         .expected = "a zero point of 0",
                         .found = std::to_string(weights->zero_point)};
        }
        factors.push_back(static_cast<double>(input_scale * weights->scale) / kGateScale);
    }
    return factors;
}

// What requantizing sums of 64 bits takes.
Status check_int16_factors(const std::vector<double>& factors, const std::string& scale) {
    for (const double factor : factors) {
        const Result<QuantizedMultiplier> quantized = quantize_multiplier(factor);
        if (!quantized.ok()) return quantized.error();
        if (quantized->shift <= 7) continue;
        return Error{.place = "scales",
                     .expected = scale + " * weights scale / 2^-12 below 2^7",
                     .found = std::to_string(factor)};
    }
    return {};
}

struct StateScales {
    PerTensor input, hidden, output;
    double cell;
    int cell_power;  // cell == 2^cell_power
};

Result<StateScales> state_scales(NodeTensors tensors) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> hidden =
        same_quantization(required(tensors.inputs, kLstmHidden), *tensors.outputs[0]);
    if (!hidden.ok()) return hidden.error();
    const Result<PerTensor> cell =
        per_tensor_quantization(required(tensors.inputs, kLstmCell), "input 19 (cell state)");
    if (!cell.ok()) return cell.error();
    const auto scale = static_cast<double>(cell->scale);
    const int power = static_cast<int>(std::round(std::log2(scale)));
    if (cell->zero_point != 0 || std::ldexp(1.0, power) != scale || power > -9 || power < -18) {
        return Error{.place = "input 19 (cell state)",
                     .expected = "a power of 2 from 2^-18 to 2^-9 as scale, and a zero point of 0",
                     .found = scale_text(cell->scale) + " and " + std::to_string(cell->zero_point)};
    }
    return StateScales{*input, *hidden, *hidden, scale, power};
}

void add_cell_params(const StateScales& scales, float cell_clip, PreparedOp& op) {
    const double clip = std::clamp(static_cast<double>(cell_clip) / scales.cell, -32768.0, 32767.0);
    const int shift = 15 + scales.cell_power - 3;
    op.params.push_back(PreparedParam::of("output_zero_point", scales.output.zero_point));
    op.params.push_back(
        PreparedParam::of("cell_clip", cell_clip > 0.0f ? static_cast<std::int32_t>(clip) : 0));
    op.params.push_back(
        PreparedParam::of("tanh_multiplier", std::int32_t{shift < 0 ? 3 : 3 << shift}));
    op.params.push_back(PreparedParam::of("tanh_shift", std::int32_t{shift < 0 ? -shift : 0}));
}

// Factors, zero point, clip and the factor into tanh, as WhittleLstmInteger has them.
Status add_integer_params(NodeTensors tensors,
                          const StateScales& scales,
                          float cell_clip,
                          PreparedOp& op) {
    const Result<std::vector<double>> from_input =
        gate_factors(tensors.inputs, scales.input.scale, kLstmWeights);
    if (!from_input.ok()) return from_input.error();
    const Result<std::vector<double>> from_hidden =
        gate_factors(tensors.inputs, scales.hidden.scale, kLstmRecurrent);
    if (!from_hidden.ok()) return from_hidden.error();
    if (tensors.inputs[0]->dtype == DType::int16) {
        if (Status status = check_int16_factors(*from_input, "input scale"); !status.ok()) {
            return status;
        }
        if (Status status = check_int16_factors(*from_hidden, "output scale"); !status.ok()) {
            return status;
        }
    }
    const double output = static_cast<double>(scales.output.scale);
    const std::vector<std::vector<double>> groups = {
        *from_input,
        *from_hidden,
        {kActivationScale * scales.cell / scales.cell},
        {kActivationScale * kActivationScale / scales.cell},
        {kActivationScale * kActivationScale / output}};
    for (const std::vector<double>& group : groups) {
        if (Status status = add_factors(group, op); !status.ok()) return status;
    }
    add_cell_params(scales, cell_clip, op);
    return {};
}

void add_int8_biases(std::span<const Tensor* const> inputs,
                     const StateScales& scales,
                     const std::vector<std::int8_t>& weights,
                     const std::vector<std::int8_t>& recurrent,
                     PreparedOp& op) {
    const auto bias = gathered<std::int32_t>(inputs, kLstmBias);
    const std::vector<std::int32_t> zeros(bias.size());
    const auto input_bias = folded(bias, weights, scales.input.zero_point);
    const auto hidden_bias = folded(zeros, recurrent, scales.hidden.zero_point);
    op.operands.push_back(add_constant(op, make_prepared_constant<std::int32_t>(
                                               "input_bias", DType::int32, std::span(input_bias))));
    op.operands.push_back(add_constant(
        op,
        make_prepared_constant<std::int32_t>("hidden_bias", DType::int32, std::span(hidden_bias))));
}

// The four gates' biases, int32 widened.
std::vector<std::int64_t> wide_biases(std::span<const Tensor* const> inputs) {
    std::vector<std::int64_t> all;
    const auto append = [&](const auto values) {
        all.insert(all.end(), values.begin(), values.end());
    };
    for (int g = 0; g < kLstmGates; ++g) {
        const Tensor& bias = required(inputs, kLstmBias + g);
        if (bias.dtype == DType::int64) {
            append(bias.as<std::int64_t>());
        } else {
            append(bias.as<std::int32_t>());
        }
    }
    return all;
}

Status check_no_zero_points(const StateScales& scales) {
    if (scales.input.zero_point == 0 && scales.output.zero_point == 0) return {};
    return Error{.expected = "zero points of 0 where activations are int16",
                 .found = "another zero point"};
}

Result<PreparedOp> prepare_integer(NodeTensors tensors, const Attributes& attributes) {
    const Result<StateScales> scales = state_scales(tensors);
    if (!scales.ok()) return scales.error();
    const bool wide = tensors.inputs[0]->dtype == DType::int16;
    if (wide) {
        if (Status status = check_no_zero_points(*scales); !status.ok()) return status;
    }
    const auto own = attributes.as<LstmAttributes>();
    PreparedOp op{.variant = wide ? kVariantInt16 : kVariantInt8,
                  .kernel = wide ? "whittle_lstm_int16" : "whittle_lstm_int8",
                  .params_type = "WhittleLstmInteger",
                  .params = size_params(sizes_of(tensors.inputs, attributes), own.time_major),
                  .constants = {},
                  .operands = {input_operand(0)}};
    if (Status status = add_integer_params(tensors, *scales, own.cell_clip, op); !status.ok()) {
        return status;
    }
    const auto weights = gathered<std::int8_t>(tensors.inputs, kLstmWeights);
    const auto recurrent = gathered<std::int8_t>(tensors.inputs, kLstmRecurrent);
    op.operands.push_back(add_constant(
        op, make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(weights))));
    op.operands.push_back(add_constant(
        op, make_prepared_constant<std::int8_t>("recurrent", DType::int8, std::span(recurrent))));
    if (wide) {
        op.operands.push_back(add_constant(op, int64_bias_constant(wide_biases(tensors.inputs))));
    } else {
        add_int8_biases(tensors.inputs, *scales, weights, recurrent, op);
    }
    op.operands.insert(op.operands.end(),
                       {input_operand(kLstmHidden), input_operand(kLstmCell), output_operand(0)});
    return op;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    if (Status status = check_constants(tensors.inputs); !status.ok()) return status;
    if (tensors.inputs[0]->dtype == DType::float32) return prepare_float32(tensors, attributes);
    return prepare_integer(tensors, attributes);
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    LstmAttributes own;
    const auto* options = op.builtin_options_as_UnidirectionalSequenceLSTMOptions();
    if (options == nullptr) return Error{.expected = "options of an LSTM", .found = "none"};
    if (options->fused_activation_function() != tflite::ActivationFunctionType_TANH) {
        return Error{
            .expected = "the activation TANH",
            .found = tflite::EnumNameActivationFunctionType(options->fused_activation_function())};
    }
    if (options->proj_clip() != 0.0f || options->diagonal_recurrent_tensors() ||
        !(options->cell_clip() >= 0.0f)) {
        return Error{
            .expected = "no projection, full recurrent weights, and a cell clip of 0 or more",
            .found = "other options"};
    }
    own.time_major = options->time_major();
    own.cell_clip = options->cell_clip();
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<LstmAttributes>();
    return tflite::CreateUnidirectionalSequenceLSTMOptions(
               builder, tflite::ActivationFunctionType_TANH, own.cell_clip, 0.0f, own.time_major)
        .Union();
}

// 5: int16 with weights of int8.
std::int32_t version(NodeTensors tensors, const Attributes&) {
    return tensors.inputs[0]->dtype == DType::int16 ? 5 : 1;
}

}  // namespace

extern const OpDefinition lstm_definition;
const OpDefinition lstm_definition = {
    .kind = OpKind::lstm,
    .name = "lstm",
    .title = "LSTM",
    .min_inputs = 1,
    .max_inputs = kLstmInputs,
    .tflite = {.code = tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM,
               .options_type = tflite::BuiltinOptions_UnidirectionalSequenceLSTMOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .infer = infer,
    .forward = forward_lstm,
    .backward = backward_lstm,
    .scratch_floats = lstm_scratch_floats,
    .macs = macs,
    .prepare = prepare,
};

}  // namespace whittle
