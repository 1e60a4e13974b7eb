#include <algorithm>
#include <vector>

#include "core/ops/bias_type.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/conv2d/patches.h"
#include "core/ops/convolution.h"
#include "core/ops/movement.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"
#include "core/ops/transpose_conv/kernel.h"

namespace whittle {

namespace {

// Inputs: shape of the output, weights [O, KH, KW, C], image [N, H, W, C], bias [O].
constexpr ConvolutionInputs kInputs = {.image = 2, .weights = 1, .bias = 3};

constexpr ConvolutionKernels kKernels = {"whittle_transpose_conv_float32",
                                         "WhittleTransposeConvFloat32",
                                         "whittle_transpose_conv_int8",
                                         "whittle_transpose_conv_int16",
                                         "whittle_transpose_conv_int16_bias32",
                                         "WhittleTransposeConvInteger",
                                         0};

// The window is that of the convolution from the output back to the input.
Result<WhittleWindow> window_of(const Shape& input,
                                const Shape& weights,
                                const Shape& output,
                                const Attributes& attributes) {
    const auto own = attributes.as<Conv2dAttributes>();
    const Result<WhittleWindow> back =
        make_window(output, weights[1], weights[2], weights[3], own.steps);
    if (!back.ok()) return back.error();
    if (input.size() != 4 || back->output_height != input[1] || back->output_width != input[2]) {
        return Error{.place = "input 2",
                     .expected = "images of " + std::to_string(back->output_height) + " x " +
                                 std::to_string(back->output_width) + " pixels for the output " +
                                 to_string(output),
                     .found = to_string(input)};
    }
    WhittleWindow window = *back;
    std::swap(window.input_height, window.output_height);
    std::swap(window.input_width, window.output_width);
    std::swap(window.input_channels, window.output_channels);
    return window;
}

Status check_shapes(const Shape& input, const Shape& weights, const Tensor* bias) {
    if (weights.size() != 4 || *std::min_element(weights.begin(), weights.end()) < 1) {
        return Error{.place = "input 1 (weights)",
                     .expected = "the shape [outputs, height, width, channels]",
                     .found = to_string(weights)};
    }
    if (input.size() != 4 || input[3] != weights[3]) {
        return Error{.place = "input 2",
                     .expected = "images with " + std::to_string(weights[3]) + " channels",
                     .found = to_string(input)};
    }
    if (bias != nullptr && bias->elements() != weights[0]) {
        return Error{.place = "input 3 (bias)",
                     .expected = std::to_string(weights[0]) + " values, one for each output",
                     .found = to_string(bias->shape)};
    }
    return {};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Tensor* bias = tensor_or_null(inputs, kInputs.bias);
    if (Status status = check_convolution_dtypes(inputs, kInputs); !status.ok()) return status;
    const Shape& input = inputs[2]->shape;
    const Shape& weights = inputs[1]->shape;
    if (Status status = check_shapes(input, weights, bias); !status.ok()) return status;
    const auto wanted = constant_indices(*inputs[0], "input 0 (output shape)", 4);
    if (!wanted.ok()) return wanted.error();
    Shape output = *wanted;
    if (output[0] == 1) output[0] = input[0];  // a batch that was fixed to 1 may grow
    if (output[0] != input[0] || output[3] != weights[0] || output[1] < 0 || output[2] < 0) {
        return Error{.place = "input 0 (output shape)",
                     .expected = std::to_string(input[0]) + " images of " +
                                 std::to_string(weights[0]) + " channels",
                     .found = to_string(*wanted)};
    }
    const Result<WhittleWindow> window = window_of(input, weights, output, attributes);
    if (!window.ok()) return window.error();
    return std::vector<TensorSpec>{{inputs[2]->dtype, output}};
}

void forward(const ForwardContext& context) {
    const WhittleWindow window = *window_of(*context.inputs[2].shape, *context.inputs[1].shape,
                                            *context.outputs[0].shape, context.attributes);
    const FloatRange range = float_range(context.attributes.as<Conv2dAttributes>().activation);
    const std::vector<float> zeros(static_cast<std::size_t>(window.output_channels));
    const float* bias = context.inputs.size() > 3 ? context.inputs[3].data : nullptr;
    const WhittleTransposeConvFloat32 params{window, range.minimum, range.maximum};
    whittle_transpose_conv_float32(&params, context.inputs[2].data, context.inputs[1].data,
                                   bias != nullptr ? bias : zeros.data(), context.outputs[0].data);
}

// Every tap that forward used, backwards.
void backward(const BackwardContext& context) {
    const WhittleWindow w = *window_of(*context.inputs[2].shape, *context.inputs[1].shape,
                                       *context.outputs[0].shape, context.attributes);
    const std::span<float> gradient = mutable_values_of(context.output_gradients[0]);
    backward_activation(context.attributes.as<Conv2dAttributes>().activation,
                        values_of(context.outputs[0]), gradient);
    const float* input = context.inputs[2].data;
    const float* weights = context.inputs[1].data;
    float* dinput = context.input_gradients[2].data;
    float* dweights = context.input_gradients[1].data;
    float* dbias = context.input_gradients.size() > 3 ? context.input_gradients[3].data : nullptr;
    const float* dz = gradient.data();
    const std::int32_t taps = w.kernel_height * w.kernel_width;
    for_each_pixel(w, [&](std::int32_t n, std::int32_t y, std::int32_t x) {
        for (std::int32_t o = 0; o < w.output_channels; ++o, ++dz) {
            if (dbias != nullptr) dbias[o] += *dz;
            for (std::int32_t k = 0; k < taps; ++k) {
                const std::ptrdiff_t tap =
                    whittle_transpose_conv_tap(&w, n, y, x, k / w.kernel_width, k % w.kernel_width);
                if (tap < 0) continue;
                const std::ptrdiff_t at = (std::ptrdiff_t{o} * taps + k) * w.input_channels;
                for (std::int32_t c = 0; c < w.input_channels; ++c) {
                    if (dweights != nullptr) dweights[at + c] += *dz * input[tap + c];
                    if (dinput != nullptr) dinput[tap + c] += *dz * weights[at + c];
                }
            }
        }
    });
}

std::int64_t macs(NodeTensors tensors, const Attributes&) {
    const Shape& weights = tensors.inputs[1]->shape;
    return tensors.inputs[2]->elements() * weights[0] * weights[1] * weights[2];
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Shape& weights = tensors.inputs[1]->shape;
    const Result<WhittleWindow> window =
        window_of(tensors.inputs[2]->shape, weights, tensors.outputs[0]->shape, attributes);
    if (!window.ok()) return window.error();
    return prepare_convolution(tensors, kKernels, kInputs, attributes.as<Conv2dAttributes>(),
                               weights[0], window_params(*window));
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    const auto* options = op.builtin_options_as_TransposeConvOptions();
    if (options == nullptr) {
        return Error{.expected = "options with padding and strides", .found = "none"};
    }
    const Result<Activation> activation = read_activation(options->fused_activation_function());
    if (!activation.ok()) return activation.error();
    const Result<Padding> padding = read_padding(options->padding());
    if (!padding.ok()) return padding.error();
    const Result<bool> narrow = read_bias_type(options->quantized_bias_type(), tensors, kInputs);
    if (!narrow.ok()) return narrow.error();
    return Attributes::of(Conv2dAttributes{
        *activation, WindowSteps{*padding, options->stride_h(), options->stride_w(), 1, 1}, 0,
        *narrow});
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors tensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<Conv2dAttributes>();
    return tflite::CreateTransposeConvOptions(builder, to_tflite(own.steps.padding),
                                              own.steps.stride_width, own.steps.stride_height,
                                              to_tflite(own.activation),
                                              bias_type_to_write(tensors, kInputs, own.narrow_sums))
        .Union();
}

// 5: int16 with sums of 32 bits; 4: fused activation; 3: bias; 2: int8.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    const auto own = attributes.as<Conv2dAttributes>();
    if (sums_are_narrow(tensors, kInputs, own.narrow_sums)) return 5;
    if (own.activation != Activation::none) return 4;
    if (tensor_or_null(tensors.inputs, kInputs.bias) != nullptr) return 3;
    return tensors.inputs[2]->dtype == DType::float32 ? 1 : 2;
}

}  // namespace

extern const OpDefinition transpose_conv_definition;
const OpDefinition transpose_conv_definition = {
    .kind = OpKind::transpose_conv,
    .name = "transpose_conv",
    .title = "Transposed convolution",
    .min_inputs = 3,
    .max_inputs = 4,
    .tflite = {.code = tflite::BuiltinOperator_TRANSPOSE_CONV,
               .options_type = tflite::BuiltinOptions_TransposeConvOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .quantization = {.weights_input = 1, .bias_input = 3, .data_input = 2},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .macs = macs,
    .prepare = prepare,
};

}  // namespace whittle
