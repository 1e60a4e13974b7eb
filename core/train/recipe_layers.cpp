#include "core/train/recipe_layers.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/train/recipe.h"
#include "core/train/recipe_layer_kinds.h"
#include "core/train/wave_model.h"

namespace whittle {
namespace {

constexpr std::array<std::string_view, 3> kCommonFields = {"layer", "name", "inputs"};

const std::vector<LayerKind>& layer_kinds() {
    static const std::vector<LayerKind> kinds = [] {
        std::vector<LayerKind> all = basic_layer_kinds();
        const std::vector<LayerKind> composed = composed_layer_kinds();
        all.insert(all.end(), composed.begin(), composed.end());
        return all;
    }();
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

LayerKind kind_of(std::string_view name,
                  std::vector<std::string_view> fields,
                  decltype(LayerKind::make) make,
                  std::size_t min_inputs,
                  std::size_t max_inputs) {
    fields.insert(fields.end(), kCommonFields.begin(), kCommonFields.end());
    return {name, std::move(fields), min_inputs, std::max(min_inputs, max_inputs), make};
}

std::vector<RecipeLayer> recipe_layers() {
    std::vector<RecipeLayer> layers;
    for (const LayerKind& kind : layer_kinds()) {
        const std::vector<std::string_view> own(kind.fields.begin(),
                                                kind.fields.end() - kCommonFields.size());
        layers.push_back({kind.name, own, kind.min_inputs, kind.max_inputs});
    }
    return layers;
}

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

bool LayerMaker::has_room(JsonFields& at, std::int64_t weights, std::int64_t values) {
    if (problem_.found()) return false;
    const bool room = weights_ + weights <= kMaxElements;
    if (room && values <= kMaxElements) {
        weights_ += weights;
        return true;
    }
    const std::string most = "at most " + std::to_string(kMaxElements) + " values";
    problem_.report({.place = at.place("layer"),
                     .expected = room ? most + " in a tensor" : most + " of weights in the model",
                     .found = std::to_string(room ? values : weights_ + weights)});
    return false;
}

bool LayerMaker::is_sequence(JsonFields& at, int input) {
    if (shape(input).size() == 3) return true;
    problem_.report({.place = at.place("layer"),
                     .expected = "an input of steps and features",
                     .found = "one of shape " + to_string(shape(input)),
                     .hint = "a layer \"reshape\" before it makes one"});
    return false;
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
