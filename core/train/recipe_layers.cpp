#include "core/train/recipe_layers.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/ops/add/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/sub/attributes.h"
#include "core/train/wave_model.h"

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

LayerKind kind_of(std::string_view name,
                  std::vector<std::string_view> fields,
                  decltype(LayerKind::make) make,
                  std::size_t inputs = 1) {
    fields.insert(fields.end(), {"layer", "name", "inputs"});
    return {name, std::move(fields), inputs, inputs, make};
}

const std::vector<LayerKind>& layer_kinds() {
    static const std::vector<LayerKind> kinds = {
        kind_of("dense", {"units", "activation", "kinks"}, make_dense),
        kind_of("conv2d", {"filters", "kernel", "stride", "dilation", "padding", "activation"},
                make_conv2d),
        kind_of("depthwise-conv2d",
                {"multiplier", "kernel", "stride", "dilation", "padding", "activation"},
                make_depthwise),
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
        kind_of("softmax", {}, make_softmax),
        kind_of("add", {"activation"}, make_binary<OpKind::add, AddAttributes>, 2),
        kind_of("sub", {"activation"}, make_binary<OpKind::sub, SubAttributes>, 2),
        kind_of("mul", {"activation"}, make_binary<OpKind::mul, MulAttributes>, 2),
    };
    return kinds;
}

// A tensor of that shape, for checks alone.
Tensor weights_of(const Shape& shape) {
    Tensor tensor;
    tensor.shape = shape;
    tensor.constant = true;
    return tensor;
}

}  // namespace

LayerMaker::LayerMaker(const std::string& name,
                       Initialization initialization,
                       std::uint64_t seed,
                       JsonProblem& problem)
    : builder_(name, initialization), random_(seed, kWeightsStream), problem_(problem) {}

std::int64_t LayerMaker::bounded_count(const Shape& shape) {
    std::int64_t count = 1;
    for (const std::int32_t size : shape) count = std::min(count * size, kMaxElements + 1);
    return count;
}

bool LayerMaker::is_image(JsonFields& at, int input) {
    if (shape(input).size() == 4) return true;
    problem_.report({.place = at.place("layer"),
                     .expected = "an input of height, width and channels",
                     .found = "one of shape " + to_string(shape(input)),
                     .hint = "a layer \"reshape\" before it makes one"});
    return false;
}

// Shapes begin with a batch of 1.
bool LayerMaker::is_small_enough(JsonFields& at, int tensor) {
    const std::int64_t values = element_count(shape(tensor));
    if (values <= kMaxElements) return true;
    problem_.report({.place = at.place("layer"),
                     .expected = "at most " + std::to_string(kMaxElements) + " values",
                     .found = std::to_string(values)});
    return false;
}

int LayerMaker::apply(JsonFields& at,
                      OpKind op,
                      const std::vector<int>& inputs,
                      Attributes attributes) {
    if (problem_.found()) return inputs[0];
    const Status status = builder_.fits(op, inputs, attributes);
    if (!status.ok()) {
        Error error = status.error();
        error.place = at.place("layer") + (error.place.empty() ? "" : ", " + error.place);
        problem_.report(error);
        return inputs[0];
    }
    const int output = builder_.apply(op, inputs, attributes);
    return is_small_enough(at, output) ? output : inputs[0];
}

bool LayerMaker::fits_with_weights(JsonFields& at,
                                   OpKind op,
                                   int input,
                                   const Shape& weights,
                                   std::int32_t outputs,
                                   const Attributes& attributes) {
    if (problem_.found()) return false;
    const std::int64_t count = bounded_count(weights);
    if (weights_ + count > kMaxElements) {
        problem_.report(
            {.place = at.place("layer"),
             .expected = "a model of at most " + std::to_string(kMaxElements) + " weights",
             .found = "more"});
        return false;
    }
    const Tensor matrix = weights_of(weights);
    const Tensor bias = weights_of({outputs});
    const std::array<const Tensor*, 3> inputs = {&builder_.graph().tensor(input), &matrix, &bias};
    const auto inferred = definition_of(op).infer(inputs, attributes);
    if (!inferred.ok()) {
        Error error = inferred.error();
        error.place = at.place("layer") + (error.place.empty() ? "" : ", " + error.place);
        problem_.report(error);
        return false;
    }
    if (element_count(inferred->front().shape) > kMaxElements) {
        problem_.report({.place = at.place("layer"),
                         .expected = "at most " + std::to_string(kMaxElements) + " values",
                         .found = to_string(inferred->front().shape)});
        return false;
    }
    weights_ += count;
    return true;
}

int LayerMaker::dense(JsonFields& at, int input, std::int32_t units, Activation activation) {
    const Shape& in = shape(input);
    if (in.size() != 2) {
        problem_.report({.place = at.place("layer"),
                         .expected = "an input that is a row of values",
                         .found = "one of shape " + to_string(in),
                         .hint = "a layer \"flatten\" before it makes one"});
        return input;
    }
    const Attributes attributes =
        Attributes::of(FullyConnectedAttributes{.activation = activation});
    if (!fits_with_weights(at, OpKind::fully_connected, input, {units, in.back()}, units,
                           attributes)) {
        return input;
    }
    return builder_.fully_connected(input, units, activation, random_);
}

int LayerMaker::conv2d(JsonFields& at,
                       int input,
                       std::int32_t filters,
                       const std::vector<std::int32_t>& kernel,
                       const Conv2dAttributes& attributes) {
    if (!is_image(at, input)) return input;
    const Shape weights = {filters, kernel[0], kernel[1], shape(input).back()};
    if (!fits_with_weights(at, OpKind::conv2d, input, weights, filters,
                           Attributes::of(attributes))) {
        return input;
    }
    return builder_.conv2d(input, filters, kernel[0], kernel[1], attributes, random_);
}

int LayerMaker::depthwise(JsonFields& at,
                          int input,
                          std::int32_t multiplier,
                          const std::vector<std::int32_t>& kernel,
                          const Conv2dAttributes& attributes) {
    if (!is_image(at, input)) return input;
    const std::int64_t channels = std::int64_t{multiplier} * shape(input).back();
    const auto outputs = static_cast<std::int32_t>(std::min(channels, kMaxElements));
    Conv2dAttributes with_multiplier = attributes;
    with_multiplier.depth_multiplier = multiplier;
    if (!fits_with_weights(at, OpKind::depthwise_conv2d, input, {1, kernel[0], kernel[1], outputs},
                           outputs, Attributes::of(with_multiplier))) {
        return input;
    }
    return builder_.depthwise_conv2d(input, multiplier, kernel[0], kernel[1], attributes, random_);
}

void LayerMaker::spread_kinks_later(float low, float high) {
    kinks_.push_back({builder_.graph().nodes.size() - 1, low, high});
}

Graph LayerMaker::finish(int output) && {
    Graph graph = std::move(builder_).finish({output});
    for (const Kinks& kinks : kinks_) {
        spread_kinks(graph, kinks.node, kinks.low, kinks.high, random_);
    }
    return graph;
}

const LayerKind* layer_kind(const nlohmann::json& layer,
                            const std::string& place,
                            JsonProblem& problem) {
    if (!layer.is_object()) {
        problem.report(place, "a layer { \"layer\": ... }", layer);
        return nullptr;
    }
    std::vector<std::string_view> names;
    for (const LayerKind& kind : layer_kinds()) names.push_back(kind.name);
    std::vector<std::string_view> all_fields;
    for (const auto& [name, value] : layer.items()) all_fields.push_back(name);
    JsonFields fields(layer, place, all_fields, problem);
    const std::size_t chosen = fields.choice("layer", names);
    return problem.found() ? nullptr : &layer_kinds()[chosen];
}

}  // namespace whittle
