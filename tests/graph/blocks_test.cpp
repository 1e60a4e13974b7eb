#include "core/graph/blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/base/bits.h"
#include "core/compress/quantize.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/gru/attributes.h"
#include "core/train/executor.h"

namespace whittle {

namespace {

// A block over one input of that shape (without the batch).
template <class Block>
Graph graph_of(const Shape& shape, Block block) {
    Random random(17);
    GraphBuilder builder("block");
    const int x = builder.input("x", shape);
    const int y = block(builder, x, random);
    return std::move(builder).finish({y});
}

std::vector<float> random_values(std::size_t count) {
    Random random(23);
    std::vector<float> values(count);
    for (float& value : values) value = random.uniform(-2.0f, 2.0f);
    return values;
}

// The output of the executor for a batch of one.
std::vector<float> executed(Graph& graph, const std::vector<float>& input) {
    Result<Executor> executor = Executor::make(graph, 1);
    REQUIRE_MESSAGE(executor.ok(), (executor.ok() ? "" : executor.error().message()));
    std::copy(input.begin(), input.end(), executor->values(graph.inputs[0]).begin());
    executor->forward();
    const std::span<const float> output = executor->values(graph.outputs[0]);
    return {output.begin(), output.end()};
}

// The output of what is deployed, after a way through a .tflite file.
std::vector<float> deployed(const Graph& graph, const std::vector<float>& input) {
    const Result<Graph> read = read_tflite(write_tflite(graph));
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
    Result<Program> program = Program::from_graph(*read);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    std::vector<float> output(program->output_bytes() / sizeof(float));
    program->run({reinterpret_cast<const std::uint8_t*>(input.data()), input.size() * 4},
                 {reinterpret_cast<std::uint8_t*>(output.data()), output.size() * 4});
    return output;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
        return bit_cast<std::uint32_t>(x) == bit_cast<std::uint32_t>(y);
    });
}

// Shape and parameters of a block, and that what is exported gives the executor's bits.
template <class Block>
void check_block(const char* name,
                 const Shape& input,
                 const Shape& output,
                 std::int64_t parameters,
                 Block block) {
    CAPTURE(name);
    Graph graph = graph_of(input, block);
    const Status status = validate(graph);
    REQUIRE_MESSAGE(status.ok(), status.error().message());
    CHECK(graph.tensor(graph.outputs[0]).shape == output);
    std::int64_t trainable = 0;
    for (const Tensor& tensor : graph.tensors) {
        if (tensor.trainable) trainable += tensor.elements();
    }
    CHECK(trainable == parameters);
    const std::vector<float> values =
        random_values(static_cast<std::size_t>(graph.tensor(graph.inputs[0]).elements()));
    CHECK(same_bits(executed(graph, values), deployed(graph, values)));
    CHECK(with_batch(graph, 3).ok());
}

// Some running averages other than those at the start.
void train_averages(Graph& graph) {
    Result<Executor> executor = Executor::make(graph, 4);
    REQUIRE_MESSAGE(executor.ok(), (executor.ok() ? "" : executor.error().message()));
    Random random(5);
    for (std::uint64_t step = 0; step < 20; ++step) {
        for (float& value : executor->values(graph.inputs[0])) value = random.uniform(0.0f, 3.0f);
        executor->forward(kNoTensor, {.training = true, .seed = 1, .step = step});
    }
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - b[i]));
    }
    return largest;
}

}  // namespace

TEST_CASE("layers of several operators have their shapes and parameters, and export their bits") {
    check_block("layer norm", {3, 5}, {1, 3, 5}, 10,
                [](GraphBuilder& b, int x, Random&) { return layer_norm(b, x); });
    check_block("batch norm", {3, 5}, {1, 3, 5}, 10,
                [](GraphBuilder& b, int x, Random&) { return batch_norm(b, x); });
    check_block("dropout", {7}, {1, 7}, 0,
                [](GraphBuilder& b, int x, Random&) { return dropout(b, x, 0.5f); });
    for (const bool scaled : {false, true}) {
        check_block("self-attention", {4, 3}, {1, 4, 6}, 3 * 6 * 3,
                    [=](GraphBuilder& b, int x, Random& random) {
                        return self_attention(b, x, 6, scaled, random);
                    });
    }
    check_block("convolution and pooling", {7, 6, 2}, {1, 2, 2, 5}, 5 * 3 * 3 * 2 + 5,
                [](GraphBuilder& b, int x, Random& random) {
                    return convolution_pool_block(
                        b, x, {.filters = 5, .kernel = 3, .stride = 1, .pool = 3}, random);
                });
}

TEST_CASE("layers that enlarge and move have their shapes, and export their bits") {
    for (const Padding padding : {Padding::same, Padding::valid}) {
        for (const std::int32_t stride : {1, 2, 4}) {
            CAPTURE(stride);
            // Of 3 x 2 pixels; the kernel is 3 x 2.
            const bool same = padding == Padding::same;
            const std::int32_t height = same || stride > 3 ? 3 * stride : 2 * stride + 3;
            const std::int32_t width = same || stride > 2 ? 2 * stride : stride + 2;
            CHECK(transposed_size(3, 3, stride, padding) == height);
            CHECK(transposed_size(2, 2, stride, padding) == width);
            check_block(
                "transposed convolution", {3, 2, 4}, {1, height, width, 5}, 5 * 3 * 2 * 4 + 5,
                [=](GraphBuilder& b, int x, Random& random) {
                    const Conv2dAttributes attributes{Activation::relu, {padding, stride, stride}};
                    return transpose_conv2d(b, x, 5, 3, 2, attributes, random);
                });
        }
    }
    check_block("pad", {3, 2}, {1, 6, 3}, 0, [](GraphBuilder& b, int x, Random&) {
        return pad(b, x, {1, 0}, {2, 1});
    });
    check_block("transpose", {3, 2, 4}, {1, 4, 3, 2}, 0, [](GraphBuilder& b, int x, Random&) {
        return transpose(b, x, {2, 0, 1});
    });
    check_block("slice", {5, 4}, {1, 2, 3}, 0, [](GraphBuilder& b, int x, Random&) {
        return slice(b, x, {2, 1}, {2, -1});
    });
}

TEST_CASE("recurrent layers export their bits, over 1 step and more than one kernel joins") {
    for (const std::int32_t steps : {1, 2, 9}) {
        const std::int64_t gru_parameters = 3 * 4 * (3 + 4 + 1);
        const std::int64_t lstm_parameters = 4 * 4 * (3 + 4 + 1);
        for (const bool sequences : {false, true}) {
            const Shape output = sequences ? Shape{1, steps, 4} : Shape{1, 4};
            check_block("gru", {steps, 3}, output, gru_parameters,
                        [=](GraphBuilder& b, int x, Random& random) {
                            return gru(b, x, 4, sequences, random);
                        });
            check_block("lstm", {steps, 3}, output, lstm_parameters,
                        [=](GraphBuilder& b, int x, Random& random) {
                            return lstm(b, x, 4, sequences, random);
                        });
        }
    }
}

TEST_CASE("an LSTM's samples do not know of each other, nor of the run before") {
    Graph graph = graph_of({5, 2}, [](GraphBuilder& b, int x, Random& random) {
        return lstm(b, x, 3, false, random);
    });
    const std::vector<float> values = random_values(2 * 10);
    Result<Executor> executor = Executor::make(graph, 2);
    REQUIRE_MESSAGE(executor.ok(), (executor.ok() ? "" : executor.error().message()));
    for (int run = 0; run < 2; ++run) {
        std::copy(values.begin(), values.end(), executor->values(graph.inputs[0]).begin());
        executor->forward();
        const std::span<const float> both = executor->values(graph.outputs[0]);
        for (std::ptrdiff_t n = 0; n < 2; ++n) {
            const std::vector<float> one(values.begin() + 10 * n, values.begin() + 10 * (n + 1));
            CHECK(same_bits(executed(graph, one),
                            {both.begin() + 3 * n, both.begin() + 3 * (n + 1)}));
        }
    }
}

TEST_CASE("a GRU over hand-computed numbers") {
    GraphBuilder builder;
    const int x = builder.input("x", {2, 1});
    const std::vector<float> w = {0.5f, -1.0f, 2.0f};
    const std::vector<float> b = {0.1f, 0.2f, -0.3f};
    const std::vector<float> gates = {1.5f, -0.5f};
    const std::vector<float> candidate = {0.75f};
    const int y = builder.apply(
        OpKind::gru,
        {x, builder.parameter("w", {3, 1}, w), builder.parameter("b", {3}, b),
         builder.parameter("g", {2, 1}, gates), builder.parameter("c", {1, 1}, candidate)},
        Attributes::of(GruAttributes{true}));
    Graph graph = std::move(builder).finish({y});
    const std::vector<float> output = executed(graph, {0.4f, -0.6f});
    const auto logistic = [](double v) { return 1.0 / (1.0 + std::exp(-v)); };
    const double n0 = std::tanh(0.5);
    const double h0 = (1.0 - logistic(0.3)) * n0;
    const double z1 = logistic(-0.2 + 1.5 * h0);
    const double r1 = logistic(0.8 - 0.5 * h0);
    const double n1 = std::tanh(-1.5 + 0.75 * r1 * h0);
    const double h1 = (1.0 - z1) * n1 + z1 * h0;
    // A handful of float32 operations on numbers below 2.
    CHECK(std::fabs(static_cast<double>(output[0]) - h0) < 1e-6);
    CHECK(std::fabs(static_cast<double>(output[1]) - h1) < 1e-6);
}

TEST_CASE("a residual block keeps or halves its image and folds its normalisations") {
    for (const std::int32_t stride : {1, 2}) {
        const std::int32_t filters = stride == 1 ? 3 : 6;
        Graph graph = graph_of({5, 6, 3}, [=](GraphBuilder& b, int x, Random& random) {
            return residual_block(b, x, filters, stride, random);
        });
        REQUIRE(validate(graph).ok());
        const Shape expected = stride == 1 ? Shape{1, 5, 6, 3} : Shape{1, 3, 3, 6};
        CHECK(graph.tensor(graph.outputs[0]).shape == expected);
        train_averages(graph);
        const Graph exported = expand(graph);
        REQUIRE_MESSAGE(validate(exported).ok(), validate(exported).error().message());
        CHECK(exported.nodes.size() == (stride == 1 ? 4 : 5));
        for (const Node& node : exported.nodes) {
            CHECK((node.op == OpKind::conv2d || node.op == OpKind::relu || node.op == OpKind::add));
        }
        // Sums of up to 54 products below 10, each rounded once more or less: 54 * 10 * 2^-23.
        const std::vector<float> values = random_values(90);
        CHECK(largest_difference(executed(graph, values), deployed(graph, values)) < 1e-4);
    }
}

TEST_CASE("batch normalisation folds into every kind of layer, with and without a bias") {
    for (const OpKind op : {OpKind::conv2d, OpKind::depthwise_conv2d, OpKind::fully_connected}) {
        for (const bool bias : {false, true}) {
            CAPTURE(std::string(definition_of(op).name));
            CAPTURE(bias);
            Graph graph = graph_of({4, 3, 2}, [op](GraphBuilder& b, int x, Random& random) {
                const Conv2dAttributes same{Activation::none, {.padding = Padding::same}};
                x = op == OpKind::conv2d             ? b.conv2d(x, 5, 2, 2, same, random)
                    : op == OpKind::depthwise_conv2d ? b.depthwise_conv2d(x, 3, 2, 2, same, random)
                                                     : b.fully_connected(x, 5, {}, random);
                return batch_norm(b, x);
            });
            if (!bias) {
                graph.nodes[0].inputs.pop_back();
            } else {
                for (float& value : graph.tensor(graph.nodes[0].inputs[2]).as<float>())
                    value = 0.5f;
            }
            train_averages(graph);
            CHECK(expand(graph).nodes.size() == 1);
            const std::vector<float> values = random_values(24);
            // Two dozen products below 4: their roundings, scaled by less than 10.
            CHECK(largest_difference(executed(graph, values), deployed(graph, values)) < 1e-4);
        }
    }
}

TEST_CASE("batch normalisation stays where folding would change something else") {
    // Behind a fused activation, and where the layer's own output is read too.
    const Graph behind_activation = graph_of({4}, [](GraphBuilder& b, int x, Random& random) {
        return batch_norm(b, b.fully_connected(x, 3, Activation::relu, random));
    });
    CHECK(expand(behind_activation).nodes.size() == 3);
    Random random(1);
    GraphBuilder builder;
    const int x = builder.input("x", {4});
    const int dense = builder.fully_connected(x, 3, Activation::none, random);
    const int normal = batch_norm(builder, dense);
    const Graph graph = std::move(builder).finish({dense, normal});
    CHECK(expand(graph).nodes.size() == 3);
}

TEST_CASE("running averages follow the batches while training, and only then") {
    GraphBuilder builder;
    const int x = builder.input("x", {1});
    const int y = batch_norm(builder, x);
    Graph graph = std::move(builder).finish({y});
    CHECK(training_state(graph).size() == 4);
    Result<Executor> executor = Executor::make(graph, 4);
    REQUIRE(executor.ok());
    const std::vector<float> batch = {1.0f, 3.0f, 5.0f, 7.0f};  // mean 4, variance 5
    const auto average = [&](std::size_t input) {
        return graph.tensor(graph.nodes[0].inputs[input]).as<float>()[0];
    };
    std::copy(batch.begin(), batch.end(), executor->values(x).begin());
    executor->forward();
    CHECK(average(3) == 0.0f);
    CHECK(average(4) == 1.0f);
    executor->forward(kNoTensor, {.training = true});
    CHECK(average(3) == doctest::Approx(0.1 * 4.0));
    CHECK(average(4) == doctest::Approx(0.9 * 1.0 + 0.1 * 5.0));
    CHECK(executor->values(y)[0] == doctest::Approx((1.0 - 4.0) / std::sqrt(5.001)));
    executor->forward();
    CHECK(executor->values(y)[0] == doctest::Approx((1.0 - 0.4) / std::sqrt(1.401)));
}

TEST_CASE("dropout drops its share, keeps the mean, and is the same for the same seed and step") {
    GraphBuilder builder;
    const int x = builder.input("x", {10000});
    const int first = dropout(builder, x, 0.25f);
    const int second = dropout(builder, x, 0.25f);
    Graph graph = std::move(builder).finish({first, second});
    Result<Executor> executor = Executor::make(graph, 1);
    REQUIRE(executor.ok());
    std::fill(executor->values(x).begin(), executor->values(x).end(), 3.0f);
    const auto run = [&](RunMode mode, int output) {
        executor->forward(kNoTensor, mode);
        const std::span<const float> values = executor->values(output);
        return std::vector<float>(values.begin(), values.end());
    };
    const RunMode mode{.training = true, .seed = 9, .step = 4};
    const std::vector<float> dropped = run(mode, first);
    const auto zeros = std::count(dropped.begin(), dropped.end(), 0.0f);
    // 10,000 draws of probability 1/4: 2,500, and 5 standard deviations are 217.
    CHECK(zeros > 2283);
    CHECK(zeros < 2717);
    CHECK(std::count(dropped.begin(), dropped.end(), 3.0f / 0.75f) == 10000 - zeros);
    CHECK(run(mode, first) == dropped);
    CHECK(run(mode, second) != dropped);
    CHECK(run({.training = true, .seed = 9, .step = 5}, first) != dropped);
    CHECK(run({.training = true, .seed = 8, .step = 4}, first) != dropped);
    const std::vector<float> whole = run({}, first);
    CHECK(std::count(whole.begin(), whole.end(), 3.0f) == 10000);
}

TEST_CASE("dropout is gone from what is exported") {
    const Graph graph = graph_of({4}, [](GraphBuilder& b, int x, Random& random) {
        x = dropout(b, b.fully_connected(dropout(b, x, 0.1f), 3, Activation::relu, random), 0.5f);
        return b.fully_connected(x, 2, Activation::none, random);
    });
    const Graph exported = expand(graph);
    CHECK(exported.nodes.size() == 2);
    CHECK(exported.tensors.size() == graph.tensors.size() - 2);
    const Status status = validate(exported);
    CHECK_MESSAGE(status.ok(), status.error().message());
}

TEST_CASE("blocks quantize to int8, but for layer normalisation and LSTM") {
    const auto quantized = [](const Shape& shape, auto block) {
        const Graph graph = graph_of(shape, block);
        const auto count = static_cast<std::size_t>(graph.tensor(graph.inputs[0]).elements());
        return quantize_int8(graph, random_values(20 * count), {});
    };
    const std::vector<Result<Graph>> accepted = {
        quantized({5, 6, 3},
                  [](GraphBuilder& b, int x, Random& r) { return residual_block(b, x, 4, 2, r); }),
        quantized({4, 3}, [](GraphBuilder& b, int x,
                             Random& r) { return self_attention(b, x, 4, true, r); }),
        quantized({3, 2}, [](GraphBuilder& b, int x, Random& r) { return gru(b, x, 3, true, r); })};
    for (const Result<Graph>& graph : accepted) {
        REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().message()));
        const auto program = Program::from_graph(*graph);
        CHECK_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    }
    const std::vector<Result<Graph>> refused = {
        quantized({4}, [](GraphBuilder& b, int x, Random&) { return layer_norm(b, x); }),
        quantized({3, 2},
                  [](GraphBuilder& b, int x, Random& r) { return lstm(b, x, 3, true, r); })};
    for (const Result<Graph>& graph : refused) {
        REQUIRE_FALSE(graph.ok());
        CHECK(graph.error().hint.find("float32") != std::string::npos);
    }
}

}  // namespace whittle
