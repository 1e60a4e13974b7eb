#include <algorithm>
#include <array>

#include "core/base/exact_math.h"
#include "core/ops/add/attributes.h"
#include "core/ops/batch_norm/scale_and_shift.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/normalization.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

// Ioffe and Szegedy, "Batch normalization", 2015: y = (x - mean) / sqrt(variance + epsilon) * gamma
// + beta for each channel; in training with mean and variance of the batch, of which forward keeps
// running averages, and with these averages otherwise. Inputs: x [..., C], gamma [C], beta [C],
// running mean [C], running variance [C].
constexpr std::size_t kRunningMean = 3;
constexpr std::size_t kRunningVariance = 4;

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs, const Attributes&) {
    for (std::size_t i = 1; i < inputs.size(); ++i) {
        if (inputs[i]->constant) continue;
        return Error{.place = "input " + std::to_string(i),
                     .expected = "a constant",
                     .found = "a tensor computed by the model"};
    }
    return infer_normalization(inputs);
}

std::size_t scratch_floats(std::span<const Shape* const> inputs, const Attributes&) {
    return 4 * static_cast<std::size_t>(inputs[0]->back());
}

// Sums over all rows for each channel, upwards; the channels side by side.
template <class Value>
void sum_rows(const NormalizationSizes& sizes, float* sums, Value value) {
    std::fill(sums, sums + sizes.channels, 0.0f);
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        for (std::int32_t c = 0; c < sizes.channels; ++c) {
            sums[c] += value(std::ptrdiff_t{n} * sizes.channels + c, c);
        }
    }
}

// Mean and variance of the batch.
void batch_moments(const NormalizationSizes& sizes, const float* x, float* mean, float* variance) {
    const auto count = static_cast<float>(sizes.rows);
    sum_rows(sizes, mean, [&](std::ptrdiff_t i, std::int32_t) { return x[i]; });
    for (std::int32_t c = 0; c < sizes.channels; ++c) mean[c] /= count;
    sum_rows(sizes, variance, [&](std::ptrdiff_t i, std::int32_t c) {
        const float distance = x[i] - mean[c];
        return distance * distance;
    });
    for (std::int32_t c = 0; c < sizes.channels; ++c) variance[c] /= count;
}

float channel_scale(float gamma, float variance, float epsilon) {
    return gamma / whittle_sqrtf(variance + epsilon);
}

// With the batch's own moments.
void forward_training(const ForwardContext& context, const NormalizationSizes& sizes) {
    const auto own = context.attributes.as<BatchNormAttributes>();
    const float* x = context.inputs[0].data;
    float* y = context.outputs[0].data;
    float* mean = context.scratch.data();
    float* variance = mean + sizes.channels;
    float* scale = variance + sizes.channels;
    batch_moments(sizes, x, mean, variance);
    for (std::int32_t c = 0; c < sizes.channels; ++c) {
        scale[c] = channel_scale(context.inputs[1].data[c], variance[c], own.epsilon);
        const std::array<std::pair<float*, float>, 2> averages = {
            std::pair{context.inputs[kRunningMean].data + c, mean[c]},
            std::pair{context.inputs[kRunningVariance].data + c, variance[c]}};
        for (const auto& [average, latest] : averages) {
            *average = own.momentum * *average + (1.0f - own.momentum) * latest;
        }
    }
    const float* beta = context.inputs[2].data;
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        for (std::int32_t c = 0; c < sizes.channels; ++c) {
            y[c] = (x[c] - mean[c]) * scale[c] + beta[c];
        }
        x += sizes.channels;
        y += sizes.channels;
    }
}

void forward(const ForwardContext& context) {
    const NormalizationSizes sizes = normalization_sizes(*context.inputs[0].shape);
    if (sizes.rows == 0) return;
    if (context.mode.training) return forward_training(context, sizes);
    const float epsilon = context.attributes.as<BatchNormAttributes>().epsilon;
    const float* x = context.inputs[0].data;
    float* y = context.outputs[0].data;
    float* scale = context.scratch.data();
    float* shift = scale + sizes.channels;
    for (std::int32_t c = 0; c < sizes.channels; ++c) {
        scale[c] = channel_scale(context.inputs[1].data[c],
                                 context.inputs[kRunningVariance].data[c], epsilon);
        shift[c] = context.inputs[2].data[c] - context.inputs[kRunningMean].data[c] * scale[c];
    }
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        for (std::int32_t c = 0; c < sizes.channels; ++c) y[c] = x[c] * scale[c] + shift[c];
        x += sizes.channels;
        y += sizes.channels;
    }
}

// With h = (x - mean) r and r = 1 / sqrt(variance + epsilon) of each channel over N rows:
// dgamma = sum of dy h, dbeta = sum of dy, and dx = gamma r (dy - dbeta / N - h dgamma / N) while
// the moments are the batch's, gamma r dy while they are constants.
void backward(const BackwardContext& context) {
    const NormalizationSizes sizes = normalization_sizes(*context.inputs[0].shape);
    if (sizes.rows == 0) return;
    const float epsilon = context.attributes.as<BatchNormAttributes>().epsilon;
    const bool training = context.mode.training;
    const std::int32_t channels = sizes.channels;
    const float* x = context.inputs[0].data;
    const float* dy = context.output_gradients[0].data;
    float* mean = context.scratch.data();
    float* r = mean + channels;
    float* sum = r + channels;
    float* product = sum + channels;
    if (training) {
        batch_moments(sizes, x, mean, r);
    } else {
        std::copy_n(context.inputs[kRunningMean].data, channels, mean);
        std::copy_n(context.inputs[kRunningVariance].data, channels, r);
    }
    for (std::int32_t c = 0; c < channels; ++c) r[c] = channel_scale(1.0f, r[c], epsilon);
    sum_rows(sizes, sum, [&](std::ptrdiff_t i, std::int32_t) { return dy[i]; });
    sum_rows(sizes, product,
             [&](std::ptrdiff_t i, std::int32_t c) { return dy[i] * ((x[i] - mean[c]) * r[c]); });
    float* dgamma = context.input_gradients[1].data;
    float* dbeta = context.input_gradients[2].data;
    for (std::int32_t c = 0; c < channels; ++c) {
        if (dgamma != nullptr) dgamma[c] += product[c];
        if (dbeta != nullptr) dbeta[c] += sum[c];
        sum[c] = training ? sum[c] / static_cast<float>(sizes.rows) : 0.0f;
        product[c] = training ? product[c] / static_cast<float>(sizes.rows) : 0.0f;
    }
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    const float* gamma = context.inputs[1].data;
    for (std::int32_t n = 0; n < sizes.rows; ++n) {
        for (std::int32_t c = 0; c < channels; ++c) {
            const float h = (x[c] - mean[c]) * r[c];
            dx[c] += gamma[c] * r[c] * (dy[c] - sum[c] - h * product[c]);
        }
        x += channels;
        dy += channels;
        dx += channels;
    }
}

std::int64_t macs(NodeTensors tensors, const Attributes&) { return tensors.inputs[0]->elements(); }

Expansion expansion(NodeTensors tensors, const Attributes& attributes) {
    const ScaleAndShift folded =
        scale_and_shift(tensors.inputs, attributes.as<BatchNormAttributes>());
    const Shape shape = {static_cast<std::int32_t>(folded.scale.size())};
    return {.steps = {{OpKind::mul, Attributes::of(MulAttributes{}), {0, kExpansionConstant}},
                      {OpKind::add, Attributes::of(AddAttributes{}), {-1, kExpansionConstant + 1}}},
            .constants = {make_constant("scale", shape, folded.scale),
                          make_constant("shift", shape, folded.shift)}};
}

}  // namespace

ScaleAndShift scale_and_shift(std::span<const Tensor* const> inputs,
                              const BatchNormAttributes& attributes) {
    const std::span<const float> gamma = inputs[1]->as<float>();
    const std::span<const float> beta = inputs[2]->as<float>();
    const std::span<const float> mean = inputs[kRunningMean]->as<float>();
    const std::span<const float> variance = inputs[kRunningVariance]->as<float>();
    ScaleAndShift folded;
    for (std::size_t c = 0; c < gamma.size(); ++c) {
        folded.scale.push_back(channel_scale(gamma[c], variance[c], attributes.epsilon));
        folded.shift.push_back(beta[c] - mean[c] * folded.scale[c]);
    }
    return folded;
}

extern const OpDefinition batch_norm_definition;
const OpDefinition batch_norm_definition = {
    .kind = OpKind::batch_norm,
    .name = "batch_norm",
    .title = "Batch normalisation",
    .min_inputs = 5,
    .max_inputs = 5,
    .tflite = {.has_builtin = false},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .scratch_floats = scratch_floats,
    .macs = macs,
    .expansion = expansion,
    .averages = 1u << kRunningMean | 1u << kRunningVariance,
};

}  // namespace whittle
