// What TFLite's integer kernels make of settings where one might expect something else.

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "core/deploy/program_image.h"
#include "core/ops/pool.h"
#include "core/ops/svdf/attributes.h"
#include "core/ops/svdf/inputs.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

Tensor integers(DType dtype, Shape shape, float scale, std::int32_t zero_point) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensor.quantization = {{scale}, {zero_point}, 0};
    return tensor;
}

template <class T>
Tensor constant(DType dtype, Shape shape, float scale, const std::vector<T>& values) {
    Tensor tensor = integers(dtype, std::move(shape), scale, 0);
    tensor.constant = true;
    tensor.data.resize(values.size() * sizeof(T));
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return tensor;
}

// One filter of weight 1 that remembers one value: the output is the input times `factor`.
Graph copying_svdf(Activation activation, std::int8_t factor) {
    Graph graph;
    graph.tensors = {integers(DType::int8, {1, 1}, 0.5f, 0),
                     constant<std::int8_t>(DType::int8, {1, 1}, 1.0f, {1}),
                     constant<std::int16_t>(DType::int16, {1, 1}, 1.0f, {factor}),
                     constant<std::int32_t>(DType::int32, {1}, 0.5f, {0}),
                     integers(DType::int16, {1, 1}, 0.5f, 0),
                     integers(DType::int8, {1, 1}, 0.5f, 10)};
    graph.tensors[kSvdfState].variable = true;
    graph.nodes = {
        {OpKind::svdf, Attributes::of(SvdfAttributes{1, activation}), {0, 1, 2, 3, 4}, {5}}};
    graph.inputs = {0};
    graph.outputs = {5};
    return graph;
}

std::int8_t answer(const Graph& graph, std::int8_t input) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    std::uint8_t out = 0;
    const auto in = static_cast<std::uint8_t>(input);
    program->run({&in, 1}, {&out, 1});
    return static_cast<std::int8_t>(out);
}

Graph pool(OpKind op, DType dtype, float input_scale, float output_scale, std::int32_t zero_point) {
    const Attributes attributes = Attributes::of(
        PoolAttributes{Activation::relu6, 2, 2, WindowSteps{Padding::valid, 2, 2, 1, 1}});
    return single_node_graph(op, attributes, {integers(dtype, {1, 2, 2, 1}, input_scale, 0)},
                             {{output_scale}, {zero_point}, 0});
}

Graph logistic(float output_scale) {
    return single_node_graph(OpKind::logistic, {}, {integers(DType::int16, {4}, 0.001f, 0)},
                             {{output_scale}, {0}, 0});
}

}  // namespace

TEST_CASE("an SVDF of integers is clamped to its type, whatever activation it names") {
    for (const Activation activation : {Activation::none, Activation::relu, Activation::relu6}) {
        CAPTURE(static_cast<int>(activation));
        const Graph graph = copying_svdf(activation, 1);
        CHECK(answer(graph, 20) == 30);
        CHECK(answer(graph, 100) == 110);
        CHECK(answer(graph, -40) == -30);
        CHECK(answer(graph, 127) == 127);
        CHECK(answer(copying_svdf(activation, 2), -128) == -128);
    }
}

TEST_CASE("pools take scales that are a millionth apart, and clamp by that of the output") {
    for (const OpKind op : {OpKind::max_pool2d, OpKind::average_pool2d}) {
        for (const DType dtype : {DType::int8, DType::int16}) {
            CHECK(Program::from_graph(pool(op, dtype, 0.05f, 0.0500002f, 0)).ok());
            CHECK_FALSE(Program::from_graph(pool(op, dtype, 0.05f, 0.050002f, 0)).ok());
        }
        CHECK_FALSE(Program::from_graph(pool(op, DType::int8, 0.05f, 0.0500002f, 1)).ok());
        // Six is 117 or 118 steps.
        for (const auto& [scale, steps] : {std::pair{0.0510640f, 117}, {0.0510635f, 118}}) {
            const Graph graph = pool(op, DType::int8, 0.0510638f, scale, 0);
            Result<Program> program = Program::from_graph(graph);
            REQUIRE(program.ok());
            const std::vector<std::uint8_t> in(4, 127);
            std::uint8_t out = 0;
            program->run(in, {&out, 1});
            CHECK(out == steps);
        }
    }
}

TEST_CASE("RELU6 and RELU_N1_TO_1 divide scales in float32, RELU in double") {
    // 0.1f / 0.3f rounds to another float than the quotient is.
    const Tensor input = integers(DType::int8, {4}, 0.1f, 0);
    const auto multiplier = [&](OpKind op) {
        const Graph graph = single_node_graph(op, {}, {input}, {{0.3f}, {0}, 0});
        const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena);
        REQUIRE(deployment.ok());
        for (const PreparedParam& param : deployment->ops[0].params) {
            if (std::strcmp(param.name, "multiplier") == 0) return param.bits;
        }
        return 0u;
    };
    const double quotient = 4.0 * static_cast<double>(0.1f) / static_cast<double>(0.3f) / 2.0;
    const double rounded = 2.0 * static_cast<double>(0.1f / 0.3f);
    const auto raw = [](double factor) {
        return static_cast<std::uint32_t>(std::llround(std::ldexp(factor, 31)));
    };
    REQUIRE(raw(quotient) != raw(rounded));
    CHECK(multiplier(OpKind::relu) == raw(quotient));
    CHECK(multiplier(OpKind::relu6) == raw(rounded));
    CHECK(multiplier(OpKind::relu_n1_to_1) == raw(rounded));
}

TEST_CASE("int16 logistic takes an output scale near 2^-15 for it") {
    CHECK(Program::from_graph(logistic(1.0f / 32768.0f)).ok());
    CHECK(Program::from_graph(logistic(1.0006f / 32768.0f)).ok());
    CHECK_FALSE(Program::from_graph(logistic(1.0008f / 32768.0f)).ok());
    CHECK_FALSE(Program::from_graph(logistic(0.999f / 32768.0f)).ok());
}

}  // namespace whittle::test
