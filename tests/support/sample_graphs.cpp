#include "tests/support/sample_graphs.h"

#include <cassert>
#include <cstring>

#include "core/compress/quantize.h"
#include "core/graph/builder.h"
#include "core/graph/checks.h"
#include "core/ops/add/attributes.h"
#include "core/ops/batch_matmul/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/leaky_relu/attributes.h"
#include "core/ops/mean/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/quantize/attributes.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/slice/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/strided_slice/attributes.h"
#include "core/ops/sub/attributes.h"
#include "core/ops/transpose/attributes.h"

namespace whittle::test {

namespace {

template <class T>
Tensor constant_of(std::string name, DType dtype, Shape shape, std::vector<T> values) {
    Tensor tensor;
    tensor.name = std::move(name);
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensor.constant = true;
    tensor.data.resize(values.size() * sizeof(T));
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return tensor;
}

Tensor int8_activation(std::string name, Shape shape, float scale, std::int32_t zero_point) {
    Tensor tensor;
    tensor.name = std::move(name);
    tensor.dtype = DType::int8;
    tensor.shape = std::move(shape);
    tensor.quantization = {.scales = {scale}, .zero_points = {zero_point}};
    return tensor;
}

Tensor quantized(Tensor tensor, std::vector<float> scales) {
    tensor.quantization.zero_points.assign(scales.size(), 0);
    tensor.quantization.scales = std::move(scales);
    return tensor;
}

std::string tensor_difference(const Tensor& a, const Tensor& b) {
    if (a.name != b.name) return "name";
    if (a.dtype != b.dtype) return "dtype";
    if (a.shape != b.shape) return "shape";
    if (!(a.quantization == b.quantization)) return "quantization";
    if (a.constant != b.constant) return "constant";
    if (a.trainable != b.trainable) return "trainable";
    if (a.variable != b.variable) return "variable";
    if (a.data != b.data) return "data";
    return "";
}

}  // namespace

Graph sine_graph() {
    Random random(1);
    GraphBuilder builder("sine");
    int x = builder.input("x", {1});
    x = builder.fully_connected(x, 16, Activation::relu, random);
    x = builder.fully_connected(x, 16, Activation::relu, random);
    x = builder.fully_connected(x, 1, Activation::none, random);
    return std::move(builder).finish({x});
}

// The operators on images: [1, 2, 3] to [1, 2, 3].
static int image_part(GraphBuilder& builder, int x, Random& random) {
    const ReshapeAttributes image{.rank = 4, .dimensions = {1, 2, 3, 1}};
    x = builder.apply(OpKind::reshape, {x}, Attributes::of(image));
    const Conv2dAttributes same{Activation::relu6, {.padding = Padding::same}};
    x = builder.conv2d(x, 3, 2, 2, same, random);
    x = builder.depthwise_conv2d(x, 2, 3, 1, {Activation::none, {Padding::same, 1, 1, 2, 1}},
                                 random);
    const PoolAttributes pool{Activation::none, 2, 2, {.padding = Padding::same}};
    x = builder.apply(OpKind::max_pool2d, {x}, Attributes::of(pool));
    x = builder.apply(OpKind::average_pool2d, {x}, Attributes::of(pool));
    x = builder.conv2d(x, 1, 1, 1, {}, random);
    const ReshapeAttributes rows{.rank = 3, .dimensions = {1, 2, 3}};
    return builder.apply(OpKind::reshape, {x}, Attributes::of(rows));
}

// Every second column of a box of [1, 2, 23], its rows in reverse: [1, 2, 2].
static int box_of(GraphBuilder& builder, int x) {
    x = builder.apply(OpKind::slice,
                      {x, builder.indices("begin", {0, 0, 1}), builder.indices("size", {-1, 2, 4})},
                      Attributes::of(SliceAttributes{{0, 0, 1}, {-1, 2, 4}}));
    StridedSliceAttributes steps{{0, 1, 0}, {0, -3, 4}, {1, -1, 2}, 3};
    steps.begin_mask = 1;  // all of the batch
    steps.end_mask = 1;
    return builder.apply(OpKind::strided_slice,
                         {x, builder.indices("from", {0, 1, 0}), builder.indices("to", {0, -3, 4}),
                          builder.indices("by", {1, -1, 2})},
                         Attributes::of(steps));
}

// The operators that move and compare elements: [1, 2, 3] to [1, 2, 3].
static int movement_part(GraphBuilder& builder, int x) {
    const int turned = builder.apply(OpKind::transpose, {x, builder.indices("order", {0, 2, 1})},
                                     Attributes::of(TransposeAttributes{{0, 2, 1}}));
    const int products =
        builder.apply(OpKind::batch_matmul, {x, turned}, Attributes::of(BatchMatmulAttributes{}));
    const int wide = builder.apply(
        OpKind::concat, {x, products, x, products, x, products, x, products, x},  // two kernels
        Attributes::of(ConcatAttributes{2}));
    const int column = builder.indices("column", {0, 0, 0, 0, 0, 1}, {3, 2});
    const std::vector<float> around = {-0.25f};
    const int padded = builder.apply(
        OpKind::pad_v2, {box_of(builder, wide), column, builder.constant("around", {}, around)},
        Attributes::of(PadAttributes{{0, 0, 0}, {0, 0, 1}}));
    const int row = builder.indices("row", {0, 0, 0, 1, 0, 0}, {3, 2});
    const int taller = builder.apply(OpKind::pad, {padded, row},
                                     Attributes::of(PadAttributes{{0, 0, 0}, {0, 1, 0}}));
    const int mean = builder.apply(OpKind::mean, {taller, builder.indices("axes", {1})},
                                   Attributes::of(MeanAttributes{1 << 1, true}));
    const int low = builder.apply(OpKind::minimum, {x, mean});
    const int high = builder.apply(OpKind::maximum, {low, padded});
    return builder.apply(OpKind::sub, {x, high}, Attributes::of(SubAttributes{}));
}

Graph mixed_graph() {
    Random random(2);
    GraphBuilder builder("mixed");
    const int image = builder.input("image", {2, 3});
    const std::vector<float> shift(6, 0.5f);
    const std::vector<float> factor = {2.0f};
    int x = builder.apply(OpKind::add, {image, builder.constant("shift", {1, 2, 3}, shift)},
                          Attributes::of(AddAttributes{.activation = Activation::relu}));
    x = builder.apply(OpKind::mul, {x, builder.constant("factor", {1}, factor)},
                      Attributes::of(MulAttributes{}));
    x = image_part(builder, x, random);
    x = movement_part(builder, x);
    x = builder.fully_connected(x, 4, Activation::relu6, random);
    x = builder.apply(OpKind::leaky_relu, {x}, Attributes::of(LeakyReluAttributes{0.1f}));
    x = builder.apply(OpKind::hard_swish, {x});
    x = builder.apply(OpKind::silu, {x});
    x = builder.apply(OpKind::relu_n1_to_1, {x});
    x = builder.apply(OpKind::tanh, {x});
    const int left = builder.apply(OpKind::logistic, {x});
    x = builder.apply(OpKind::mul, {x, left}, Attributes::of(MulAttributes{}));
    const int y = builder.apply(OpKind::relu, {x});
    x = builder.apply(OpKind::relu6, {x});
    const ReshapeAttributes row{.rank = 2, .dimensions = {1, 8}};
    x = builder.apply(OpKind::reshape, {x}, Attributes::of(row));
    const int z = builder.apply(OpKind::softmax, {x}, Attributes::of(SoftmaxAttributes{}));
    const int log = builder.apply(OpKind::log_softmax, {x});
    return std::move(builder).finish({y, z, log});
}

Graph quantized_graph() {
    Random random(3);
    std::vector<float> samples(6 * 20);
    for (float& value : samples) value = random.uniform(-1.0f, 1.0f);
    const QuantizeOptions options{.per_channel_weights = true, .float_inputs_outputs = true};
    Result<Graph> quantized = quantize_int8(mixed_graph(), samples, options);
    assert(quantized.ok());
    quantized->name = "quantized";
    return std::move(quantized).value();
}

Graph int8_graph() {
    Graph graph;
    graph.name = "int8";
    graph.tensors = {
        int8_activation("input", {1, 2}, 0.5f, -3),
        quantized(constant_of<std::int8_t>("weights_a", DType::int8, {3, 2}, {1, -2, 3, -4, 5, -6}),
                  {0.25f, 0.5f, 0.125f}),
        quantized(constant_of<std::int32_t>("bias_a", DType::int32, {3}, {10, -20, 30}),
                  {0.125f, 0.25f, 0.0625f}),
        int8_activation("hidden", {1, 3}, 0.25f, 7),
        quantized(constant_of<std::int8_t>("weights_b", DType::int8, {2, 3}, {7, 8, 9, -7, -8, -9}),
                  {0.5f}),
        quantized(constant_of<std::int32_t>("bias_b", DType::int32, {2}, {-1, 1}), {0.125f}),
        int8_activation("output", {1, 2}, 1.0f, 0),
    };
    const Attributes relu =
        Attributes::of(FullyConnectedAttributes{.activation = Activation::relu});
    const Attributes plain = Attributes::of(FullyConnectedAttributes{});
    graph.nodes = {
        {.op = OpKind::fully_connected, .attributes = relu, .inputs = {0, 1, 2}, .outputs = {3}},
        {.op = OpKind::fully_connected, .attributes = plain, .inputs = {3, 4, 5}, .outputs = {6}}};
    graph.inputs = {0};
    graph.outputs = {6};
    return graph;
}

Graph int16_graph() {
    const auto activation = [](std::string name, DType dtype, float scale, std::int32_t zero) {
        Tensor tensor = int8_activation(std::move(name), {2, 5}, scale, zero);
        tensor.dtype = dtype;
        if (dtype == DType::float32) tensor.quantization = {};
        return tensor;
    };
    const auto to = [](DType type) { return Attributes::of(QuantizeAttributes{type}); };
    SoftmaxAttributes wide{};
    wide.wide_output = true;
    constexpr float kFraction = 1.0f / 32768.0f;
    Graph graph;
    graph.name = "int16";
    graph.tensors = {activation("real", DType::float32, 0.0f, 0),
                     activation("wide", DType::int16, 0.001f, 0),
                     activation("positive", DType::int16, 0.002f, 0),
                     activation("curved", DType::int16, kFraction, 0),
                     activation("gate", DType::int16, kFraction, 0),
                     activation("shares", DType::int16, kFraction, 0),
                     activation("narrow", DType::int8, 1.0f / 64.0f, -64),
                     activation("bytes", DType::uint8, 1.0f / 64.0f, 64),
                     activation("again", DType::int8, 1.0f / 64.0f, -64),
                     activation("wide_shares", DType::int16, 1.0f / 65536.0f, -32768),
                     activation("answer", DType::float32, 0.0f, 0),
                     activation("middle", DType::float32, 0.0f, 0)};
    graph.nodes = {
        {.op = OpKind::quantize, .attributes = to(DType::int16), .inputs = {0}, .outputs = {1}},
        {.op = OpKind::relu, .attributes = {}, .inputs = {1}, .outputs = {2}},
        {.op = OpKind::tanh, .attributes = {}, .inputs = {2}, .outputs = {3}},
        {.op = OpKind::logistic, .attributes = {}, .inputs = {3}, .outputs = {4}},
        {.op = OpKind::softmax,
         .attributes = Attributes::of(SoftmaxAttributes{}),
         .inputs = {4},
         .outputs = {5}},
        {.op = OpKind::quantize, .attributes = to(DType::int8), .inputs = {5}, .outputs = {6}},
        {.op = OpKind::quantize, .attributes = to(DType::uint8), .inputs = {6}, .outputs = {7}},
        {.op = OpKind::quantize, .attributes = to(DType::int8), .inputs = {7}, .outputs = {8}},
        {.op = OpKind::softmax, .attributes = Attributes::of(wide), .inputs = {8}, .outputs = {9}},
        {.op = OpKind::dequantize, .attributes = {}, .inputs = {9}, .outputs = {10}},
        {.op = OpKind::dequantize, .attributes = {}, .inputs = {7}, .outputs = {11}}};
    graph.inputs = {0};
    graph.outputs = {10, 11};
    return graph;
}

Graph narrow_sums_graph() {
    const auto wide = [](std::string name, Shape shape) {
        Tensor tensor = int8_activation(std::move(name), std::move(shape), 0.001f, 0);
        tensor.dtype = DType::int16;
        return tensor;
    };
    const auto real = [](std::string name, Shape shape) {
        Tensor tensor;
        tensor.name = std::move(name);
        tensor.shape = std::move(shape);
        return tensor;
    };
    const auto weights = [](std::string name, Shape shape) {
        std::vector<std::int8_t> values(static_cast<std::size_t>(element_count(shape)));
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 + 11) % 255 - 127);
        }
        const auto channels = static_cast<std::size_t>(shape[0]);
        return quantized(constant_of(std::move(name), DType::int8, std::move(shape), values),
                         std::vector<float>(channels, 0.004f));
    };
    const auto bias = [](std::string name, std::vector<std::int32_t> values) {
        const Shape shape = {static_cast<std::int32_t>(values.size())};
        return constant_of(std::move(name), DType::int32, shape, std::move(values));
    };
    const Attributes same = Attributes::of(Conv2dAttributes{Activation::none, {Padding::same}});
    const Attributes doubling =
        Attributes::of(Conv2dAttributes{Activation::relu, {Padding::valid, 2, 2}});
    const Attributes without_bias = Attributes::of(FullyConnectedAttributes{.narrow_sums = true});
    Graph graph;
    graph.name = "narrow sums";
    graph.tensors = {real("image", {1, 2, 2, 2}),
                     wide("wide", {1, 2, 2, 2}),
                     weights("weights_a", {3, 2, 2, 2}),
                     bias("bias_a", {30000, -20000, 10000}),
                     wide("convolved", {1, 2, 2, 3}),
                     constant_of<std::int32_t>("size", DType::int32, {4}, {1, 4, 4, 2}),
                     weights("weights_b", {2, 2, 2, 3}),
                     bias("bias_b", {-5000, 15000}),
                     wide("grown", {1, 4, 4, 2}),
                     weights("weights_c", {3, 8}),
                     bias("bias_c", {1, 100000, -100000}),
                     wide("dense", {4, 3}),
                     wide("unbiased", {4, 3}),
                     real("answer", {4, 3}),
                     real("other", {4, 3})};
    graph.nodes = {
        {OpKind::quantize, Attributes::of(QuantizeAttributes{DType::int16}), {0}, {1}},
        {OpKind::conv2d, same, {1, 2, 3}, {4}},
        {OpKind::transpose_conv, doubling, {5, 6, 4, 7}, {8}},
        {OpKind::fully_connected, Attributes::of(FullyConnectedAttributes{}), {8, 9, 10}, {11}},
        {OpKind::fully_connected, without_bias, {8, 9}, {12}},
        {OpKind::dequantize, {}, {11}, {13}},
        {OpKind::dequantize, {}, {12}, {14}}};
    graph.inputs = {0};
    graph.outputs = {13, 14};
    return graph;
}

Tensor activation(DType dtype, Shape shape) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    if (dtype == DType::int8) tensor.quantization = {{0.05f}, {3}, 0};
    if (dtype == DType::int16) tensor.quantization = {{0.001f}, {0}, 0};
    return tensor;
}

// Weights of the type that belongs to the activations, and a bias of zeros.
std::vector<Tensor> weights_and_bias(DType activations,
                                     Shape shape,
                                     std::int32_t outputs,
                                     int channel_axis) {
    Random random(static_cast<std::uint64_t>(outputs));
    Tensor weights;
    weights.shape = std::move(shape);
    weights.constant = true;
    Tensor bias = activation(DType::float32, {outputs});
    bias.constant = true;
    if (activations == DType::float32) {
        std::vector<float> values(static_cast<std::size_t>(weights.elements()));
        for (float& value : values) value = random.uniform(-1.0f, 1.0f);
        weights.data.resize(weights.bytes());
        std::memcpy(weights.data.data(), values.data(), weights.data.size());
    } else {
        weights.dtype = DType::int8;
        weights.data.resize(weights.bytes());
        for (std::uint8_t& byte : weights.data) {
            // None so small that an input would not count.
            const int value = 64 + static_cast<int>(random.below(64));
            byte = static_cast<std::uint8_t>(random.below(2) == 0 ? value : -value);
        }
        weights.quantization = {std::vector<float>(static_cast<std::size_t>(outputs), 0.01f),
                                std::vector<std::int32_t>(static_cast<std::size_t>(outputs), 0),
                                channel_axis};
        bias.dtype = activations == DType::int16 ? DType::int64 : DType::int32;
    }
    bias.data.assign(bias.bytes(), 0);
    return {weights, bias};
}

std::string difference(const Graph& a, const Graph& b) {
    if (a.name != b.name) return "name";
    if (a.inputs != b.inputs) return "inputs";
    if (a.outputs != b.outputs) return "outputs";
    if (a.tensors.size() != b.tensors.size()) return "number of tensors";
    if (a.nodes.size() != b.nodes.size()) return "number of nodes";
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
        const std::string what = tensor_difference(a.tensors[i], b.tensors[i]);
        if (!what.empty()) return what + " of tensor " + std::to_string(i);
    }
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        const Node& left = a.nodes[i];
        const Node& right = b.nodes[i];
        if (left.op != right.op) return "operator of node " + std::to_string(i);
        if (left.inputs != right.inputs) return "inputs of node " + std::to_string(i);
        if (left.outputs != right.outputs) return "outputs of node " + std::to_string(i);
    }
    return "";
}

}  // namespace whittle::test
