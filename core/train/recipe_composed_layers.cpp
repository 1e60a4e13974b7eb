// Layers composed of several operators or of parameters of their own, and those that join tensors
// or move their elements.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/graph/blocks.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/dropout/attributes.h"
#include "core/train/recipe_layer_kinds.h"

namespace whittle {
namespace {

using Inputs = std::vector<int>;

constexpr JsonRange kUnits = {1, 65536};

template <int (*normalization)(GraphBuilder&, int)>
int make_normalization(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    // gamma, beta, mean and variance of each channel
    const std::int64_t weights = 4 * std::int64_t{maker.shape(inputs[0]).back()};
    return maker.block(
        fields, inputs[0], weights, element_count(maker.shape(inputs[0])),
        [&](GraphBuilder& builder, Random&) { return normalization(builder, inputs[0]); });
}

int make_dropout(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const float rate = fields.number("rate", {0.0, 0.99});
    return maker.apply(fields, OpKind::dropout, inputs, Attributes::of(DropoutAttributes{rate}));
}

constexpr std::size_t kMostJoined = 500;  // as a recipe has layers

// "axis" counts without the batch, as shapes do; the last one unless it is given.
int make_concat(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto last = static_cast<std::int64_t>(maker.shape(inputs[0]).size()) - 2;
    const std::int64_t axis = fields.whole("axis", {0, static_cast<double>(last)}, last);
    const ConcatAttributes attributes{static_cast<std::int32_t>(axis) + 1};
    return maker.apply(fields, OpKind::concat, inputs, Attributes::of(attributes));
}

constexpr JsonRange kPlaces = {0, 65536};

// Zeros around; an amount for each dimension, without the batch.
int make_pad(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    if (!fields.has("after")) {
        fields.require("before", "zeros before each dimension, without the batch: [1, 1, 0]");
    }
    const Shape& in = maker.shape(inputs[0]);
    const std::vector<std::int32_t> before = fields.sizes("before", in.size() - 1, kPlaces, 0);
    const std::vector<std::int32_t> after = fields.sizes("after", in.size() - 1, kPlaces, 0);
    Shape padded = in;
    for (std::size_t i = 0; i < before.size(); ++i) padded[i + 1] += before[i] + after[i];
    return maker.block(
        fields, inputs[0], 0, LayerMaker::bounded_count(padded),
        [&](GraphBuilder& builder, Random&) { return pad(builder, inputs[0], before, after); });
}

// "order" counts without the batch, as shapes do.
int make_transpose(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const Shape& in = maker.shape(inputs[0]);
    const std::size_t rank = in.size() - 1;
    const auto* list = fields.require("order", "each dimension once, without the batch: [1, 0]");
    if (list == nullptr) return inputs[0];
    const std::vector<std::int32_t> order =
        fields.sizes("order", rank, {0, static_cast<double>(rank) - 1});
    std::vector<std::int32_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < rank; ++i) {
        if (sorted[i] == static_cast<std::int32_t>(i)) continue;
        fields.problem().report(fields.place("order"),
                                "each of 0 to " + std::to_string(rank - 1) + " once", *list);
    }
    return maker.block(
        fields, inputs[0], 0, element_count(in),
        [&](GraphBuilder& builder, Random&) { return transpose(builder, inputs[0], order); });
}

// "begin" and "size" of each dimension, without the batch; a size of -1 takes the rest.
int make_slice(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    if (!fields.has("begin")) {
        fields.require("size", "elements of each dimension, without the batch; -1 for the rest");
    }
    const Shape& in = maker.shape(inputs[0]);
    const std::vector<std::int32_t> begin = fields.sizes("begin", in.size() - 1, kPlaces, 0);
    const std::vector<std::int32_t> size = fields.sizes("size", in.size() - 1, {-1, 65536}, -1);
    for (std::size_t i = 0; i < begin.size(); ++i) {
        const std::int32_t left = in[i + 1] - begin[i];
        const bool starts = left > 0;
        if (starts && (size[i] == -1 || (size[i] > 0 && size[i] <= left))) continue;
        const std::string entry = fields.place(starts ? "size" : "begin");
        fields.problem().report(
            {.place = json_item_place(entry, i),
             .expected = starts ? "1 to " + std::to_string(left) + ", or -1 for the rest"
                                : "0 to " + std::to_string(in[i + 1] - 1),
             .found = std::to_string(starts ? size[i] : begin[i])});
    }
    return maker.block(
        fields, inputs[0], 0, element_count(in),
        [&](GraphBuilder& builder, Random&) { return slice(builder, inputs[0], begin, size); });
}

using Recurrent = int (*)(GraphBuilder&, int, std::int32_t, bool, Random&);

template <Recurrent recurrent, int gates>
int make_recurrent(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto units = static_cast<std::int32_t>(fields.whole("units", kUnits));
    const bool sequences = fields.flag("sequences", false);
    if (!maker.is_sequence(fields, inputs[0])) return inputs[0];
    const Shape& in = maker.shape(inputs[0]);
    const std::int64_t weights = std::int64_t{gates} * units * (std::int64_t{in[2]} + units + 1);
    return maker.block(fields, inputs[0], weights, std::int64_t{in[1]} * units,
                       [&](GraphBuilder& builder, Random& random) {
                           return recurrent(builder, inputs[0], units, sequences, random);
                       });
}

// Steps times steps, or steps times features, whichever is more.
std::int64_t largest_of_attention(std::int64_t queries, std::int64_t keys, std::int64_t features) {
    return std::max({queries * keys, queries * features, keys * features});
}

int make_self_attention(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto features = static_cast<std::int32_t>(fields.whole("features", kUnits));
    const bool scaled = fields.flag("scaled", true);
    if (!maker.is_sequence(fields, inputs[0])) return inputs[0];
    const Shape& in = maker.shape(inputs[0]);
    return maker.block(fields, inputs[0], std::int64_t{3} * features * in[2],
                       largest_of_attention(in[1], in[1], features),
                       [&](GraphBuilder& builder, Random& random) {
                           return self_attention(builder, inputs[0], features, scaled, random);
                       });
}

bool is_shape(LayerMaker& maker,
              JsonFields& fields,
              const Inputs& inputs,
              std::size_t input,
              const Shape& expected) {
    const Shape& found = maker.shape(inputs[input]);
    if (found == expected) return true;
    fields.problem().report({.place = json_item_place(fields.place("inputs"), input),
                             .expected = "an input of shape " + to_string(expected),
                             .found = to_string(found)});
    return false;
}

// Inputs: queries [N, Q, D], keys [N, K, D], values [N, K, E].
int make_attention(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const bool scaled = fields.flag("scaled", true);
    for (const int input : inputs) {
        if (!maker.is_sequence(fields, input)) return inputs[0];
    }
    const Shape queries = maker.shape(inputs[0]);
    const Shape keys = maker.shape(inputs[1]);
    const std::int32_t value_features = maker.shape(inputs[2])[2];
    if (!is_shape(maker, fields, inputs, 1, {1, keys[1], queries[2]}) ||
        !is_shape(maker, fields, inputs, 2, {1, keys[1], value_features})) {
        return inputs[0];
    }
    return maker.block(
        fields, inputs[0], 0,
        largest_of_attention(queries[1], keys[1], std::max(queries[2], value_features)),
        [&](GraphBuilder& builder, Random&) {
            return attention(builder, inputs[0], inputs[1], inputs[2], scaled);
        });
}

constexpr JsonRange kStrides = {1, 1024};

std::int64_t rounded_up(std::int64_t size, std::int64_t stride) {
    return (size + stride - 1) / stride;
}

int make_residual(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const std::int64_t filters = fields.whole("filters", kUnits);
    const std::int64_t stride = fields.whole("stride", kStrides, 1);
    if (!maker.is_image(fields, inputs[0])) return inputs[0];
    const Shape& in = maker.shape(inputs[0]);
    // Weights and biases of three convolutions, and what each normalisation keeps.
    const std::int64_t weights = filters * (9 * in[3] + 9 * filters + in[3] + 3 * (1 + 4));
    return maker.block(
        fields, inputs[0], weights, rounded_up(in[1], stride) * rounded_up(in[2], stride) * filters,
        [&](GraphBuilder& builder, Random& random) {
            return residual_block(builder, inputs[0], static_cast<std::int32_t>(filters),
                                  static_cast<std::int32_t>(stride), random);
        });
}

int make_conv_pool(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    ConvolutionPool block;
    block.filters = static_cast<std::int32_t>(fields.whole("filters", kUnits));
    block.kernel = static_cast<std::int32_t>(fields.whole("kernel", kStrides, block.kernel));
    block.stride = static_cast<std::int32_t>(fields.whole("stride", kStrides, block.stride));
    block.pool = static_cast<std::int32_t>(fields.whole("pool", kStrides, block.pool));
    if (!maker.is_image(fields, inputs[0])) return inputs[0];
    const Shape& in = maker.shape(inputs[0]);
    const std::int64_t height = rounded_up(in[1], block.stride);
    const std::int64_t width = rounded_up(in[2], block.stride);
    if (block.pool > std::min(height, width)) {
        fields.problem().report({.place = fields.place("pool"),
                                 .expected = "at most the " +
                                             std::to_string(std::min(height, width)) +
                                             " pixels that the convolution leaves",
                                 .found = std::to_string(block.pool)});
    }
    const std::int64_t taps = std::int64_t{block.kernel} * block.kernel;
    return maker.block(fields, inputs[0], block.filters * (taps * in[3] + 1),
                       height * width * block.filters, [&](GraphBuilder& builder, Random& random) {
                           return convolution_pool_block(builder, inputs[0], block, random);
                       });
}

}  // namespace

std::vector<LayerKind> composed_layer_kinds() {
    return {
        kind_of("batch-norm", {}, make_normalization<batch_norm>),
        kind_of("layer-norm", {}, make_normalization<layer_norm>),
        kind_of("dropout", {"rate"}, make_dropout),
        kind_of("concat", {"axis"}, make_concat, 2, kMostJoined),
        kind_of("pad", {"before", "after"}, make_pad),
        kind_of("transpose", {"order"}, make_transpose),
        kind_of("slice", {"begin", "size"}, make_slice),
        kind_of("residual", {"filters", "stride"}, make_residual),
        kind_of("conv-pool", {"filters", "kernel", "stride", "pool"}, make_conv_pool),
        kind_of("gru", {"units", "sequences"}, make_recurrent<gru, 3>),
        kind_of("lstm", {"units", "sequences"}, make_recurrent<lstm, 4>),
        kind_of("self-attention", {"features", "scaled"}, make_self_attention),
        kind_of("attention", {"scaled"}, make_attention, 3, 3),
    };
}

}  // namespace whittle
