#include "core/ops/arm_dsp.h"
#include "core/ops/average_pool2d/kernel_helium.h"
#include "core/ops/conv2d/patches.h"
#include "core/ops/int8_pack.h"
#include "core/ops/pool.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr PoolKernels kKernels = {"whittle_average_pool2d_float32", "WhittleAveragePool2dFloat32",
                                  "whittle_average_pool2d_int8", "whittle_average_pool2d_int16",
                                  "WhittleAveragePool2dInteger"};

void forward(const ForwardContext& context) {
    const WhittleWindow window = *pool_window(*context.inputs[0].shape, context.attributes);
    const FloatRange range = float_range(context.attributes.as<PoolAttributes>().activation);
    const WhittleAveragePool2dFloat32 params{window, range.minimum, range.maximum};
    whittle_average_pool2d_float32(&params, context.inputs[0].data, context.outputs[0].data);
}

// Calls visit(tap) for the taps of one output inside the image.
template <class Visit>
void for_each_tap(
    const WhittleWindow& w, std::int32_t n, std::int32_t oy, std::int32_t ox, Visit visit) {
    for (std::int32_t ky = 0; ky < w.kernel_height; ++ky) {
        for (std::int32_t kx = 0; kx < w.kernel_width; ++kx) {
            const std::ptrdiff_t tap = whittle_window_tap(&w, n, oy, ox, ky, kx);
            if (tap >= 0) visit(tap);
        }
    }
}

// Every tap gets an equal share of the gradient.
void backward(const BackwardContext& context) {
    const WhittleWindow w = *pool_window(*context.inputs[0].shape, context.attributes);
    const std::span<float> dz = mutable_values_of(context.output_gradients[0]);
    float* dinput = context.input_gradients[0].data;
    if (dinput == nullptr) return;
    backward_activation(context.attributes.as<PoolAttributes>().activation,
                        values_of(context.outputs[0]), dz);
    const float* row = dz.data();
    for_each_pixel(w, [&](std::int32_t n, std::int32_t oy, std::int32_t ox) {
        int count = 0;
        for_each_tap(w, n, oy, ox, [&](std::ptrdiff_t) { ++count; });
        for_each_tap(w, n, oy, ox, [&](std::ptrdiff_t tap) {
            for (std::int32_t c = 0; c < w.input_channels; ++c) {
                dinput[tap + c] += row[c] / static_cast<float>(count);
            }
        });
        row += w.input_channels;
    });
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    return prepare_pool(tensors, attributes, kKernels);
}

void accelerate(NodeTensors, const Attributes&, InstructionSet set, PreparedOp& op) {
    if (op.variant != kVariantInt8) return;
    if (set == InstructionSet::helium &&
        parameter_of(op, "window.kernel_width") <= WHITTLE_AVERAGE_POOL2D_HELIUM_TAPS) {
        op.variant = variant_of(set, op.variant);
        op.kernel = "whittle_average_pool2d_int8_helium";
    }
    constexpr std::int32_t kMostTaps = 256;  // whose sums have 16 bits
    if (set == InstructionSet::arm_dsp) {
        use_pool_kernel({set, "whittle_average_pool2d_int8_arm_dsp", 4, kMostTaps}, op);
    }
    if (set == InstructionSet::plain) {
        use_pool_kernel({set, "whittle_average_pool2d_int8_plain", 1, kMostTaps}, op);
    }
    if (!LanesLayout::of(set)) return;
    op.variant = variant_of(set, op.variant);
    op.kernel = "whittle_average_pool2d_int8_lanes";
}

}  // namespace

extern const OpDefinition average_pool2d_definition;
const OpDefinition average_pool2d_definition = {
    .kind = OpKind::average_pool2d,
    .name = "average_pool2d",
    .title = "Average pooling",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_AVERAGE_POOL_2D,
               .options_type = tflite::BuiltinOptions_Pool2DOptions,
               .read_options = read_pool_options,
               .write_options = write_pool_options,
               .version = pool_version},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer_pool,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
    .accelerate = accelerate,
};

}  // namespace whittle
