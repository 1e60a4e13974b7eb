#include "core/compress/quantize.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/compress/ranges.h"
#include "core/deploy/program_image.h"
#include "core/graph/builder.h"
#include "core/ops/add/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "tests/train/nets.h"

namespace whittle {
namespace {

// A dense layer with these weights [units, features] and biases.
Graph dense(std::int32_t features,
            const std::vector<float>& weights,
            const std::vector<float>& bias,
            Activation activation = Activation::none) {
    Random random(1);
    GraphBuilder builder;
    const int x = builder.input("x", {features});
    const int y =
        builder.fully_connected(x, static_cast<std::int32_t>(bias.size()), activation, random);
    Graph graph = std::move(builder).finish({y});
    test::set_parameter(graph, 0, 1, weights);
    test::set_parameter(graph, 0, 2, bias);
    return graph;
}

const Tensor& input_of(const Graph& graph, std::size_t node, std::size_t input) {
    return graph.tensor(graph.nodes[node].inputs[input]);
}

TEST_CASE("ranges become scale and zero point with an exact zero") {
    const auto check = [](float low, float high, float scale, std::int32_t zero_point) {
        const Quantization q = asymmetric_int8({low, high});
        CHECK(q.scales == std::vector<float>{scale});
        CHECK(q.zero_points == std::vector<std::int32_t>{zero_point});
    };
    check(0.0f, 255.0f, 1.0f, -128);
    check(-255.0f, 0.0f, 1.0f, 127);
    check(-128.0f, 127.0f, 1.0f, 0);
    check(-64.0f, 63.5f, 0.5f, 0);
    check(-1.0f, 1.0f, static_cast<float>(2.0 / 255.0), -1);  // -0.5 is halfway: away from zero
    check(0.0f, 0.0f, 1.0f, 0);
    check(0.0f, 1e-38f, 1.0f, 0);  // the scale would be denormal
    const float largest = std::numeric_limits<float>::max();
    const Quantization wide = asymmetric_int8({-largest, largest});
    CHECK(std::isfinite(wide.scales[0]));
    CHECK(wide.zero_points[0] == -1);
}

TEST_CASE("every range keeps zero on the grid and its ends within half a step of it") {
    Random random(9);
    for (int i = 0; i < 1000; ++i) {
        const float low = -random.uniform(0.0f, 10.0f);
        const float high = random.uniform(0.0f, 10.0f);
        const Quantization q = asymmetric_int8({low, high});
        REQUIRE(q.zero_points[0] >= -128);
        REQUIRE(q.zero_points[0] <= 127);
        const double scale = q.scales[0];
        const double lowest = scale * (-128 - q.zero_points[0]);
        const double highest = scale * (127 - q.zero_points[0]);
        // Half a step from rounding the zero point, and the scale's own float rounding.
        CHECK(lowest - low <= 0.5 * scale * (1.0 + 1e-5));
        CHECK(high - highest <= 0.5 * scale * (1.0 + 1e-5));
    }
}

TEST_CASE("rounding is to nearest, halves away from zero, saturating") {
    CHECK(round_to(0.5, -128, 127) == 1);
    CHECK(round_to(-0.5, -128, 127) == -1);
    CHECK(round_to(0.49999999999999994, -128, 127) == 0);
    CHECK(round_to(2.5, -128, 127) == 3);
    CHECK(round_to(127.4, -128, 127) == 127);
    CHECK(round_to(1e300, -128, 127) == 127);
    CHECK(round_to(-1e300, -128, 127) == -128);
    CHECK(round_to(std::nan(""), -128, 127) == 0);
    constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
    CHECK(round_to(2147483646.5, -kMax, kMax) == kMax);
    CHECK(round_to(-2147483648.0, -kMax, kMax) == -kMax);
}

TEST_CASE("a dense layer by hand: input, weights, bias and output") {
    // Input over [-1, 1.55]: scale 0.01, zero point -28. Rows of weights up to 1.27 and 0.254.
    const Graph graph = dense(2, {1.27f, -0.63f, 0.126f, -0.254f}, {0.5f, -0.25f});
    const std::vector<float> data = {-1.0f, 1.55f, 1.55f, -1.0f, 0.0f, 0.0f};
    const Result<Graph> quantized = quantize_int8(graph, data);
    REQUIRE(quantized.ok());
    const Tensor& x = quantized->tensor(quantized->inputs[0]);
    CHECK(x.dtype == DType::int8);
    CHECK(x.name == "x");
    CHECK(x.quantization.scales[0] == doctest::Approx(0.01).epsilon(1e-6));
    CHECK(x.quantization.zero_points[0] == -28);

    const Tensor& weights = input_of(*quantized, 0, 1);
    CHECK(weights.dtype == DType::int8);
    CHECK(weights.quantization.axis == 0);
    REQUIRE(weights.quantization.scales.size() == 2);
    CHECK(weights.quantization.scales[0] == doctest::Approx(0.01).epsilon(1e-6));
    CHECK(weights.quantization.scales[1] == doctest::Approx(0.002).epsilon(1e-6));
    CHECK(weights.quantization.zero_points == std::vector<std::int32_t>{0, 0});
    const auto w = weights.as<std::int8_t>();
    CHECK(std::vector<int>(w.begin(), w.end()) == std::vector<int>{127, -63, 63, -127});

    const Tensor& bias = input_of(*quantized, 0, 2);
    CHECK(bias.dtype == DType::int32);
    REQUIRE(bias.quantization.scales.size() == 2);
    CHECK(bias.quantization.scales[1] == doctest::Approx(0.00002).epsilon(1e-6));
    const auto b = bias.as<std::int32_t>();
    CHECK(std::vector<int>(b.begin(), b.end()) == std::vector<int>{5000, -12500});

    // Outputs of the three samples: -1.7465, 3.0985, 0.5 and -0.7697, 0.1993, -0.25.
    const Tensor& y = quantized->tensor(quantized->outputs[0]);
    const double scale = (3.0985 + 1.7465) / 255.0;
    CHECK(y.quantization.scales[0] == doctest::Approx(scale).epsilon(1e-6));
    CHECK(y.quantization.zero_points[0] == std::round(-128.0 + 1.7465 / scale));
    for (const Tensor& tensor : quantized->tensors) CHECK_FALSE(tensor.trainable);
}

TEST_CASE("one scale for all weights where asked") {
    const Graph graph = dense(2, {1.27f, -0.63f, 0.126f, -0.254f}, {0.5f, -0.25f});
    const std::vector<float> data = {-1.0f, 1.55f};
    const Result<Graph> quantized = quantize_int8(graph, data, {.per_channel_weights = false});
    REQUIRE(quantized.ok());
    const Tensor& weights = input_of(*quantized, 0, 1);
    CHECK(weights.quantization.scales.size() == 1);
    const auto w = weights.as<std::int8_t>();
    CHECK(std::vector<int>(w.begin(), w.end()) == std::vector<int>{127, -63, 13, -25});
    const auto b = input_of(*quantized, 0, 2).as<std::int32_t>();
    CHECK(std::vector<int>(b.begin(), b.end()) == std::vector<int>{5000, -2500});
}

TEST_CASE("channels without weights, and biases far beyond their weights, keep their bias") {
    const std::vector<float> bias = {0.75f, 0.0f, 100.0f, 1.0f};
    const Graph graph = dense(1, {0.0f, 0.0f, 1e-12f, 1.0f}, bias);
    const std::vector<float> data = {-1.0f, 1.0f};
    const Result<Graph> quantized = quantize_int8(graph, data);
    REQUIRE(quantized.ok());
    const Tensor& x = quantized->tensor(quantized->inputs[0]);
    const Tensor& weights = input_of(*quantized, 0, 1);
    const Tensor& stored = input_of(*quantized, 0, 2);
    for (std::size_t c = 0; c < 4; ++c) {
        const float scale = weights.quantization.scales[c];
        CHECK(scale > 0.0f);
        CHECK(std::isfinite(scale));
        const double value =
            double{x.quantization.scales[0]} * scale * stored.as<std::int32_t>()[c];
        // 16 bits and more hold the bias where it stands alone; 2^-15 for the last channel's 1.0
        // at a step of 2/255/127.
        CHECK(std::fabs(value - bias[c]) <= std::fabs(bias[c]) / 16384.0);
    }
    CHECK(weights.as<std::int8_t>()[0] == 0);
    CHECK(weights.as<std::int8_t>()[3] == 127);
}

TEST_CASE("activations that stay at zero get a scale all the same") {
    const Graph graph = dense(1, {-1.0f}, {-1.0f}, Activation::relu);
    const std::vector<float> data = {0.0f, 0.0f};
    const Result<Graph> quantized = quantize_int8(graph, data);
    REQUIRE(quantized.ok());
    CHECK(quantized->tensor(quantized->inputs[0]).quantization.scales[0] == 1.0f);
    CHECK(quantized->tensor(quantized->outputs[0]).quantization.scales[0] == 1.0f);
}

TEST_CASE("the fused activation's range is the one that counts") {
    const std::vector<float> data = {-100.0f, 100.0f};
    const Result<Graph> relu6 = quantize_int8(dense(1, {1.0f}, {0.0f}, Activation::relu6), data);
    REQUIRE(relu6.ok());
    const Quantization& q = relu6->tensor(relu6->outputs[0]).quantization;
    CHECK(q.scales[0] == static_cast<float>(6.0 / 255.0));
    CHECK(q.zero_points[0] == -128);
}

// x -> [reshape] -> + constant -> dense -> SiLU -> dense -> softmax
Graph mixed_net() {
    Random random(12);
    GraphBuilder builder;
    const int x = builder.input("x", {2, 2});
    const int flat = builder.apply(
        OpKind::reshape, {x}, Attributes::of(ReshapeAttributes{.rank = 2, .dimensions = {-1, 4}}));
    const int shift =
        builder.constant("shift", {1, 4}, std::vector<float>{0.5f, -0.25f, 0.0f, 1.0f});
    const int moved = builder.apply(OpKind::add, {flat, shift}, Attributes::of(AddAttributes{}));
    const int hidden = builder.fully_connected(moved, 6, Activation::none, random);
    const int bent = builder.apply(OpKind::silu, {hidden});
    const int z = builder.fully_connected(bent, 3, Activation::none, random);
    const int p = builder.apply(OpKind::softmax, {z}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({p});
}

std::vector<float> samples_of(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> values(count);
    for (float& value : values) value = random.uniform(-2.0f, 2.0f);
    return values;
}

TEST_CASE("operators that move or fix their values get the quantization they ask for") {
    const Graph graph = mixed_net();
    const Result<Graph> quantized = quantize_int8(graph, samples_of(4 * 70, 1));
    REQUIRE(quantized.ok());
    CHECK(validate(*quantized).ok());
    for (const Tensor& tensor : quantized->tensors) {
        CAPTURE(tensor.name);
        CHECK(tensor.dtype != DType::float32);
    }
    bool reshaped = false;
    bool fixed = false;
    bool logistic = false;
    for (const Node& node : quantized->nodes) {
        const Quantization& out = quantized->tensor(node.outputs[0]).quantization;
        if (node.op == OpKind::reshape) {
            reshaped = out == quantized->tensor(node.inputs[0]).quantization;
        } else if (node.op == OpKind::softmax) {
            fixed = out == Quantization{{1.0f / 256.0f}, {-128}, 0};
        } else if (node.op == OpKind::logistic) {
            logistic = out == Quantization{{1.0f / 256.0f}, {-128}, 0};
        }
        CHECK(node.op != OpKind::silu);
    }
    CHECK(reshaped);
    CHECK(fixed);
    CHECK(logistic);
    // The added constant: -0.25 ... 1 in 255 steps, zero exact.
    const Tensor& shift = quantized->tensor(quantized->nodes[1].inputs[1]);
    const double scale = shift.quantization.scales[0];
    CHECK(scale == doctest::Approx(1.25 / 255.0).epsilon(1e-6));
    CHECK(shift.as<std::int8_t>()[2] == shift.quantization.zero_points[0]);
    const std::vector<float> values = {0.5f, -0.25f, 0.0f, 1.0f};
    for (std::size_t i = 0; i < 4; ++i) {
        const double back =
            scale * (shift.as<std::int8_t>()[i] - shift.quantization.zero_points[0]);
        CHECK(std::fabs(back - values[i]) <= 0.5 * scale * (1.0 + 1e-5));
    }
}

TEST_CASE("inputs of concat and maximum are brought to the output's quantization") {
    for (const OpKind op : {OpKind::concat, OpKind::maximum}) {
        GraphBuilder builder;
        const int x = builder.input("x", {4});
        const int small = builder.apply(OpKind::logistic, {x});
        const std::vector<float> values = {-1.0f, 0.5f, 3.0f, 0.0f};
        const int fixed = builder.constant("fixed", {1, 4}, values);
        std::vector<int> inputs = {small, fixed};
        if (op == OpKind::concat) inputs.push_back(x);
        const int y = builder.apply(
            op, inputs, op == OpKind::concat ? Attributes::of(ConcatAttributes{1}) : Attributes());
        const Graph graph = std::move(builder).finish({y});
        const std::vector<float> samples = {-2.0f, 2.0f, 0.5f, -1.0f, 1.0f, -0.5f, 0.0f, 1.5f};
        const Result<Graph> quantized = quantize_int8(graph, samples, {});
        REQUIRE_MESSAGE(quantized.ok(), (quantized.ok() ? "" : quantized.error().message()));
        const Node& node = quantized->nodes.back();
        CHECK(node.op == op);
        const Quantization& wanted = quantized->tensor(node.outputs[0]).quantization;
        for (const int input : node.inputs) {
            CHECK(quantized->tensor(input).quantization == wanted);
        }
        // A constant is quantized so at once; the logistic has a scale of its own.
        CHECK(quantized->tensor(node.inputs[1]).constant);
        CHECK(quantized->nodes[1].op == OpKind::quantize);
    }
}

TEST_CASE("float edges: quantize and dequantize nodes, names stay outside") {
    const Graph graph = mixed_net();
    const Result<Graph> quantized =
        quantize_int8(graph, samples_of(4 * 5, 2), {.float_inputs_outputs = true});
    REQUIRE(quantized.ok());
    CHECK(validate(*quantized).ok());
    const Tensor& input = quantized->tensor(quantized->inputs[0]);
    const Tensor& output = quantized->tensor(quantized->outputs[0]);
    CHECK(input.dtype == DType::float32);
    CHECK(output.dtype == DType::float32);
    CHECK(input.name == "x");
    CHECK(output.name == graph.tensor(graph.outputs[0]).name);
    CHECK(quantized->nodes.front().op == OpKind::quantize);
    CHECK(quantized->nodes.back().op == OpKind::dequantize);
}

TEST_CASE("constants that two layers share are quantized for each") {
    Random random(2);
    GraphBuilder builder;
    const int x = builder.input("x", {3});
    const int first = builder.fully_connected(x, 3, Activation::none, random);
    Graph graph = std::move(builder).finish({first});
    Node again =
        graph.nodes[0];  // the same weights and bias once more, on the first layer's output
    again.inputs[0] = first;
    Tensor output = graph.tensor(first);
    output.name = "second";
    graph.tensors.push_back(output);
    again.outputs = {static_cast<int>(graph.tensors.size()) - 1};
    graph.nodes.push_back(again);
    graph.outputs = again.outputs;
    test::set_parameter(graph, 0, 2, {10.0f, -20.0f, 5.0f});
    REQUIRE(validate(graph).ok());
    const Result<Graph> quantized = quantize_int8(graph, samples_of(30, 3));
    REQUIRE(quantized.ok());
    for (const std::size_t node : {0u, 1u}) {
        const Tensor& input = input_of(*quantized, node, 0);
        const Tensor& weights = input_of(*quantized, node, 1);
        const Tensor& bias = input_of(*quantized, node, 2);
        for (std::size_t c = 0; c < 3; ++c) {
            const double step =
                double{input.quantization.scales[0]} * double{weights.quantization.scales[c]};
            const double wanted = test::parameter_of(graph, 0, 2).as<float>()[c];
            // Half a step, and the division's rounding.
            CHECK(std::fabs(step * bias.as<std::int32_t>()[c] - wanted) <= 0.5001 * step);
        }
    }
}

TEST_CASE("the ranges do not depend on how the samples fall into batches") {
    Graph graph = expand(mixed_net());
    const std::vector<float> data = samples_of(4 * 71, 4);
    const Result<std::vector<ValueRange>> together = observe_ranges(graph, data);
    REQUIRE(together.ok());
    std::vector<ValueRange> one_by_one(graph.tensors.size());
    for (std::size_t start = 0; start < data.size(); start += 4) {
        const auto one = observe_ranges(graph, std::span(data).subspan(start, 4));
        REQUIRE(one.ok());
        for (std::size_t t = 0; t < one->size(); ++t) {
            one_by_one[t].low = std::min(one_by_one[t].low, (*one)[t].low);
            one_by_one[t].high = std::max(one_by_one[t].high, (*one)[t].high);
        }
    }
    for (std::size_t t = 0; t < one_by_one.size(); ++t) {
        CHECK((*together)[t].low == one_by_one[t].low);
        CHECK((*together)[t].high == one_by_one[t].high);
    }
}

TEST_CASE("what cannot be quantized is refused with the reason") {
    const Graph graph = dense(2, {1, 2, 3, 4}, {0, 0});
    const auto error_of = [](const Graph& g, const std::vector<float>& data) {
        const Result<Graph> result = quantize_int8(g, data);
        REQUIRE_FALSE(result.ok());
        return result.error().message();
    };
    const auto contains = [](const std::string& text, const char* part) {
        CAPTURE(text);
        CHECK(text.find(part) != std::string::npos);
    };
    contains(error_of(graph, {}), "samples of 2 values");
    contains(error_of(graph, {1.0f, 2.0f, 3.0f}), "found 3 values");
    contains(error_of(graph, {1.0f, std::nanf("")}), "finite values");
    Graph broken = graph;
    test::set_parameter(broken, 0, 2, {0.0f, std::numeric_limits<float>::infinity()});
    contains(error_of(broken, {1.0f, 2.0f}), "finite numbers");
    const Result<Graph> once = quantize_int8(graph, std::vector<float>{1.0f, 2.0f});
    REQUIRE(once.ok());
    contains(error_of(*once, {1.0f, 2.0f}), "quantized int8");
    Graph two = graph;
    Tensor extra;
    extra.shape = {1, 1};
    two.tensors.push_back(extra);
    two.inputs.push_back(static_cast<int>(two.tensors.size()) - 1);
    contains(error_of(two, {1.0f, 2.0f}), "one input");
}

TEST_CASE("the value of a padding is quantized as its output, and clamped to it") {
    Random random(15);
    GraphBuilder builder;
    const int x = builder.input("x", {3});
    const int amounts = builder.indices("amounts", {0, 0, 1, 0}, {2, 2});
    const Attributes left = Attributes::of(PadAttributes{{0, 1}, {0, 0}});
    const auto value = [&](float v) { return builder.constant("value", {}, std::vector{v}); };
    const int shared = value(0.75f);
    const int near = builder.apply(OpKind::pad_v2, {x, amounts, shared}, left);
    const int sums = builder.fully_connected(near, 4, Activation::none, random);
    const int other = builder.apply(OpKind::pad_v2, {sums, amounts, shared}, left);
    const int above = builder.apply(OpKind::pad_v2, {other, amounts, value(1e9f)}, left);
    const int below = builder.apply(OpKind::pad_v2, {above, amounts, value(-1e9f)}, left);
    const Graph graph = std::move(builder).finish({below});
    const Result<Graph> quantized = quantize_int8(graph, samples_of(3 * 40, 3));
    REQUIRE_MESSAGE(quantized.ok(), quantized.error().message());
    std::vector<int> steps;
    for (const Node& node : quantized->nodes) {
        if (node.op != OpKind::pad_v2) continue;
        const Tensor& constant = quantized->tensor(node.inputs[2]);
        const Quantization& q = quantized->tensor(node.outputs[0]).quantization;
        CHECK(q == quantized->tensor(node.inputs[0]).quantization);
        CHECK(constant.quantization == q);
        REQUIRE(constant.dtype == DType::int8);
        steps.push_back(constant.as<std::int8_t>()[0]);
        if (steps.size() <= 2) {
            const double nearest = 0.75 / static_cast<double>(q.scales[0]) + q.zero_points[0];
            CHECK(std::fabs(steps.back() - nearest) <= 0.5 + 1e-6);
        }
    }
    REQUIRE(steps.size() == 4);
    CHECK(steps[0] != steps[1]);  // each has its own scale
    CHECK(steps[2] == 127);
    CHECK(steps[3] == -128);
    CHECK(Program::from_graph(*quantized).ok());
}

}  // namespace
}  // namespace whittle
