// Concatenations of any number of inputs: whole in graphs and files, in pieces where they run.

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "core/base/random.h"
#include "core/compress/quantize.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/builder.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/concat/kernel.h"
#include "core/ops/tflite_generated.h"
#include "core/train/executor.h"
#include "tests/support/guarded_run.h"
#include "tests/support/op_harness.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::int32_t kOuter = 3;
constexpr std::int32_t kInner = 2;

Attributes along(std::int32_t axis) { return Attributes::of(ConcatAttributes{axis}); }

std::string message_of(const Status& status) { return status.ok() ? "" : status.error().message(); }

// Input i of a concatenation of [3, 5, 2] along that axis is of another size: 0 for every fifth.
Tensor part(DType dtype, std::size_t axis, std::size_t i) {
    Shape shape = {kOuter, 5, kInner};
    shape[axis] = static_cast<std::int32_t>(i * 3 % 5);
    return test::activation(dtype, shape);
}

Graph concat_of(const std::vector<Tensor>& parts, std::int32_t axis) {
    return test::single_node_graph(OpKind::concat, along(axis), parts, parts[0].quantization);
}

Graph concat_of(DType dtype, std::size_t count, std::size_t axis) {
    std::vector<Tensor> parts;
    for (std::size_t i = 0; i < count; ++i) parts.push_back(part(dtype, axis, i));
    return concat_of(parts, static_cast<std::int32_t>(axis));
}

Bytes random_bytes(std::size_t count) {
    Random random(3);
    Bytes bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
    return bytes;
}

std::size_t input_bytes(const Graph& graph) {
    std::size_t bytes = 0;
    for (const int input : graph.inputs) bytes += graph.tensor(input).bytes();
    return bytes;
}

// Element by element of the output of a graph of one node: where along the axis it lies says which
// input it is of.
Bytes joined(const Graph& graph, std::size_t axis, const Bytes& values) {
    const Tensor& output = graph.tensor(graph.outputs[0]);
    const std::size_t element = element_bytes(output.dtype);
    std::size_t inner = element;
    for (std::size_t d = axis + 1; d < output.shape.size(); ++d) {
        inner *= static_cast<std::size_t>(output.shape[d]);
    }
    const auto length = static_cast<std::size_t>(output.shape[axis]);
    Bytes bytes(output.bytes());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const std::size_t outer = at / inner / length;
        std::size_t place = at / inner % length;
        std::size_t begin = 0;
        for (const int input : graph.nodes[0].inputs) {
            const auto size = static_cast<std::size_t>(graph.tensor(input).shape[axis]);
            if (place < size) {
                bytes[at] = values[begin + (outer * size + place) * inner + at % inner];
                break;
            }
            place -= size;
            begin += graph.tensor(input).bytes();
        }
    }
    return bytes;
}

Deployment deployed(const Graph& graph, const Savings& savings = {}) {
    auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, savings);
    REQUIRE_MESSAGE(deployment.ok(), (deployment.ok() ? "" : deployment.error().message()));
    CHECK(message_of(validate(deployment->graph)) == "");
    for (const Node& node : deployment->graph.nodes) {
        CHECK(node.inputs.size() <= WHITTLE_CONCAT_INPUTS);
    }
    return std::move(deployment).value();
}

// What the graph gives, whatever is saved of the arena and also without one.
Bytes outputs_of(const Graph& graph, const Bytes& values) {
    const Deployment deployment = deployed(graph);
    const auto planned = test::run_image(deployment, values, 0x5A);
    REQUIRE(planned.has_value());
    CHECK(test::run_apart(deployment, values, 0xA5) == planned);
    CHECK(test::run_image(deployed(graph, Savings::none()), values, 0xA5) == planned);
    return *planned;
}

// Bytes that pieces write before the last one writes the result.
std::size_t bytes_between(const Deployment& deployment) {
    std::size_t bytes = 0;
    for (const Node& node : deployment.graph.nodes) {
        if (node.outputs != deployment.graph.outputs) {
            bytes += deployment.graph.tensor(node.outputs[0]).bytes();
        }
    }
    return bytes;
}

}  // namespace

TEST_CASE("concatenations of any number of inputs put every element where it belongs") {
    for (const DType dtype : {DType::float32, DType::int8, DType::int16}) {
        for (const std::size_t count : {1u, 7u, 8u, 9u, 15u, 16u, 17u, 40u, 64u, 65u}) {
            for (const std::size_t axis : {0u, 1u, 2u}) {
                CAPTURE(dtype_name(dtype));
                CAPTURE(count);
                CAPTURE(axis);
                const Graph graph = concat_of(dtype, count, axis);
                REQUIRE(message_of(validate(graph)) == "");
                const Bytes values = random_bytes(input_bytes(graph));
                CHECK(outputs_of(graph, values) == joined(graph, axis, values));
            }
        }
    }
}

TEST_CASE("concatenations of several hundred inputs, and of as many as there may be") {
    for (const std::size_t count : {700u, 1024u}) {
        for (const std::size_t axis : {0u, 1u}) {
            const Graph graph = concat_of(DType::float32, count, axis);
            REQUIRE(message_of(validate(graph)) == "");
            const Bytes values = random_bytes(input_bytes(graph));
            CHECK(outputs_of(graph, values) == joined(graph, axis, values));
        }
    }
}

TEST_CASE("pieces copy no more than they must") {
    const auto copied = [](std::size_t count) {
        const std::vector<Tensor> parts(count, test::activation(DType::int8, {2, 4}));
        return bytes_between(deployed(concat_of(parts, 1))) / 8;
    };
    CHECK(copied(8) == 0);
    CHECK(copied(9) == 2);
    CHECK(copied(12) == 5);
    CHECK(copied(15) == 8);
    CHECK(copied(16) == 10);
    CHECK(copied(64) == 64);
    // The smallest neighbours are copied.
    std::vector<Tensor> parts(9, test::activation(DType::int8, {1, 100}));
    parts[4] = parts[5] = test::activation(DType::int8, {1, 3});
    const Deployment deployment = deployed(concat_of(parts, 1));
    REQUIRE(deployment.graph.nodes.size() == 2);
    CHECK(deployment.graph.nodes[0].inputs == std::vector<int>{4, 5});
    CHECK(bytes_between(deployment) == 6);
}

TEST_CASE("a wide concatenation takes one input often, constants, and other concatenations") {
    GraphBuilder builder;
    const int x = builder.input("x", {2});
    const std::vector<float> values = {7.0f, 8.0f, 9.0f};
    const int fixed = builder.constant("fixed", {1, 3}, values);
    std::vector<int> inputs(20, x);
    inputs[4] = inputs[13] = fixed;
    const int first = builder.apply(OpKind::concat, inputs, along(1));
    inputs[0] = inputs[19] = first;
    const int second = builder.apply(OpKind::concat, inputs, along(-1));
    const Graph graph = std::move(builder).finish({second, first});

    const std::vector<float> in = {1.0f, 2.0f};
    const auto appended = [&](std::vector<float>& to, int tensor, const std::vector<float>& one) {
        const std::vector<float>& from = tensor == x ? in : tensor == fixed ? values : one;
        to.insert(to.end(), from.begin(), from.end());
    };
    std::vector<float> of_first;
    std::vector<float> expected;
    for (const int input : graph.nodes[0].inputs) appended(of_first, input, {});
    for (const int input : graph.nodes[1].inputs) appended(expected, input, of_first);
    expected.insert(expected.end(), of_first.begin(), of_first.end());

    const auto* bytes = reinterpret_cast<const std::uint8_t*>(in.data());
    const Bytes outputs = outputs_of(graph, {bytes, bytes + sizeof(float) * in.size()});
    REQUIRE(outputs.size() == sizeof(float) * expected.size());
    CHECK(std::equal(outputs.begin(), outputs.end(),
                     reinterpret_cast<const std::uint8_t*>(expected.data())));
}

TEST_CASE("files keep a wide concatenation whole") {
    for (const std::size_t count : {9u, 40u, 700u}) {
        const Graph graph = concat_of(DType::int8, count, 2);
        const Bytes file = write_tflite(graph);
        const auto* operators = tflite::GetModel(file.data())->subgraphs()->Get(0)->operators();
        REQUIRE(operators->size() == 1);
        CHECK(operators->Get(0)->inputs()->size() == count);
        const Result<Graph> read = read_tflite(file);
        REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
        CHECK(test::difference(*read, graph) == "");
        CHECK(write_tflite(*read) == file);
        const Bytes values = random_bytes(input_bytes(graph));
        CHECK(outputs_of(*read, values) == joined(graph, 2, values));
    }
}

TEST_CASE("gradients go to each of many inputs") {
    constexpr std::size_t kCount = 40;
    GraphBuilder builder;
    const int x = builder.input("x", {1});
    std::vector<int> inputs = {x};
    for (std::size_t i = 1; i < kCount; ++i) {
        const std::vector<float> value(1 + i % 3, static_cast<float>(i));
        inputs.push_back(builder.parameter("p" + std::to_string(i),
                                           {1, static_cast<std::int32_t>(value.size())}, value));
    }
    inputs.push_back(inputs[7]);  // once more: both gradients are added
    const int all = builder.apply(OpKind::concat, inputs, along(1));
    Graph graph = std::move(builder).finish({all});
    REQUIRE(message_of(validate(graph)) == "");
    Result<Executor> executor = Executor::make(graph, 1);
    REQUIRE_MESSAGE(executor.ok(), (executor.ok() ? "" : executor.error().message()));
    executor->forward();
    executor->clear_gradients();
    const std::span<float> gradient = executor->gradient(all);
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = static_cast<float>(i);
    executor->backward(all);
    std::map<int, std::vector<float>> expected;
    float place = 0.0f;
    for (const int input : inputs) {
        std::vector<float>& own = expected[input];
        own.resize(static_cast<std::size_t>(graph.tensor(input).elements()));
        for (float& value : own) value += place++;
    }
    CHECK(place > 70.0f);
    CHECK(executor->gradient(x).empty());
    for (const auto& each : expected) {
        CAPTURE(each.first);
        const std::span<const float> found = executor->gradient(each.first);
        if (each.first != x) CHECK(std::vector<float>(found.begin(), found.end()) == each.second);
    }
}

TEST_CASE("counts and inputs that a concatenation cannot have are refused by their numbers") {
    Graph graph = concat_of(DType::int8, 20, 1);
    graph.tensors[12].name = "odd";
    const Bytes file = write_tflite(graph);
    const auto refused = [&](const std::function<void(tflite::SubGraphT&)>& damage) {
        const auto model = tflite::UnPackModel(file.data());
        damage(*model->subgraphs[0]);
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
        const auto read = read_tflite({builder.GetBufferPointer(), builder.GetSize()});
        REQUIRE(!read.ok());
        return read.error().place + "; " + read.error().expected + "; " + read.error().found;
    };
    const std::string place = "operator 0 (CONCATENATION, version 2)";
    for (const std::size_t count : {0u, 1025u, 300000u}) {
        const auto with_count = [&](tflite::SubGraphT& g) {
            g.operators[0]->inputs.assign(count, 1);
        };
        CHECK(refused(with_count) ==
              place + ": tensor 20 'output'; 1 to 1024 inputs; " + std::to_string(count));
    }
    for (const int wild : {21, -1, -2, INT32_MAX, INT32_MIN}) {
        const auto with_wild = [&](tflite::SubGraphT& g) { g.operators[0]->inputs[17] = wild; };
        CHECK(refused(with_wild).find(place + ", input 17; ") == 0);
    }
    const auto with_shape = [](tflite::SubGraphT& g) { g.tensors[12]->shape[2] = 3; };
    CHECK(refused(with_shape).find(place + ", input 12: tensor 12 'odd'; ") == 0);
}

TEST_CASE("what is refused of a graph with pieces has the numbers of the whole") {
    Graph graph = concat_of(DType::int8, 20, 1);
    const int behind = static_cast<int>(graph.tensors.size());
    graph.tensors.push_back(graph.tensor(graph.outputs[0]));
    graph.nodes.push_back({OpKind::relu, {}, graph.outputs, {behind}});
    graph.outputs = {behind};
    graph.tensor(behind).name = "behind";
    CHECK(deployed(graph).graph.nodes.size() > 2);

    Graph other = graph;
    other.tensors[15].quantization.scales[0] *= 2.0f;
    other.tensors[15].name = "odd";
    const auto scales = prepare_deployment(other, InputsOutputs::in_arena);
    REQUIRE(!scales.ok());
    CHECK(scales.error().place.find("operator 0 (concat, version 2), input 15 and output") == 0);
    CHECK(scales.error().place.find(": tensor 15 'odd'") != std::string::npos);
    other = graph;
    other.tensor(behind).quantization = {};
    const auto types = prepare_deployment(other, InputsOutputs::in_arena);
    REQUIRE(!types.ok());
    CHECK(types.error().place.find("operator 1 (relu, version ") == 0);

    // The kernel is asked for one piece at a time, and never leaves inputs out.
    const NodeTensorList tensors(graph, graph.nodes[0]);
    const auto whole =
        definition_of(OpKind::concat).prepare(tensors.view(), graph.nodes[0].attributes);
    REQUIRE(!whole.ok());
    CHECK(whole.error().found == "20");
}

TEST_CASE("a net whose features are joined is quantized whole and deployed in pieces") {
    GraphBuilder builder;
    Random random(5);
    const int x = builder.input("x", {6});
    std::vector<int> features = {x};
    for (int i = 0; i < 11; ++i) {
        features.push_back(builder.fully_connected(x, 2 + i % 3, Activation::relu, random));
    }
    const int all = builder.apply(OpKind::concat, features, along(1));
    const Graph graph =
        std::move(builder).finish({builder.fully_connected(all, 3, Activation::none, random)});
    std::vector<float> samples(6 * 20);
    for (float& value : samples) value = random.uniform(-1.0f, 1.0f);
    const Result<Graph> quantized = quantize_int8(graph, samples, {});
    REQUIRE_MESSAGE(quantized.ok(), (quantized.ok() ? "" : quantized.error().message()));
    const auto whole = std::find_if(quantized->nodes.begin(), quantized->nodes.end(),
                                    [](const Node& node) { return node.op == OpKind::concat; });
    REQUIRE(whole != quantized->nodes.end());
    CHECK(whole->inputs.size() == 12);
    const Deployment deployment = deployed(*quantized);
    const Quantization& wanted = quantized->tensor(whole->outputs[0]).quantization;
    int pieces = 0;
    for (const Node& node : deployment.graph.nodes) {
        if (node.op != OpKind::concat) continue;
        ++pieces;
        CHECK(deployment.graph.tensor(node.outputs[0]).quantization == wanted);
    }
    CHECK(pieces == 2);
    outputs_of(*quantized, random_bytes(input_bytes(*quantized)));
}

}  // namespace whittle
