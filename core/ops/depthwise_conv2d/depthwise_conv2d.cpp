#include <algorithm>
#include <vector>

#include "core/ops/conv2d/attributes.h"
#include "core/ops/conv2d/patches.h"
#include "core/ops/conv2d/plain.h"
#include "core/ops/convolution.h"
#include "core/ops/depthwise_conv2d/accelerate.h"
#include "core/ops/depthwise_conv2d/lanes.h"
#include "core/ops/int8_pack.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr ConvolutionKernels kKernels = {"whittle_depthwise_conv2d_float32",
                                         "WhittleDepthwiseConv2dFloat32",
                                         "whittle_depthwise_conv2d_int8",
                                         "whittle_depthwise_conv2d_int16",
                                         "whittle_depthwise_conv2d_int16_bias32",
                                         "WhittleDepthwiseConv2dInteger",
                                         3};

Status check_shapes(const Shape& input, const Shape& weights, const Tensor* bias) {
    if (weights.size() != 4 || weights[0] != 1 ||
        *std::min_element(weights.begin(), weights.end()) < 1) {
        return Error{.place = "input 1 (weights)",
                     .expected = "the shape [1, height, width, outputs]",
                     .found = to_string(weights)};
    }
    if (input.size() != 4) return {};  // make_window says so
    if (input[3] < 1 || weights[3] % input[3] != 0) {
        return Error{.place = "input 0",
                     .expected = "channels of which the " + std::to_string(weights[3]) +
                                 " outputs are a multiple",
                     .found = to_string(input)};
    }
    if (bias != nullptr && bias->elements() != weights[3]) {
        return Error{.place = "input 2 (bias)",
                     .expected = std::to_string(weights[3]) + " values, one for each output",
                     .found = to_string(bias->shape)};
    }
    return {};
}

Result<WhittleWindow> window_of(const Shape& input,
                                const Shape& weights,
                                const Attributes& attributes) {
    return make_window(input, weights[1], weights[2], weights[3],
                       attributes.as<Conv2dAttributes>().steps);
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Tensor* bias = tensor_or_null(inputs, 2);
    if (Status status = check_convolution_dtypes(inputs, {}); !status.ok()) return status;
    if (Status status = check_shapes(inputs[0]->shape, inputs[1]->shape, bias); !status.ok()) {
        return status;
    }
    const Result<WhittleWindow> window = window_of(inputs[0]->shape, inputs[1]->shape, attributes);
    if (!window.ok()) return window.error();
    return std::vector<TensorSpec>{{inputs[0]->dtype, output_shape(*window)}};
}

// Calls visit(input values of the tap, its weights) for the taps inside the image, in order:
// offsets of the first of all channels.
template <class Visit>
void for_each_tap(
    const WhittleWindow& w, std::int32_t n, std::int32_t oy, std::int32_t ox, Visit visit) {
    std::ptrdiff_t at = 0;
    for (std::int32_t ky = 0; ky < w.kernel_height; ++ky) {
        for (std::int32_t kx = 0; kx < w.kernel_width; ++kx, at += w.output_channels) {
            const std::ptrdiff_t tap = whittle_window_tap(&w, n, oy, ox, ky, kx);
            if (tap >= 0) visit(tap, at);
        }
    }
}

// sums[o] += input[o / multiplier] * weights[o]
void add_tap(const float* input,
             const float* weights,
             std::int32_t channels,
             std::int32_t multiplier,
             float* sums) {
    if (multiplier == 1) {
        for (std::int32_t o = 0; o < channels; ++o) sums[o] += input[o] * weights[o];
        return;
    }
    for (std::int32_t first = 0; first < channels; first += multiplier, ++input) {
        for (std::int32_t o = first; o < first + multiplier; ++o) sums[o] += *input * weights[o];
    }
}

// All channels side by side; the sum of each is in the order of kernel.h.
void forward(const ForwardContext& context) {
    const WhittleWindow w =
        *window_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes);
    const FloatRange range = float_range(context.attributes.as<Conv2dAttributes>().activation);
    const std::int32_t multiplier = w.output_channels / w.input_channels;
    const float* input = context.inputs[0].data;
    const float* weights = context.inputs[1].data;
    const float* bias = context.inputs.size() > 2 ? context.inputs[2].data : nullptr;
    float* row = context.outputs[0].data;
    for_each_pixel(w, [&](std::int32_t n, std::int32_t oy, std::int32_t ox) {
        std::fill_n(row, w.output_channels, 0.0f);
        for_each_tap(w, n, oy, ox, [&](std::ptrdiff_t tap, std::ptrdiff_t at) {
            add_tap(input + tap, weights + at, w.output_channels, multiplier, row);
        });
        for (std::int32_t o = 0; o < w.output_channels; ++o) {
            const float sum = row[o] + (bias != nullptr ? bias[o] : 0.0f);
            row[o] = sum < range.minimum   ? range.minimum
                     : sum > range.maximum ? range.maximum
                                           : sum;
        }
        row += w.output_channels;
    });
}

// With dz = dL/d(sum before the activation), for each tap inside the image:
//   dL/dweights[tap, o] += dz[o] * input[o / M];  dL/dinput[o / M] += dz[o] * weights[tap, o]
void backward(const BackwardContext& context) {
    const WhittleWindow w =
        *window_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes);
    const std::span<float> gradient = mutable_values_of(context.output_gradients[0]);
    backward_activation(context.attributes.as<Conv2dAttributes>().activation,
                        values_of(context.outputs[0]), gradient);
    const std::int32_t multiplier = w.output_channels / w.input_channels;
    const float* input = context.inputs[0].data;
    const float* weights = context.inputs[1].data;
    float* dinput = context.input_gradients[0].data;
    float* dweights = context.input_gradients[1].data;
    float* dbias = context.input_gradients.size() > 2 ? context.input_gradients[2].data : nullptr;
    const float* dz = gradient.data();
    for_each_pixel(w, [&](std::int32_t n, std::int32_t oy, std::int32_t ox) {
        for_each_tap(w, n, oy, ox, [&](std::ptrdiff_t tap, std::ptrdiff_t at) {
            if (dweights != nullptr && multiplier == 1) {
                add_tap(input + tap, dz, w.output_channels, 1, dweights + at);
            } else if (dweights != nullptr) {
                for (std::int32_t o = 0; o < w.output_channels; ++o) {
                    dweights[at + o] += dz[o] * input[tap + o / multiplier];
                }
            }
            if (dinput == nullptr) return;
            if (multiplier == 1) {
                add_tap(dz, weights + at, w.output_channels, 1, dinput + tap);
                return;
            }
            for (std::int32_t o = 0; o < w.output_channels; ++o) {
                dinput[tap + o / multiplier] += dz[o] * weights[at + o];
            }
        });
        for (std::int32_t o = 0; o < w.output_channels && dbias != nullptr; ++o) dbias[o] += dz[o];
        dz += w.output_channels;
    });
}

std::int64_t macs(NodeTensors tensors, const Attributes& attributes) {
    const WhittleWindow w =
        *window_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape, attributes);
    return std::int64_t{w.batches} * w.output_height * w.output_width * w.output_channels *
           w.kernel_height * w.kernel_width;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Shape& weights = tensors.inputs[1]->shape;
    const Result<WhittleWindow> window = window_of(tensors.inputs[0]->shape, weights, attributes);
    if (!window.ok()) return window.error();
    std::vector<PreparedParam> params = window_params(*window);
    params.push_back(
        PreparedParam::of("multiplier", window->output_channels / window->input_channels));
    return prepare_convolution(tensors, kKernels, {}, attributes.as<Conv2dAttributes>(), weights[3],
                               std::move(params));
}

void accelerate(NodeTensors tensors,
                const Attributes& attributes,
                InstructionSet set,
                PreparedOp& op) {
    if (set == InstructionSet::plain) return use_plain_depthwise_conv2d(tensors, op);
    if (!LanesLayout::of(set)) return accelerate_depthwise_conv2d(tensors, attributes, set, op);
    if (op.variant != kVariantInt8) return;
    const auto p = params_as<WhittleDepthwiseConv2dInteger>(op);
    LanesLayer layer =
        lanes_layer("whittle_depthwise_conv2d_int8_lanes", p.window, p.input_zero_point, set);
    layer.channels_last = true;
    if (p.multiplier > 1 && p.window.input_channels == 1) {
        use_products(op, set, tensors, layer);
    } else if (p.multiplier == 1) {
        layer.runs = p.window.kernel_height;
        layer.run_elements = p.window.kernel_width;
        layer.scratch_bytes = whittle_depthwise_lanes_scratch_bytes(&p.window);
        use_depthwise(op, set, tensors, layer);
    }
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    const auto* options = op.builtin_options_as_DepthwiseConv2DOptions();
    if (options == nullptr) {
        return Error{.expected = "options with padding and strides", .found = "none"};
    }
    const Result<Activation> activation = read_activation(options->fused_activation_function());
    if (!activation.ok()) return activation.error();
    const Result<Padding> padding = read_padding(options->padding());
    if (!padding.ok()) return padding.error();
    const Shape& input = tensors.inputs[0]->shape;
    const Shape& weights = tensors.inputs[1]->shape;
    if (input.size() == 4 && weights.size() == 4 && options->depth_multiplier() != 0 &&
        std::int64_t{options->depth_multiplier()} * input[3] != weights[3]) {
        return Error{.place = "depth multiplier",
                     .expected = std::to_string(weights[3]) + " outputs / " +
                                 std::to_string(input[3]) + " input channels",
                     .found = std::to_string(options->depth_multiplier())};
    }
    return Attributes::of(
        Conv2dAttributes{*activation,
                         WindowSteps{*padding, options->stride_h(), options->stride_w(),
                                     options->dilation_h_factor(), options->dilation_w_factor()},
                         options->depth_multiplier()});
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<Conv2dAttributes>();
    return tflite::CreateDepthwiseConv2DOptions(builder, to_tflite(own.steps.padding),
                                                own.steps.stride_width, own.steps.stride_height,
                                                own.depth_multiplier, to_tflite(own.activation),
                                                own.steps.dilation_width, own.steps.dilation_height)
        .Union();
}

// 7: int4 weights; 5: int16; 3: int8; 2: dilation.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    if (tensors.inputs[1]->dtype == DType::int4) return 7;
    if (tensors.inputs[0]->dtype == DType::int16) return 5;
    if (tensors.inputs[0]->dtype == DType::int8) return 3;
    const auto steps = attributes.as<Conv2dAttributes>().steps;
    return steps.dilation_height != 1 || steps.dilation_width != 1 ? 2 : 1;
}

}  // namespace

extern const OpDefinition depthwise_conv2d_definition;
const OpDefinition depthwise_conv2d_definition = {
    .kind = OpKind::depthwise_conv2d,
    .name = "depthwise_conv2d",
    .title = "Depthwise convolution",
    .min_inputs = 2,
    .max_inputs = 3,
    .tflite = {.code = tflite::BuiltinOperator_DEPTHWISE_CONV_2D,
               .options_type = tflite::BuiltinOptions_DepthwiseConv2DOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .quantization = {.weights_input = 1, .bias_input = 2, .weights_axis = 3},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .macs = macs,
    .prepare = prepare,
    .accelerate = accelerate,
};

}  // namespace whittle
