#include <algorithm>
#include <vector>

#include "core/ops/bias_type.h"
#include "core/ops/conv2d/accelerate.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/conv2d/kernel.h"
#include "core/ops/conv2d/plain.h"
#include "core/ops/conv2d/training.h"
#include "core/ops/convolution.h"
#include "core/ops/int8_pack.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr ConvolutionKernels kKernels = {"whittle_conv2d_float32",
                                         "WhittleConv2dFloat32",
                                         "whittle_conv2d_int8",
                                         "whittle_conv2d_int16",
                                         "whittle_conv2d_int16_bias32",
                                         "WhittleConv2dInteger",
                                         0};

Status check_shapes(const Shape& input, const Shape& weights, const Tensor* bias) {
    if (weights.size() != 4 || *std::min_element(weights.begin(), weights.end()) < 1) {
        return Error{.place = "input 1 (weights)",
                     .expected = "the shape [outputs, height, width, channels]",
                     .found = to_string(weights)};
    }
    if (input.size() != 4) return {};  // make_window says so
    if (input[3] < 1 || input[3] % weights[3] != 0 || weights[0] % (input[3] / weights[3]) != 0) {
        return Error{.place = "input 0",
                     .expected = "channels that the weights " + to_string(weights) +
                                 " divide into groups of " + std::to_string(weights[3]) +
                                 ", each with as many of the outputs",
                     .found = to_string(input)};
    }
    if (bias != nullptr && bias->elements() != weights[0]) {
        return Error{.place = "input 2 (bias)",
                     .expected = std::to_string(weights[0]) + " values, one for each output",
                     .found = to_string(bias->shape)};
    }
    return {};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Tensor* bias = tensor_or_null(inputs, 2);
    if (Status status = check_convolution_dtypes(inputs, {}); !status.ok()) return status;
    if (Status status = check_shapes(inputs[0]->shape, inputs[1]->shape, bias); !status.ok()) {
        return status;
    }
    const Result<WhittleWindow> window =
        conv2d_window(inputs[0]->shape, inputs[1]->shape, attributes);
    if (!window.ok()) return window.error();
    return std::vector<TensorSpec>{{inputs[0]->dtype, output_shape(*window)}};
}

std::int64_t macs(NodeTensors tensors, const Attributes& attributes) {
    const Shape& weights = tensors.inputs[1]->shape;
    const WhittleWindow w = *conv2d_window(tensors.inputs[0]->shape, weights, attributes);
    return element_count(output_shape(w)) * weights[1] * weights[2] * weights[3];
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Shape& weights = tensors.inputs[1]->shape;
    const Result<WhittleWindow> window =
        conv2d_window(tensors.inputs[0]->shape, weights, attributes);
    if (!window.ok()) return window.error();
    std::vector<PreparedParam> params = window_params(*window);
    params.push_back(PreparedParam::of("group_channels", weights[3]));
    return prepare_convolution(tensors, kKernels, {}, attributes.as<Conv2dAttributes>(), weights[0],
                               std::move(params));
}

void accelerate(NodeTensors tensors,
                const Attributes& attributes,
                InstructionSet set,
                PreparedOp& op) {
    if (set == InstructionSet::plain) return use_plain_conv2d(tensors, op);
    if (!LanesLayout::of(set)) return accelerate_conv2d(tensors, attributes, set, op);
    if (op.variant != kVariantInt8) return;
    const auto p = params_as<WhittleConv2dInteger>(op);
    if (p.group_channels != p.window.input_channels) return;
    use_products(op, set, tensors,
                 lanes_layer("whittle_conv2d_int8_lanes", p.window, p.input_zero_point, set));
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    const auto* options = op.builtin_options_as_Conv2DOptions();
    if (options == nullptr) {
        return Error{.expected = "options with padding and strides", .found = "none"};
    }
    const Result<Activation> activation = read_activation(options->fused_activation_function());
    if (!activation.ok()) return activation.error();
    const Result<Padding> padding = read_padding(options->padding());
    if (!padding.ok()) return padding.error();
    const Result<bool> narrow = read_bias_type(options->quantized_bias_type(), tensors, {});
    if (!narrow.ok()) return narrow.error();
    return Attributes::of(
        Conv2dAttributes{*activation,
                         WindowSteps{*padding, options->stride_h(), options->stride_w(),
                                     options->dilation_h_factor(), options->dilation_w_factor()},
                         0, *narrow});
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors tensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<Conv2dAttributes>();
    return tflite::CreateConv2DOptions(
               builder, to_tflite(own.steps.padding), own.steps.stride_width,
               own.steps.stride_height, to_tflite(own.activation), own.steps.dilation_width,
               own.steps.dilation_height, bias_type_to_write(tensors, {}, own.narrow_sums))
        .Union();
}

// 8: int16 with sums of 32 bits; 7: int4 weights; 6: grouped; 4: int16; 3: int8.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    if (sums_are_narrow(tensors, {}, attributes.as<Conv2dAttributes>().narrow_sums)) return 8;
    const Tensor& input = *tensors.inputs[0];
    const Tensor& weights = *tensors.inputs[1];
    if (weights.dtype == DType::int4) return 7;
    if (weights.shape[3] != input.shape[3]) return 6;
    return input.dtype == DType::int16 ? 4 : input.dtype == DType::int8 ? 3 : 1;
}

}  // namespace

extern const OpDefinition conv2d_definition;
const OpDefinition conv2d_definition = {
    .kind = OpKind::conv2d,
    .name = "conv2d",
    .title = "Convolution",
    .min_inputs = 2,
    .max_inputs = 3,
    .tflite = {.code = tflite::BuiltinOperator_CONV_2D,
               .options_type = tflite::BuiltinOptions_Conv2DOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .quantization = {.weights_input = 1, .bias_input = 2},
    .infer = infer,
    .forward = conv2d_forward,
    .backward = conv2d_backward,
    .scratch_floats = conv2d_scratch_floats,
    .macs = macs,
    .prepare = prepare,
    .accelerate = accelerate,
};

}  // namespace whittle
