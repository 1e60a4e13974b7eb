#include <algorithm>
#include <vector>

#include "core/ops/conv2d/attributes.h"
#include "core/ops/conv2d/kernel.h"
#include "core/ops/conv2d/patches.h"
#include "core/ops/convolution.h"
#include "core/ops/fully_connected/multiply_add.h"
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

Result<WhittleWindow> window_of(const Shape& input,
                                const Shape& weights,
                                const Attributes& attributes) {
    return make_window(input, weights[1], weights[2], weights[0],
                       attributes.as<Conv2dAttributes>().steps);
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Tensor* bias = tensor_or_null(inputs, 2);
    if (Status status = check_convolution_dtypes(*inputs[0], *inputs[1], bias); !status.ok()) {
        return status;
    }
    if (Status status = check_shapes(inputs[0]->shape, inputs[1]->shape, bias); !status.ok()) {
        return status;
    }
    const Result<WhittleWindow> window = window_of(inputs[0]->shape, inputs[1]->shape, attributes);
    if (!window.ok()) return window.error();
    return std::vector<TensorSpec>{{inputs[0]->dtype, output_shape(*window)}};
}

// --- Training ------------------------------------------------------------------------------------

// Everything about one convolution that its loops need.
struct Geometry {
    WhittleWindow window;
    std::int32_t group_channels;
    std::ptrdiff_t pixels;  // OH * OW: outputs of one image and channel
    std::ptrdiff_t depth;   // KH * KW * group_channels: taps of one output

    bool grouped() const { return group_channels != window.input_channels; }
    std::ptrdiff_t image_size() const {
        return std::ptrdiff_t{window.input_height} * window.input_width * window.input_channels;
    }
};

Geometry geometry_of(const Shape& input, const Shape& weights, const Attributes& attributes) {
    const WhittleWindow window = *window_of(input, weights, attributes);
    return {window, weights[3], std::ptrdiff_t{window.output_height} * window.output_width,
            std::ptrdiff_t{weights[1]} * weights[2] * weights[3]};
}

// Weights transposed, patches of one image, and their gradients.
std::size_t scratch_floats(std::span<const Shape* const> inputs, const Attributes& attributes) {
    const Geometry g = geometry_of(*inputs[0], *inputs[1], attributes);
    if (g.grouped()) return 0;
    return static_cast<std::size_t>(g.depth * (g.window.output_channels + 2 * g.pixels));
}

void add_bias_and_clamp(const float* bias,
                        FloatRange range,
                        std::int32_t channels,
                        std::span<float> output) {
    for (std::size_t first = 0; first < output.size();
         first += static_cast<std::size_t>(channels)) {
        float* row = output.data() + first;
        for (std::int32_t o = 0; o < channels; ++o) {
            const float sum = row[o] + (bias != nullptr ? bias[o] : 0.0f);
            row[o] = sum < range.minimum   ? range.minimum
                     : sum > range.maximum ? range.maximum
                                           : sum;
        }
    }
}

void forward_grouped(const ForwardContext& context, const Geometry& g, FloatRange range) {
    const std::vector<float> zeros(static_cast<std::size_t>(g.window.output_channels));
    const float* bias = context.inputs.size() > 2 ? context.inputs[2].data : nullptr;
    const WhittleConv2dFloat32 params{g.window, g.group_channels, range.minimum, range.maximum};
    whittle_conv2d_float32(&params, context.inputs[0].data, context.inputs[1].data,
                           bias != nullptr ? bias : zeros.data(), context.outputs[0].data);
}

// As a product of matrices: patches [pixels, depth] times weights [depth, O]. Taps outside the
// image are zeros there, which change no sum as long as the weights are finite; the order of each
// sum is that of kernel.h.
void forward(const ForwardContext& context) {
    const Geometry g =
        geometry_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes);
    const FloatRange range = float_range(context.attributes.as<Conv2dAttributes>().activation);
    if (g.grouped()) return forward_grouped(context, g, range);
    const std::int32_t channels = g.window.output_channels;
    float* transposed = context.scratch.data();
    float* patches = transposed + g.depth * channels;
    for (std::ptrdiff_t d = 0; d < g.depth; ++d) {
        for (std::ptrdiff_t o = 0; o < channels; ++o) {
            transposed[d * channels + o] = context.inputs[1].data[o * g.depth + d];
        }
    }
    const std::span<float> output = mutable_values_of(context.outputs[0]);
    std::fill(output.begin(), output.end(), 0.0f);
    for (std::int32_t n = 0; n < g.window.batches; ++n) {
        const float* image = context.inputs[0].data + n * g.image_size();
        if (!is_pointwise(g.window)) copy_patches(g.window, image, patches);
        multiply_add(g.pixels, g.depth, channels,
                     {is_pointwise(g.window) ? image : patches, g.depth, 1}, transposed,
                     output.data() + n * g.pixels * channels);
    }
    const float* bias = context.inputs.size() > 2 ? context.inputs[2].data : nullptr;
    add_bias_and_clamp(bias, range, channels, output);
}

// The gradients of a grouped convolution, tap by tap.
void backward_grouped(const BackwardContext& context, const Geometry& g) {
    const WhittleWindow& w = g.window;
    const float* dz = context.output_gradients[0].data;
    const float* input = context.inputs[0].data;
    const float* weights = context.inputs[1].data;
    float* dinput = context.input_gradients[0].data;
    float* dweights = context.input_gradients[1].data;
    for_each_pixel(w, [&](std::int32_t n, std::int32_t oy, std::int32_t ox) {
        for (std::int32_t o = 0; o < w.output_channels; ++o, ++dz) {
            const std::int32_t first = whittle_conv2d_first_channel(&w, g.group_channels, o);
            for (std::int32_t k = 0; k < w.kernel_height * w.kernel_width; ++k) {
                const std::ptrdiff_t tap =
                    whittle_window_tap(&w, n, oy, ox, k / w.kernel_width, k % w.kernel_width);
                if (tap < 0) continue;
                const std::ptrdiff_t at = o * g.depth + k * g.group_channels;
                for (std::int32_t c = 0; c < g.group_channels; ++c) {
                    if (dweights != nullptr) dweights[at + c] += *dz * input[tap + first + c];
                    if (dinput != nullptr) dinput[tap + first + c] += *dz * weights[at + c];
                }
            }
        }
    });
}

// With dz = dL/d(sum before the activation) as [pixels, O], for each image:
//   dL/dweights [O, depth]     = dz^T * patches
//   dL/dpatches [pixels, depth] = dz * weights, added up where patches overlap
void backward_as_product(const BackwardContext& context, const Geometry& g) {
    const std::int32_t channels = g.window.output_channels;
    float* patches = context.scratch.data() + g.depth * channels;
    float* patch_gradients = patches + g.depth * g.pixels;
    float* dinput = context.input_gradients[0].data;
    float* dweights = context.input_gradients[1].data;
    const bool pointwise = is_pointwise(g.window);
    for (std::int32_t n = 0; n < g.window.batches; ++n) {
        const float* dz = context.output_gradients[0].data + n * g.pixels * channels;
        if (dweights != nullptr) {
            const float* image = context.inputs[0].data + n * g.image_size();
            if (!pointwise) copy_patches(g.window, image, patches);
            multiply_add(channels, g.pixels, g.depth, {dz, 1, channels},
                         pointwise ? image : patches, dweights);
        }
        if (dinput == nullptr) continue;
        float* image_gradient = dinput + n * g.image_size();
        if (!pointwise) std::fill_n(patch_gradients, g.depth * g.pixels, 0.0f);
        multiply_add(g.pixels, channels, g.depth, {dz, channels, 1}, context.inputs[1].data,
                     pointwise ? image_gradient : patch_gradients);
        if (!pointwise) add_patches(g.window, patch_gradients, image_gradient);
    }
}

void backward(const BackwardContext& context) {
    const Geometry g =
        geometry_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes);
    const std::span<float> dz = mutable_values_of(context.output_gradients[0]);
    backward_activation(context.attributes.as<Conv2dAttributes>().activation,
                        values_of(context.outputs[0]), dz);
    if (g.grouped()) {
        backward_grouped(context, g);
    } else {
        backward_as_product(context, g);
    }
    float* dbias = context.input_gradients.size() > 2 ? context.input_gradients[2].data : nullptr;
    if (dbias == nullptr) return;
    const auto channels = static_cast<std::size_t>(g.window.output_channels);
    for (std::size_t first = 0; first < dz.size(); first += channels) {
        for (std::size_t o = 0; o < channels; ++o) dbias[o] += dz[first + o];
    }
}

// --- Deployment ----------------------------------------------------------------------------------

std::int64_t macs(NodeTensors tensors, const Attributes& attributes) {
    const Geometry g = geometry_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape, attributes);
    return std::int64_t{g.window.batches} * g.pixels * g.window.output_channels * g.depth;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Shape& weights = tensors.inputs[1]->shape;
    const Result<WhittleWindow> window = window_of(tensors.inputs[0]->shape, weights, attributes);
    if (!window.ok()) return window.error();
    std::vector<PreparedParam> params = window_params(*window);
    params.push_back(PreparedParam::of("group_channels", weights[3]));
    return prepare_convolution(tensors, kKernels, {}, attributes.as<Conv2dAttributes>().activation,
                               weights[0], std::move(params));
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    const auto* options = op.builtin_options_as_Conv2DOptions();
    if (options == nullptr) {
        return Error{.expected = "options with padding and strides", .found = "none"};
    }
    const Result<Activation> activation = read_activation(options->fused_activation_function());
    if (!activation.ok()) return activation.error();
    const Result<Padding> padding = read_padding(options->padding());
    if (!padding.ok()) return padding.error();
    return Attributes::of(
        Conv2dAttributes{*activation,
                         WindowSteps{*padding, options->stride_h(), options->stride_w(),
                                     options->dilation_h_factor(), options->dilation_w_factor()},
                         0});
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        const Attributes& attributes) {
    const auto own = attributes.as<Conv2dAttributes>();
    return tflite::CreateConv2DOptions(builder, to_tflite(own.steps.padding),
                                       own.steps.stride_width, own.steps.stride_height,
                                       to_tflite(own.activation), own.steps.dilation_width,
                                       own.steps.dilation_height)
        .Union();
}

// 6: grouped; 7: int4 weights; 4: int16; 3: int8.
std::int32_t version(NodeTensors tensors, const Attributes&) {
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
    .forward = forward,
    .backward = backward,
    .scratch_floats = scratch_floats,
    .macs = macs,
    .prepare = prepare,
};

}  // namespace whittle
