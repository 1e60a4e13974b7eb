#include "core/ops/conv2d/patches.h"
#include "core/ops/max_pool2d/kernel.h"
#include "core/ops/pool.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr PoolKernels kKernels = {"whittle_max_pool2d_float32", "WhittleMaxPool2dFloat32",
                                  "whittle_max_pool2d_int8", "whittle_max_pool2d_int16",
                                  "WhittleMaxPool2dInteger"};

void forward(const ForwardContext& context) {
    const WhittleWindow window = *pool_window(*context.inputs[0].shape, context.attributes);
    const FloatRange range = float_range(context.attributes.as<PoolAttributes>().activation);
    const WhittleMaxPool2dFloat32 params{window, range.minimum, range.maximum};
    whittle_max_pool2d_float32(&params, context.inputs[0].data, context.outputs[0].data);
}

// The tap that made the output: the first one with the largest value. -1 when there is none.
std::ptrdiff_t largest_tap(const WhittleWindow& w,
                           std::int32_t n,
                           std::int32_t oy,
                           std::int32_t ox,
                           const float* channel) {
    std::ptrdiff_t largest = -1;
    for (std::int32_t ky = 0; ky < w.kernel_height; ++ky) {
        for (std::int32_t kx = 0; kx < w.kernel_width; ++kx) {
            const std::ptrdiff_t tap = whittle_window_tap(&w, n, oy, ox, ky, kx);
            if (tap < 0) continue;
            if (largest < 0 || channel[tap] > channel[largest]) largest = tap;
        }
    }
    return largest;
}

void backward(const BackwardContext& context) {
    const WhittleWindow w = *pool_window(*context.inputs[0].shape, context.attributes);
    const std::span<float> dz = mutable_values_of(context.output_gradients[0]);
    float* dinput = context.input_gradients[0].data;
    if (dinput == nullptr) return;
    backward_activation(context.attributes.as<PoolAttributes>().activation,
                        values_of(context.outputs[0]), dz);
    const float* input = context.inputs[0].data;
    const float* row = dz.data();
    for_each_pixel(w, [&](std::int32_t n, std::int32_t oy, std::int32_t ox) {
        for (std::int32_t c = 0; c < w.input_channels; ++c, ++row) {
            const std::ptrdiff_t tap = largest_tap(w, n, oy, ox, input + c);
            if (tap >= 0) dinput[tap + c] += *row;
        }
    });
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    return prepare_pool(tensors, attributes, kKernels);
}

}  // namespace

extern const OpDefinition max_pool2d_definition;
const OpDefinition max_pool2d_definition = {
    .kind = OpKind::max_pool2d,
    .name = "max_pool2d",
    .title = "Maximum pooling",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_MAX_POOL_2D,
               .options_type = tflite::BuiltinOptions_Pool2DOptions,
               .read_options = read_pool_options,
               .write_options = write_pool_options,
               .version = pool_version},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer_pool,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
