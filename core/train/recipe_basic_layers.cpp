// Layers that are one operator with its weights, or a few without.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/graph/blocks.h"
#include "core/ops/add/attributes.h"
#include "core/ops/leaky_relu/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/sub/attributes.h"
#include "core/train/recipe_layer_kinds.h"

namespace whittle {
namespace {

using Inputs = std::vector<int>;

constexpr JsonRange kSizes = {1, 65536};
constexpr JsonRange kSteps = {1, 1024};

// Activations by name: fused into the layer, or an operator behind it.
struct NamedActivation {
    std::string_view name;
    Activation fused;
    std::optional<OpKind> behind;
};
constexpr std::array kActivations = {
    NamedActivation{"none", Activation::none, std::nullopt},
    NamedActivation{"relu", Activation::relu, std::nullopt},
    NamedActivation{"relu6", Activation::relu6, std::nullopt},
    NamedActivation{"tanh", Activation::none, OpKind::tanh},
    NamedActivation{"sigmoid", Activation::none, OpKind::logistic},
    NamedActivation{"silu", Activation::none, OpKind::silu},
    NamedActivation{"hard-swish", Activation::none, OpKind::hard_swish},
};

const NamedActivation& read_activation(JsonFields& fields) {
    std::array<std::string_view, kActivations.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kActivations[i].name;
    return kActivations[fields.choice("activation", names, 0)];
}

int activated(LayerMaker& maker, JsonFields& fields, int layer, const NamedActivation& activation) {
    return activation.behind ? maker.apply(fields, *activation.behind, {layer}) : layer;
}

constexpr std::array<std::string_view, 2> kPaddings = {"same", "valid"};

WindowSteps read_steps(JsonFields& fields, std::int32_t stride, Padding padding) {
    const std::vector<std::int32_t> strides = fields.sizes("stride", 2, kSteps, stride);
    const std::vector<std::int32_t> dilations = fields.sizes("dilation", 2, kSteps, 1);
    const std::size_t standard = padding == Padding::same ? 0 : 1;
    const bool same = fields.choice("padding", kPaddings, standard) == 0;
    return {same ? Padding::same : Padding::valid, strides[0], strides[1], dilations[0],
            dilations[1]};
}

int make_dense(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto units = static_cast<std::int32_t>(fields.whole("units", kSizes));
    const NamedActivation& activation = read_activation(fields);
    const int layer = maker.dense(fields, inputs[0], units, activation.fused);
    if (fields.has("kinks") && !fields.problem().found()) {
        const std::vector<float> range = fields.numbers("kinks", {-1e6, 1e6});
        if (range.size() != 2 || maker.shape(inputs[0]).back() != 1) {
            fields.problem().report(fields.place("kinks"),
                                    "[low, high], of a layer with one input value",
                                    *fields.find("kinks"));
            return layer;
        }
        maker.spread_kinks_later(range[0], range[1]);
    }
    return activated(maker, fields, layer, activation);
}

int make_conv2d(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto filters = static_cast<std::int32_t>(fields.whole("filters", kSizes));
    const std::vector<std::int32_t> kernel = fields.sizes("kernel", 2, kSteps);
    const NamedActivation& activation = read_activation(fields);
    const WindowSteps steps = read_steps(fields, 1, Padding::valid);
    const int layer = maker.conv2d(fields, inputs[0], filters, kernel, {activation.fused, steps});
    return activated(maker, fields, layer, activation);
}

int make_depthwise(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto multiplier = static_cast<std::int32_t>(fields.whole("multiplier", {1, 256}, 1));
    const std::vector<std::int32_t> kernel = fields.sizes("kernel", 2, kSteps);
    const NamedActivation& activation = read_activation(fields);
    const WindowSteps steps = read_steps(fields, 1, Padding::valid);
    const int layer =
        maker.depthwise(fields, inputs[0], multiplier, kernel, {activation.fused, steps});
    return activated(maker, fields, layer, activation);
}

int make_transpose_conv(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto filters = static_cast<std::int32_t>(fields.whole("filters", kSizes));
    const std::vector<std::int32_t> kernel = fields.sizes("kernel", 2, kSteps);
    const NamedActivation& activation = read_activation(fields);
    const WindowSteps steps = read_steps(fields, 1, Padding::valid);
    if (!maker.is_image(fields, inputs[0])) return inputs[0];
    const Shape& in = maker.shape(inputs[0]);
    const std::int64_t taps = std::int64_t{kernel[0]} * kernel[1];
    const std::int64_t pixels =
        transposed_size(in[1], kernel[0], steps.stride_height, steps.padding) *
        transposed_size(in[2], kernel[1], steps.stride_width, steps.padding);
    const int layer =
        maker.block(fields, inputs[0], filters * (taps * in[3] + 1), pixels * filters,
                    [&](GraphBuilder& builder, Random& random) {
                        return transpose_conv2d(builder, inputs[0], filters, kernel[0], kernel[1],
                                                {activation.fused, steps}, random);
                    });
    return activated(maker, fields, layer, activation);
}

template <OpKind op>
int make_pool(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    if (!maker.is_image(fields, inputs[0])) return inputs[0];
    const std::vector<std::int32_t> size = fields.sizes("size", 2, kSteps);
    PoolAttributes pool;
    pool.kernel_height = size[0];
    pool.kernel_width = size[1];
    pool.steps = read_steps(fields, size[0], Padding::valid);
    if (!fields.has("stride")) pool.steps.stride_width = size[1];
    return maker.apply(fields, op, inputs, Attributes::of(pool));
}

int reshape_to(LayerMaker& maker, JsonFields& fields, int input, const Shape& shape) {
    ReshapeAttributes attributes;
    attributes.rank = static_cast<std::int32_t>(shape.size());
    std::copy(shape.begin(), shape.end(), attributes.dimensions.begin());
    return maker.apply(fields, OpKind::reshape, {input}, Attributes::of(attributes));
}

int make_flatten(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const auto values = static_cast<std::int32_t>(element_count(maker.shape(inputs[0])));
    return reshape_to(maker, fields, inputs[0], {1, values});
}

// The mean of each channel, as a row: [N, C].
int make_global_average(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    if (!maker.is_image(fields, inputs[0])) return inputs[0];
    const Shape image = maker.shape(inputs[0]);
    PoolAttributes pool;
    pool.kernel_height = image[1];
    pool.kernel_width = image[2];
    const int mean = maker.apply(fields, OpKind::average_pool2d, inputs, Attributes::of(pool));
    return reshape_to(maker, fields, mean, {1, image[3]});
}

int make_reshape(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const nlohmann::json* list = fields.require("shape", "a list of sizes, without the batch");
    if (list == nullptr) return inputs[0];
    if (!list->is_array() || list->empty() || list->size() > 4) {
        fields.problem().report(fields.place("shape"), "a list of 1 to 4 sizes", *list);
        return inputs[0];
    }
    Shape shape = fields.sizes("shape", list->size(), kSizes);
    if (LayerMaker::bounded_count(shape) != element_count(maker.shape(inputs[0]))) {
        fields.problem().report(fields.place("shape"),
                                "a shape of the " +
                                    std::to_string(element_count(maker.shape(inputs[0]))) +
                                    " values that come in",
                                *list);
        return inputs[0];
    }
    shape.insert(shape.begin(), 1);
    return reshape_to(maker, fields, inputs[0], shape);
}

template <OpKind op>
int make_plain(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    return maker.apply(fields, op, inputs);
}

template <OpKind op, class AttributesOfOp>
int make_binary(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const NamedActivation& activation = read_activation(fields);
    const Attributes attributes = Attributes::of(AttributesOfOp{activation.fused});
    return activated(maker, fields, maker.apply(fields, op, inputs, attributes), activation);
}

int make_softmax(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    return maker.apply(fields, OpKind::softmax, inputs, Attributes::of(SoftmaxAttributes{}));
}

int make_leaky_relu(LayerMaker& maker, JsonFields& fields, const Inputs& inputs) {
    const LeakyReluAttributes attributes{fields.number("slope", {0.0, 1.0}, 0.01f)};
    return maker.apply(fields, OpKind::leaky_relu, inputs, Attributes::of(attributes));
}

}  // namespace

std::vector<LayerKind> basic_layer_kinds() {
    return {
        kind_of("dense", {"units", "activation", "kinks"}, make_dense),
        kind_of("conv2d", {"filters", "kernel", "stride", "dilation", "padding", "activation"},
                make_conv2d),
        kind_of("depthwise-conv2d",
                {"multiplier", "kernel", "stride", "dilation", "padding", "activation"},
                make_depthwise),
        kind_of("transpose-conv", {"filters", "kernel", "stride", "padding", "activation"},
                make_transpose_conv),
        kind_of("max-pool", {"size", "stride", "padding"}, make_pool<OpKind::max_pool2d>),
        kind_of("average-pool", {"size", "stride", "padding"}, make_pool<OpKind::average_pool2d>),
        kind_of("global-average", {}, make_global_average),
        kind_of("flatten", {}, make_flatten),
        kind_of("reshape", {"shape"}, make_reshape),
        kind_of("relu", {}, make_plain<OpKind::relu>),
        kind_of("relu6", {}, make_plain<OpKind::relu6>),
        kind_of("tanh", {}, make_plain<OpKind::tanh>),
        kind_of("sigmoid", {}, make_plain<OpKind::logistic>),
        kind_of("silu", {}, make_plain<OpKind::silu>),
        kind_of("hard-swish", {}, make_plain<OpKind::hard_swish>),
        kind_of("leaky-relu", {"slope"}, make_leaky_relu),
        kind_of("softmax", {}, make_softmax),
        kind_of("log-softmax", {}, make_plain<OpKind::log_softmax>),
        kind_of("add", {"activation"}, make_binary<OpKind::add, AddAttributes>, 2),
        kind_of("sub", {"activation"}, make_binary<OpKind::sub, SubAttributes>, 2),
        kind_of("mul", {"activation"}, make_binary<OpKind::mul, MulAttributes>, 2),
    };
}

}  // namespace whittle
