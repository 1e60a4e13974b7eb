#include "core/graph/blocks.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/base/exact_math.h"
#include "core/ops/add/attributes.h"
#include "core/ops/batch_matmul/attributes.h"
#include "core/ops/batch_norm/attributes.h"
#include "core/ops/dropout/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/gru/attributes.h"
#include "core/ops/layer_norm/attributes.h"
#include "core/ops/lstm/attributes.h"
#include "core/ops/lstm/inputs.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/slice/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/strided_slice/attributes.h"
#include "core/ops/transpose/attributes.h"

namespace whittle {

namespace {

const Shape& shape_of(const GraphBuilder& builder, int tensor) {
    return builder.graph().tensor(tensor).shape;
}

std::string next_name(const GraphBuilder& builder, const char* layer) {
    return layer + std::to_string(builder.graph().nodes.size());
}

int filled_parameter(GraphBuilder& builder,
                     const std::string& name,
                     std::int32_t count,
                     float value) {
    return builder.parameter(name, {count},
                             std::vector<float>(static_cast<std::size_t>(count), value));
}

// The last of T steps: [N, T, F] to [N, F].
int last_step(GraphBuilder& builder, int input) {
    StridedSliceAttributes last{{0, -1, 0}, {0, 0, 0}, {1, 1, 1}, 3};
    last.begin_mask = last.end_mask = 1 | 1 << 2;
    last.shrink_mask = 1 << 1;
    return builder.apply(
        OpKind::strided_slice,
        {input, builder.indices("last_begin", {0, -1, 0}), builder.indices("last_end", {0, 0, 0}),
         builder.indices("last_strides", {1, 1, 1})},
        Attributes::of(last));
}

int projection(GraphBuilder& builder, int input, std::int32_t features, Random& random) {
    const std::int32_t inputs = shape_of(builder, input).back();
    const int weights = builder.weights(next_name(builder, "projection") + "/weights",
                                        {features, inputs}, inputs, features, random);
    return builder.apply(OpKind::fully_connected, {input, weights},
                         Attributes::of(FullyConnectedAttributes{Activation::none, true}));
}

// A convolution and its batch normalisation.
int normalized_convolution(GraphBuilder& builder,
                           int input,
                           std::int32_t filters,
                           std::int32_t kernel,
                           std::int32_t stride,
                           Random& random) {
    const Conv2dAttributes steps{Activation::none, {Padding::same, stride, stride}};
    return batch_norm(builder, builder.conv2d(input, filters, kernel, kernel, steps, random));
}

}  // namespace

int layer_norm(GraphBuilder& builder, int input) {
    const std::string name = next_name(builder, "layer_norm");
    const std::int32_t channels = shape_of(builder, input).back();
    const int gamma = filled_parameter(builder, name + "/gamma", channels, 1.0f);
    const int beta = filled_parameter(builder, name + "/beta", channels, 0.0f);
    return builder.apply(OpKind::layer_norm, {input, gamma, beta},
                         Attributes::of(LayerNormAttributes{}));
}

int batch_norm(GraphBuilder& builder, int input) {
    const std::string name = next_name(builder, "batch_norm");
    const std::int32_t channels = shape_of(builder, input).back();
    const int gamma = filled_parameter(builder, name + "/gamma", channels, 1.0f);
    const int beta = filled_parameter(builder, name + "/beta", channels, 0.0f);
    const std::vector<float> zeros(static_cast<std::size_t>(channels), 0.0f);
    const std::vector<float> ones(static_cast<std::size_t>(channels), 1.0f);
    const int mean = builder.constant(name + "/mean", {channels}, zeros);
    const int variance = builder.constant(name + "/variance", {channels}, ones);
    return builder.apply(OpKind::batch_norm, {input, gamma, beta, mean, variance},
                         Attributes::of(BatchNormAttributes{}));
}

int dropout(GraphBuilder& builder, int input, float rate) {
    return builder.apply(OpKind::dropout, {input}, Attributes::of(DropoutAttributes{rate}));
}

int lstm(GraphBuilder& builder, int input, std::int32_t units, bool sequences, Random& random) {
    assert(shape_of(builder, input).size() == 3);
    const std::string name = next_name(builder, "lstm");
    const std::int32_t batch = shape_of(builder, input)[0];
    const std::int32_t features = shape_of(builder, input)[2];
    std::vector<int> inputs(kLstmInputs, kNoTensor);
    inputs[0] = input;
    static constexpr const char* kGates[kLstmGates] = {"/input", "/forget", "/cell", "/output"};
    for (std::size_t g = 0; g < kLstmGates; ++g) {
        const std::string gate = name + kGates[g];
        inputs[kLstmWeights + g] =
            builder.weights(gate + "/weights", {units, features}, features, units, random);
        inputs[kLstmRecurrent + g] =
            builder.weights(gate + "/recurrent", {units, units}, units, units, random);
        inputs[kLstmBias + g] =
            filled_parameter(builder, gate + "/bias", units, g == 1 ? 1.0f : 0.0f);
    }
    inputs[kLstmHidden] = builder.variable(name + "/hidden", {batch, units});
    inputs[kLstmCell] = builder.variable(name + "/cell", {batch, units});
    const int output =
        builder.apply(OpKind::lstm, std::move(inputs), Attributes::of(LstmAttributes{}));
    return sequences ? output : last_step(builder, output);
}

int gru(GraphBuilder& builder, int input, std::int32_t units, bool sequences, Random& random) {
    assert(shape_of(builder, input).size() == 3);
    const std::string name = next_name(builder, "gru");
    const std::int32_t features = shape_of(builder, input)[2];
    const int weights =
        builder.weights(name + "/weights", {3 * units, features}, features, units, random);
    const int bias = filled_parameter(builder, name + "/bias", 3 * units, 0.0f);
    const int gates = builder.weights(name + "/gates", {2 * units, units}, units, units, random);
    const int candidate =
        builder.weights(name + "/candidate", {units, units}, units, units, random);
    return builder.apply(OpKind::gru, {input, weights, bias, gates, candidate},
                         Attributes::of(GruAttributes{sequences}));
}

int attention(GraphBuilder& builder, int queries, int keys, int values, bool scaled) {
    const std::int32_t depth = shape_of(builder, queries).back();
    const BatchMatmulAttributes by_transposed{false, true};
    int scores =
        builder.apply(OpKind::batch_matmul, {queries, keys}, Attributes::of(by_transposed));
    if (scaled) {
        const std::array<float, 1> factor = {1.0f / whittle_sqrtf(static_cast<float>(depth))};
        const int scale = builder.constant(next_name(builder, "attention") + "/scale", {1}, factor);
        scores = builder.apply(OpKind::mul, {scores, scale}, Attributes::of(MulAttributes{}));
    }
    const int shares =
        builder.apply(OpKind::softmax, {scores}, Attributes::of(SoftmaxAttributes{}));
    return builder.apply(OpKind::batch_matmul, {shares, values},
                         Attributes::of(BatchMatmulAttributes{}));
}

int self_attention(
    GraphBuilder& builder, int input, std::int32_t features, bool scaled, Random& random) {
    const int queries = projection(builder, input, features, random);
    const int keys = projection(builder, input, features, random);
    const int values = projection(builder, input, features, random);
    return attention(builder, queries, keys, values, scaled);
}

std::int64_t transposed_size(std::int64_t size,
                             std::int32_t kernel,
                             std::int32_t stride,
                             Padding padding) {
    return size * stride + (padding == Padding::valid ? std::max(kernel - stride, 0) : 0);
}

int transpose_conv2d(GraphBuilder& builder,
                     int input,
                     std::int32_t filters,
                     std::int32_t kernel_height,
                     std::int32_t kernel_width,
                     const Conv2dAttributes& attributes,
                     Random& random) {
    const Shape in = shape_of(builder, input);
    assert(in.size() == 4);
    const std::string name = next_name(builder, "transpose_conv");
    const WindowSteps& steps = attributes.steps;
    const std::int32_t taps = kernel_height * kernel_width;
    const int shape = builder.indices(
        name + "/shape", {1,
                          static_cast<std::int32_t>(transposed_size(
                              in[1], kernel_height, steps.stride_height, steps.padding)),
                          static_cast<std::int32_t>(transposed_size(
                              in[2], kernel_width, steps.stride_width, steps.padding)),
                          filters});
    const int weights =
        builder.weights(name + "/weights", {filters, kernel_height, kernel_width, in[3]},
                        taps * in[3], taps * filters, random);
    const int bias = filled_parameter(builder, name + "/bias", filters, 0.0f);
    return builder.apply(OpKind::transpose_conv, {shape, weights, input, bias},
                         Attributes::of(attributes));
}

int pad(GraphBuilder& builder,
        int input,
        const std::vector<std::int32_t>& before,
        const std::vector<std::int32_t>& after) {
    const std::string name = next_name(builder, "pad");
    PadAttributes own;
    std::vector<std::int32_t> amounts = {0, 0};
    for (std::size_t i = 0; i < before.size(); ++i) {
        amounts.insert(amounts.end(), {before[i], after[i]});
        own.before[i + 1] = before[i];
        own.after[i + 1] = after[i];
    }
    const Shape shape = {static_cast<std::int32_t>(before.size()) + 1, 2};
    return builder.apply(OpKind::pad, {input, builder.indices(name + "/amounts", amounts, shape)},
                         Attributes::of(own));
}

int transpose(GraphBuilder& builder, int input, const std::vector<std::int32_t>& order) {
    const std::string name = next_name(builder, "transpose");
    TransposeAttributes own;
    std::vector<std::int32_t> with_batch = {0};
    for (const std::int32_t dimension : order) {
        own.order[with_batch.size()] = static_cast<std::int8_t>(dimension + 1);
        with_batch.push_back(dimension + 1);
    }
    return builder.apply(OpKind::transpose, {input, builder.indices(name + "/order", with_batch)},
                         Attributes::of(own));
}

int slice(GraphBuilder& builder,
          int input,
          const std::vector<std::int32_t>& begin,
          const std::vector<std::int32_t>& size) {
    const std::string name = next_name(builder, "slice");
    std::vector<std::int32_t> all_begin = {0}, all_size = {-1};
    all_begin.insert(all_begin.end(), begin.begin(), begin.end());
    all_size.insert(all_size.end(), size.begin(), size.end());
    SliceAttributes own;
    std::copy(all_begin.begin(), all_begin.end(), own.begin.begin());
    std::copy(all_size.begin(), all_size.end(), own.size.begin());
    const int first = builder.indices(name + "/begin", all_begin);
    const int count = builder.indices(name + "/size", all_size);
    return builder.apply(OpKind::slice, {input, first, count}, Attributes::of(own));
}

int residual_block(
    GraphBuilder& builder, int input, std::int32_t filters, std::int32_t stride, Random& random) {
    int x = normalized_convolution(builder, input, filters, 3, stride, random);
    x = builder.apply(OpKind::relu, {x});
    x = normalized_convolution(builder, x, filters, 3, 1, random);
    const bool same = stride == 1 && shape_of(builder, input).back() == filters;
    const int shortcut =
        same ? input : normalized_convolution(builder, input, filters, 1, stride, random);
    return builder.apply(OpKind::add, {x, shortcut},
                         Attributes::of(AddAttributes{Activation::relu}));
}

int convolution_pool_block(GraphBuilder& builder,
                           int input,
                           const ConvolutionPool& settings,
                           Random& random) {
    const Conv2dAttributes convolution{Activation::relu,
                                       {Padding::same, settings.stride, settings.stride}};
    const int x = builder.conv2d(input, settings.filters, settings.kernel, settings.kernel,
                                 convolution, random);
    if (settings.pool == 1) return x;
    const PoolAttributes pool{Activation::none,
                              settings.pool,
                              settings.pool,
                              {Padding::valid, settings.pool, settings.pool}};
    return builder.apply(OpKind::max_pool2d, {x}, Attributes::of(pool));
}

}  // namespace whittle
