#include <algorithm>

#include "core/ops/hard_swish/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_same(inputs, {DType::float32, DType::int8});
}

void forward(const ForwardContext& context) {
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    const WhittleHardSwishFloat32 params{static_cast<std::int32_t>(output.size())};
    whittle_hard_swish_float32(&params, context.inputs[0].data, output.data());
}

// dy/dx = 0 up to -3, 1 from 3 on, (2 x + 3) / 6 between.
void backward(const BackwardContext& context) {
    const std::span<const float> input = values_of(context.inputs[0]);
    const float* dy = context.output_gradients[0].data;
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    for (std::size_t i = 0; i < input.size(); ++i) {
        const float x = input[i];
        const float slope = x <= -3.0f ? 0.0f : x >= 3.0f ? 1.0f : (2.0f * x + 3.0f) / 6.0f;
        dx[i] += dy[i] * slope;
    }
}

struct NarrowMultiplier {
    std::int32_t multiplier;  // 0 … 32767
    std::int32_t shift;
};

// A factor with 15 bits, from the one with 31 bits as TFLite derives it.
Result<NarrowMultiplier> narrow_multiplier(double factor, std::int32_t highest_shift) {
    const Result<QuantizedMultiplier> wide = quantize_multiplier(factor);
    if (!wide.ok()) return wide.error();
    if (wide->multiplier == 0 || wide->shift < -15 || wide->shift > highest_shift) {
        return Error{.expected =
                         "scales of input and output that a 16-bit kernel can bring "
                         "together: their ratio at most 128, the input's above 2^-22",
                     .found = "a factor of " + std::to_string(factor)};
    }
    const std::int64_t rounded = (std::int64_t{wide->multiplier} + (1 << 15)) >> 16;
    return NarrowMultiplier{static_cast<std::int32_t>(std::min<std::int64_t>(rounded, 32767)),
                            wide->shift};
}

Result<PreparedOp> prepare_int8(NodeTensors tensors) {
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    // TFLite computes both factors in float32.
    const float fine_scale = (1.0f / 128.0f) * input->scale;
    const float gate_scale = 3.0f / 32768.0f;
    const auto to_output = narrow_multiplier(static_cast<double>(fine_scale / output->scale), 0);
    if (!to_output.ok()) return to_output.error();
    const auto to_gate = narrow_multiplier(static_cast<double>(fine_scale / gate_scale), 31);
    if (!to_gate.ok()) return to_gate.error();
    return PreparedOp{.variant = kVariantInt8,
                      .kernel = "whittle_hard_swish_int8",
                      .params_type = "WhittleHardSwishInt8",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0])),
                                 PreparedParam::of("input_zero_point", input->zero_point),
                                 PreparedParam::of("output_zero_point", output->zero_point),
                                 PreparedParam::of("output_multiplier", to_output->multiplier),
                                 PreparedParam::of("output_shift", to_output->shift),
                                 PreparedParam::of("gate_multiplier", to_gate->multiplier),
                                 PreparedParam::of("gate_shift", to_gate->shift)},
                      .operands = {input_operand(0), output_operand(0)}};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    if (tensors.inputs[0]->dtype == DType::int8) return prepare_int8(tensors);
    return PreparedOp{.variant = kVariantFloat32,
                      .kernel = "whittle_hard_swish_float32",
                      .params_type = "WhittleHardSwishFloat32",
                      .params = {PreparedParam::of("count", count_of(*tensors.inputs[0]))},
                      .operands = {input_operand(0), output_operand(0)}};
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes&) {
    return tflite::CreateHardSwishOptions(builder).Union();
}

}  // namespace

extern const OpDefinition hard_swish_definition;
const OpDefinition hard_swish_definition = {
    .kind = OpKind::hard_swish,
    .name = "hard_swish",
    .title = "Hard swish",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_HARD_SWISH,
               .options_type = tflite::BuiltinOptions_HardSwishOptions,
               .read_options = read_no_options,
               .write_options = write_options},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
