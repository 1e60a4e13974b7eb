// Layers composed of several operators or of parameters of their own, and those that join tensors.
#include <algorithm>

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

// "axis" counts without the batch, as shapes do; the last one unless it is given.
int make_concat(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto last = static_cast<std::int64_t>(maker.shape(inputs[0]).size()) - 2;
    const std::int64_t axis = fields.whole("axis", {0, static_cast<double>(last)}, last);
    const ConcatAttributes attributes{static_cast<std::int32_t>(axis) + 1};
    return maker.apply(fields, OpKind::concat, inputs, Attributes::of(attributes));
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

}  // namespace

std::vector<LayerKind> composed_layer_kinds() {
    return {
        kind_of("batch-norm", {}, make_normalization<batch_norm>),
        kind_of("layer-norm", {}, make_normalization<layer_norm>),
        kind_of("dropout", {"rate"}, make_dropout),
        kind_of("concat", {"axis"}, make_concat, 2, 16),
        kind_of("gru", {"units", "sequences"}, make_recurrent<gru, 3>),
        kind_of("lstm", {"units", "sequences"}, make_recurrent<lstm, 4>),
        kind_of("self-attention", {"features", "scaled"}, make_self_attention),
        kind_of("attention", {"scaled"}, make_attention, 3, 3),
    };
}

}  // namespace whittle
