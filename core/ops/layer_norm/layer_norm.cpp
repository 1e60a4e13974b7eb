#include <array>

#include "core/base/exact_math.h"
#include "core/ops/add/attributes.h"
#include "core/ops/layer_norm/attributes.h"
#include "core/ops/mean/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/normalization.h"
#include "core/ops/sub/attributes.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

// Ba, Kiros and Hinton, "Layer normalization", 2016: with mean and variance of each row x of C
// values, y = (x - mean) / sqrt(variance + epsilon) * gamma + beta. Inputs: x [..., C], gamma [C],
// beta [C].
Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    return infer_normalization(inputs);
}

struct Moments {
    float mean;
    float inverse_deviation;
};

// Sums run over c upwards and are divided at last, as in the kernels of the expansion.
Moments moments_of(const float* x, std::int32_t channels, float epsilon) {
    const auto count = static_cast<float>(channels);
    float sum = 0.0f;
    for (std::int32_t c = 0; c < channels; ++c) sum += x[c];
    const float mean = sum / count;
    float squares = 0.0f;
    for (std::int32_t c = 0; c < channels; ++c) {
        const float distance = x[c] - mean;
        squares += distance * distance;
    }
    return {mean, 1.0f / whittle_sqrtf(squares / count + epsilon)};
}

void forward(const ForwardContext& context) {
    const NormalizationSizes sizes = normalization_sizes(*context.inputs[0].shape);
    const float epsilon = context.attributes.as<LayerNormAttributes>().epsilon;
    const float* gamma = context.inputs[1].data;
    const float* beta = context.inputs[2].data;
    const float* x = context.inputs[0].data;
    float* y = context.outputs[0].data;
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        const Moments m = moments_of(x, sizes.channels, epsilon);
        for (std::int32_t c = 0; c < sizes.channels; ++c) {
            y[c] = (x[c] - m.mean) * m.inverse_deviation * gamma[c] + beta[c];
        }
        x += sizes.channels;
        y += sizes.channels;
    }
}

// With h = (x - mean) r, r = 1 / sqrt(variance + epsilon), and g = dy * gamma:
// dx = r (g - mean(g) - h mean(g h)), dgamma = sum of dy h, dbeta = sum of dy.
void backward(const BackwardContext& context) {
    const NormalizationSizes sizes = normalization_sizes(*context.inputs[0].shape);
    const float epsilon = context.attributes.as<LayerNormAttributes>().epsilon;
    const auto count = static_cast<float>(sizes.channels);
    const float* gamma = context.inputs[1].data;
    float* dx = context.input_gradients[0].data;
    float* dgamma = context.input_gradients[1].data;
    float* dbeta = context.input_gradients[2].data;
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        const std::ptrdiff_t row = std::ptrdiff_t{n} * sizes.channels;
        const float* x = context.inputs[0].data + row;
        const float* dy = context.output_gradients[0].data + row;
        const Moments m = moments_of(x, sizes.channels, epsilon);
        float sum = 0.0f;
        float product = 0.0f;
        for (std::int32_t c = 0; c < sizes.channels; ++c) {
            const float h = (x[c] - m.mean) * m.inverse_deviation;
            const float g = dy[c] * gamma[c];
            sum += g;
            product += g * h;
            if (dgamma != nullptr) dgamma[c] += dy[c] * h;
            if (dbeta != nullptr) dbeta[c] += dy[c];
        }
        if (dx == nullptr) continue;
        for (std::int32_t c = 0; c < sizes.channels; ++c) {
            const float h = (x[c] - m.mean) * m.inverse_deviation;
            dx[row + c] +=
                m.inverse_deviation * (dy[c] * gamma[c] - sum / count - h * (product / count));
        }
    }
}

// Two multiplications for each value: the square and gamma.
std::int64_t macs(NodeTensors tensors, const Attributes&) {
    return 2 * tensors.inputs[0]->elements();
}

Expansion expansion(NodeTensors tensors, const Attributes& attributes) {
    const auto last = static_cast<std::int32_t>(tensors.inputs[0]->shape.size()) - 1;
    const std::array<std::int32_t, 1> axes = {last};
    const std::array<float, 1> epsilon = {attributes.as<LayerNormAttributes>().epsilon};
    const Attributes mean = Attributes::of(MeanAttributes{1 << last, true});
    const Attributes add = Attributes::of(AddAttributes{});
    const Attributes mul = Attributes::of(MulAttributes{});
    const int axis_constant = kExpansionConstant;
    return {.steps = {{OpKind::mean, mean, {0, axis_constant}},
                      {OpKind::sub, Attributes::of(SubAttributes{}), {0, -1}},
                      {OpKind::mul, mul, {-2, -2}},
                      {OpKind::mean, mean, {-3, axis_constant}},
                      {OpKind::add, add, {-4, kExpansionConstant + 1}},
                      {OpKind::rsqrt, Attributes(), {-5}},
                      {OpKind::mul, mul, {-2, -6}},
                      {OpKind::mul, mul, {-7, 1}},
                      {OpKind::add, add, {-8, 2}}},
            .constants = {make_indices("axes", {1}, axes), make_constant("epsilon", {1}, epsilon)}};
}

}  // namespace

extern const OpDefinition layer_norm_definition;
const OpDefinition layer_norm_definition = {
    .kind = OpKind::layer_norm,
    .name = "layer_norm",
    .title = "Layer normalisation",
    .min_inputs = 3,
    .max_inputs = 3,
    .tflite = {.has_builtin = false},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .macs = macs,
    .expansion = expansion,
};

}  // namespace whittle
