// Fully connected layers whose weights the model computes, as products of two activations are.

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/quantized_multiplier.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

struct Product {
    Shape input;
    std::int32_t outputs;
    std::int32_t input_zero_point = 0;
    std::int32_t weights_zero_point = 0;
    bool keep_dimensions = false;
    Shape output{};
};

constexpr float kInputScale = 0.031f;
constexpr float kWeightsScale = 0.017f;
constexpr float kOutputScale = 0.043f;
constexpr std::int32_t kOutputZeroPoint = -11;

Tensor int8_tensor(Shape shape, float scale, std::int32_t zero_point) {
    Tensor tensor;
    tensor.dtype = DType::int8;
    tensor.shape = std::move(shape);
    tensor.quantization = {{scale}, {zero_point}, 0};
    return tensor;
}

Graph graph_of(const Product& product, std::int32_t features) {
    FullyConnectedAttributes own;
    own.keep_dimensions = product.keep_dimensions;
    return single_node_graph(
        OpKind::fully_connected, Attributes::of(own),
        {int8_tensor(product.input, kInputScale, product.input_zero_point),
         int8_tensor({product.outputs, features}, kWeightsScale, product.weights_zero_point)},
        {{kOutputScale}, {kOutputZeroPoint}, 0});
}

// TFLite's sums of (x - x0)(w - w0), requantized by a factor whose scales are multiplied in
// float32.
std::vector<std::int8_t> expected_of(const Product& product,
                                     std::int32_t features,
                                     const std::vector<std::int8_t>& input,
                                     const std::vector<std::int8_t>& weights) {
    const auto factor = quantize_multiplier(static_cast<double>(kInputScale * kWeightsScale) /
                                            static_cast<double>(kOutputScale));
    std::vector<std::int8_t> expected;
    for (auto x = input.begin(); x != input.end(); x += features) {
        for (auto w = weights.begin(); w != weights.end(); w += features) {
            std::int32_t sum = 0;
            for (std::int32_t i = 0; i < features; ++i) {
                sum += (x[i] - product.input_zero_point) * (w[i] - product.weights_zero_point);
            }
            const std::int32_t value = whittle_requantize(sum, factor->multiplier, factor->shift);
            expected.push_back(
                static_cast<std::int8_t>(std::clamp(value + kOutputZeroPoint, -128, 127)));
        }
    }
    return expected;
}

std::vector<std::int8_t> random_values(std::int64_t count, Random& random) {
    std::vector<std::int8_t> values(static_cast<std::size_t>(count));
    for (std::int8_t& value : values) {
        value = static_cast<std::int8_t>(static_cast<int>(random.uniform(0.0f, 256.0f)) - 128);
    }
    return values;
}

std::vector<std::int8_t> run(const Graph& graph,
                             const std::vector<std::int8_t>& input,
                             const std::vector<std::int8_t>& weights,
                             InstructionSet set) {
    Result<Program> program = Program::from_graph(graph, {}, set);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    std::vector<std::uint8_t> in(input.begin(), input.end());
    in.insert(in.end(), weights.begin(), weights.end());
    std::vector<std::uint8_t> out(program->output_bytes());
    REQUIRE(program->input_bytes() == in.size());
    program->run(in, out);
    return {out.begin(), out.end()};
}

}  // namespace

TEST_CASE("weights that a model computes give TFLite's sums, also with a zero point") {
    Random random(71);
    const std::vector<Product> products = {
        {{1, 1}, 1},
        {{3, 16}, 5, -128, 0},
        {{4, 7}, 9, 3, -5},
        {{4, 7}, 1, 127, 127},
        {{2, 3, 8}, 4, -7, 12, true, {2, 3, 4}},
        {{2, 3, 8}, 4, -7, 12, false, {6, 4}},
        {{2, 2, 2, 5}, 3, 1, -128, true, {2, 2, 2, 3}},
        {{20}, 2, 9, 0, false, {1, 2}},
        {{20}, 2, 9, 1, true, {2}},
    };
    for (const Product& product : products) {
        CAPTURE(to_string(product.input));
        const std::int32_t features = product.input.back();
        const auto input = random_values(element_count(product.input), random);
        const auto weights = random_values(product.outputs * features, random);
        const Graph graph = graph_of(product, features);
        if (!product.output.empty()) CHECK(graph.tensors.back().shape == product.output);
        const auto expected = expected_of(product, features, input, weights);
        CHECK(run(graph, input, weights, InstructionSet::reference) == expected);
        CHECK(run(graph, input, weights, host_instruction_sets().back()) == expected);
        const Result<Graph> again = read_tflite(write_tflite(graph));
        REQUIRE(again.ok());
        CHECK(again->nodes.size() == 1);
        CHECK(again->nodes[0].op == OpKind::fully_connected);
        CHECK(run(*again, input, weights, InstructionSet::reference) == expected);
    }
}

TEST_CASE("rows that the layer puts together anew meet computed weights") {
    Random random(73);
    const Product product{{2, 6}, 3, 4, -2};
    const auto input = random_values(12, random);
    const auto weights = random_values(12, random);
    CHECK(run(graph_of(product, 4), input, weights, InstructionSet::reference) ==
          expected_of(product, 4, input, weights));
}

TEST_CASE("computed weights with a bias or an activation are refused with a way out") {
    Graph graph = graph_of({{2, 4}, 3}, 4);
    graph.nodes[0].attributes =
        Attributes::of(FullyConnectedAttributes{.activation = Activation::relu});
    const auto clipped = Program::from_graph(graph);
    REQUIRE_FALSE(clipped.ok());
    CHECK(clipped.error().place.find("operator 0 (fully_connected") == 0);
    CHECK_FALSE(clipped.error().hint.empty());

    graph = graph_of({{2, 4}, 3}, 4);
    Tensor bias;
    bias.name = "bias";
    bias.dtype = DType::int32;
    bias.shape = {3};
    bias.constant = true;
    bias.data.resize(12);
    graph.nodes[0].inputs.push_back(static_cast<int>(graph.tensors.size()));
    graph.tensors.push_back(bias);
    const auto shifted = Program::from_graph(graph);
    REQUIRE_FALSE(shifted.ok());
    CHECK(shifted.error().place.find("input 2 (bias): tensor 3 'bias'") != std::string::npos);
    CHECK_FALSE(shifted.error().hint.empty());
}

}  // namespace whittle::test
