#include "tests/conformance/layers.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "core/ops/add/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/softmax/attributes.h"
#include "core/runtime/program.h"
#include "tests/conformance/families.h"
#include "tests/support/random_int8_net.h"

namespace whittle::conformance {

namespace {

constexpr std::uint32_t kFirstSeed = 12345;
constexpr std::size_t kMostBiases = 640;  // that are drawn; the others are 0

// The generator that the data come from.
class Draws {
public:
    explicit Draws(std::size_t place) : state_(kFirstSeed + static_cast<std::uint32_t>(place)) {}

    std::vector<std::uint8_t> bytes(std::size_t count) {
        std::vector<std::uint8_t> bytes(count);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(next());
        return bytes;
    }
    std::vector<std::uint8_t> bias(std::size_t count) {
        std::vector<std::int32_t> values(count);
        for (std::size_t i = 0; i < std::min(count, kMostBiases); ++i) {
            values[i] = static_cast<std::int32_t>(next() & 0xFFFu) - 2048;
        }
        std::vector<std::uint8_t> bytes(4 * count);
        std::memcpy(bytes.data(), values.data(), bytes.size());
        return bytes;
    }

private:
    std::uint32_t next() {
        state_ = state_ * 1664525u + 1013904223u;
        return state_ >> 16;
    }

    std::uint32_t state_;
};

// Scales are of no account: the multipliers that follow from them are replaced.
Tensor activation(Shape shape, std::int32_t zero_point, float scale = 1.0f) {
    Tensor tensor;
    tensor.name = "activation";
    tensor.dtype = DType::int8;
    tensor.shape = std::move(shape);
    tensor.quantization = {{scale}, {zero_point}};
    return tensor;
}

Tensor constant(DType dtype, Shape shape, std::vector<std::uint8_t> data) {
    Tensor tensor;
    tensor.name = "constant";
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensor.constant = true;
    tensor.data = std::move(data);
    return tensor;
}

Tensor weights(Shape shape, std::int32_t axis, std::size_t scales, Draws& draws) {
    Tensor tensor =
        constant(DType::int8, shape, draws.bytes(static_cast<std::size_t>(element_count(shape))));
    tensor.quantization = {std::vector<float>(scales, 0.5f), std::vector<std::int32_t>(scales),
                           axis};
    return tensor;
}

WindowSteps steps_of(const Case& c) {
    const auto covers = [&](const char* in, const char* out, const char* stride) {
        const std::int64_t step = std::max(1, c.number(stride));
        return (c.number(in) + step - 1) / step == c.number(out);
    };
    const bool same = covers("ih", "oh", "sh") && covers("iw", "ow", "sw");
    return {.padding = same ? Padding::same : Padding::valid,
            .stride_height = c.number("sh"),
            .stride_width = c.number("sw")};
}

// The operator, and what its weights are: their shape, and the dimension of the output channels.
struct Kind {
    OpKind op;
    Attributes attributes;
    Shape weights{};
    std::int32_t axis = 0;
};

Result<Kind> kind_of(const Case& c, const std::string& op) {
    const std::int32_t rows = c.number("kh");
    const std::int32_t columns = c.number("kw");
    const std::int32_t in = c.number("ic");
    const std::int32_t out = c.number("oc");
    const Conv2dAttributes convolution{Activation::none, steps_of(c)};
    const PoolAttributes pool{Activation::none, rows, columns, steps_of(c)};
    if (op == "CONV_2D") {
        return Kind{OpKind::conv2d, Attributes::of(convolution), {out, rows, columns, in}, 0};
    }
    if (op == "DEPTHWISE_CONV_2D") {
        return Kind{
            OpKind::depthwise_conv2d, Attributes::of(convolution), {1, rows, columns, out}, 3};
    }
    if (op == "FULLY_CONNECTED") {
        return Kind{
            OpKind::fully_connected, Attributes::of(FullyConnectedAttributes{}), {out, in}, 0};
    }
    if (op == "AVERAGE_POOL_2D") return Kind{OpKind::average_pool2d, Attributes::of(pool)};
    if (op == "MAX_POOL_2D") return Kind{OpKind::max_pool2d, Attributes::of(pool)};
    if (op == "ADD") return Kind{OpKind::add, Attributes::of(AddAttributes{})};
    if (op == "SOFTMAX") return Kind{OpKind::softmax, Attributes::of(SoftmaxAttributes{})};
    return Error{.expected = "an operator that layers are made of", .found = op};
}

Shape image_of(const Case& c, const char* height, const char* width, const char* channels) {
    return {1, c.number(height), c.number(width), c.number(channels)};
}

int add_tensor(Tensor tensor, Graph& graph) {
    graph.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph.tensors.size()) - 1;
}

void add_input(Tensor tensor, Draws& draws, Layer& layer) {
    const std::vector<std::uint8_t> bytes = draws.bytes(tensor.bytes());
    layer.inputs.insert(layer.inputs.end(), bytes.begin(), bytes.end());
    const int index = add_tensor(std::move(tensor), layer.graph);
    layer.graph.inputs.push_back(index);
    layer.graph.nodes[0].inputs.push_back(index);
}

// The graph and its data, drawn in the order input, second input, weights, bias.
void make_graph(const Case& c, const Kind& kind, std::size_t place, Layer& layer) {
    Draws draws(place);
    Graph& graph = layer.graph;
    graph.nodes.push_back({kind.op, kind.attributes, {}, {}});
    add_input(activation(image_of(c, "ih", "iw", "ic"), c.number("zin")), draws, layer);
    if (kind.op == OpKind::add) {
        add_input(activation(image_of(c, "ih", "iw", "ic"), c.number("zin2")), draws, layer);
    }
    if (!kind.weights.empty()) {
        const std::size_t scales = c.array({"mult"}).values.size();
        const std::int32_t channels = c.number("oc");
        Node& node = graph.nodes[0];
        node.inputs.push_back(add_tensor(weights(kind.weights, kind.axis, scales, draws), graph));
        node.inputs.push_back(add_tensor(
            constant(DType::int32, {channels}, draws.bias(volume_of({channels}))), graph));
    }
    const float scale = kind.op == OpKind::softmax ? 1.0f / 256.0f : 1.0f;
    const int output =
        add_tensor(activation(image_of(c, "oh", "ow", "oc"), c.number("zout"), scale), graph);
    graph.nodes[0].outputs = {output};
    graph.outputs = {output};
}

// The parameters of kernels that the file names.
std::map<std::string, std::int32_t> parameters_of(const Case& c, OpKind op) {
    if (op == OpKind::softmax) {
        return {{"multiplier", c.element("mult", 0)},
                {"shift", c.element("shift", 0)},
                {"minimum_difference", c.number("lo")}};
    }
    std::map<std::string, std::int32_t> values = {{"minimum", c.number("lo")},
                                                  {"maximum", c.number("hi")}};
    if (op == OpKind::add) {
        std::size_t index = 0;
        for (const char* name : {"a", "b", "output"}) {
            values[std::string(name) + "_multiplier"] = c.element("mult", index);
            values[std::string(name) + "_shift"] = c.element("shift", index++);
        }
        return values;
    }
    for (const auto& [name, key] :
         std::initializer_list<std::pair<const char*, const char*>>{{"window.output_height", "oh"},
                                                                    {"window.output_width", "ow"},
                                                                    {"window.pad_top", "ph"},
                                                                    {"window.pad_left", "pw"}}) {
        values[name] = c.number(key);
    }
    return values;
}

template <class T>
Status replace_constant(const char* name, const Case& c, const char* key, PreparedOp& op) {
    const Values& values = c.array({key}).values;
    for (PreparedConstant& constant : op.constants) {
        if (constant.name != name) continue;
        if (constant.bytes.size() != values.size() * sizeof(T)) break;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const T value = static_cast<T>(values[i]);
            std::memcpy(constant.bytes.data() + i * sizeof(T), &value, sizeof value);
        }
        return {};
    }
    return Error{.place = key,
                 .expected = "as many values as the kernel takes",
                 .found = std::to_string(values.size())};
}

Status prepare(const Case& c, const Kind& kind, Layer& layer) {
    const NodeTensorList tensors(layer.graph, layer.graph.nodes[0]);
    const auto outputs = definition_of(kind.op).infer(tensors.view().inputs, kind.attributes);
    if (!outputs.ok()) return outputs.status();
    auto ops = prepare_operators(layer.graph);
    if (!ops.ok()) return ops.status();
    layer.op = std::move(ops->front());
    const auto values = parameters_of(c, kind.op);
    for (PreparedParam& param : layer.op.params) {
        const auto found = values.find(param.name);
        if (found != values.end()) param = PreparedParam::of(param.name, found->second);
    }
    if (kind.weights.empty()) return {};
    Status status = replace_constant<std::int32_t>("multipliers", c, "mult", layer.op);
    if (status.ok()) status = replace_constant<std::int8_t>("shifts", c, "shift", layer.op);
    return status;
}

Status check_sizes(const Case& c) {
    for (const char* key : {"ih", "iw", "ic", "oh", "ow", "oc", "kh", "kw", "sh", "sw"}) {
        if (c.number(key) >= 1) continue;
        return Error{.place = key, .expected = "1 or more", .found = std::to_string(c.number(key))};
    }
    const std::int32_t in = c.number("ic");
    const std::int32_t out = c.number("oc");
    if (volume_of({c.number("ih"), c.number("iw"), in}) < kMostElements &&
        volume_of({c.number("oh"), c.number("ow"), out}) < kMostElements &&
        volume_of({out, c.number("kh"), c.number("kw"), in}) < kMostElements) {
        return {};
    }
    return Error{.expected = "fewer than 2^24 elements", .found = "more"};
}

Result<std::uint32_t> hash_of(const std::string& digits) {
    std::uint32_t hash = 0;
    const char* end = digits.data() + digits.size();
    const auto [last, error] = std::from_chars(digits.data(), end, hash, 16);
    if (error == std::errc() && last == end) return hash;
    return Error{.place = "out_fnv1a", .expected = "a hash of 8 digits", .found = digits};
}

}  // namespace

Result<Layer> make_layer(const Case& c, std::size_t place) {
    Layer layer;
    layer.name = c.name;
    if (const Status status = check_sizes(c); !status.ok()) return status;
    const Result<Kind> kind = kind_of(c, c.word("op"));
    if (!kind.ok()) return kind.error();
    const Result<std::uint32_t> hash = hash_of(c.word("out_fnv1a"));
    if (!hash.ok()) return hash.error();
    layer.hash = *hash;
    make_graph(c, *kind, place, layer);
    const Status status = prepare(c, *kind, layer);
    if (!c.missing.empty()) return Error{.expected = c.missing, .found = "none"};
    if (!status.ok()) return status;
    return layer;
}

Deployment deployment_of(const std::vector<const Layer*>& layers, InstructionSet set) {
    Deployment deployment;
    std::vector<Graph> graphs;
    for (const Layer* layer : layers) {
        graphs.push_back(layer->graph);
        deployment.ops.push_back(layer->op);
    }
    deployment.graph = test::side_by_side(graphs);
    accelerate_operators(deployment.graph, set, deployment.ops);
    deployment.lifetimes =
        lifetimes_of(deployment.graph, InputsOutputs::in_arena, {}, scratch_sizes(deployment.ops));
    deployment.plan = plan_greedy_by_size(deployment.lifetimes.buffers, WHITTLE_ARENA_ALIGNMENT);
    return deployment;
}

}  // namespace whittle::conformance
