// SVDF of floats, and with weights that the file keeps in a narrower type.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/graph.h"
#include "core/ops/svdf/attributes.h"
#include "core/ops/svdf/inputs.h"
#include "core/ops/svdf/program.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/guarded_run.h"

namespace whittle::test {

namespace {

struct FloatSvdf {
    std::int32_t batches = 1, inputs = 1, units = 1, rank = 1, memory = 1;
    Activation activation = Activation::none;
    bool has_bias = true;
    std::vector<float> features{}, times{}, bias{};

    std::int32_t filters() const { return units * rank; }
};

std::vector<float> some_floats(std::int32_t count, float limit, Random& random) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = random.uniform(-limit, limit);
    return values;
}

FloatSvdf some_svdf(const std::array<std::int32_t, 5>& sizes, Random& random) {
    FloatSvdf layer;
    layer.batches = sizes[0];
    layer.inputs = sizes[1];
    layer.units = sizes[2];
    layer.rank = sizes[3];
    layer.memory = sizes[4];
    layer.features = some_floats(layer.filters() * layer.inputs, 1.0f, random);
    layer.times = some_floats(layer.filters() * layer.memory, 1.0f, random);
    layer.bias = some_floats(layer.units, 3.0f, random);
    return layer;
}

Tensor float_tensor(const char* name, Shape shape) {
    Tensor tensor;
    tensor.name = name;
    tensor.shape = std::move(shape);
    return tensor;
}

Tensor float_constant(const char* name, Shape shape, const std::vector<float>& values) {
    Tensor tensor = float_tensor(name, std::move(shape));
    tensor.constant = true;
    tensor.data.resize(values.size() * sizeof(float));
    if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return tensor;
}

// Tensors stand at the places of the node's inputs, and the output behind them.
Graph svdf_graph(const FloatSvdf& layer) {
    Graph graph;
    graph.tensors = {
        float_tensor("input", {layer.batches, layer.inputs}),
        float_constant("features", {layer.filters(), layer.inputs}, layer.features),
        float_constant("times", {layer.filters(), layer.memory}, layer.times),
        float_constant("bias", {layer.units}, layer.bias),
        float_tensor("state", {layer.batches, layer.filters() * layer.memory}),
        float_tensor("output", {layer.batches, layer.units}),
    };
    graph.tensors[kSvdfState].variable = true;
    graph.nodes = {{.op = OpKind::svdf,
                    .attributes = Attributes::of(SvdfAttributes{layer.rank, layer.activation}),
                    .inputs = {0, 1, 2, layer.has_bias ? kSvdfBias : kNoTensor, 4},
                    .outputs = {5}}};
    graph.inputs = {0};
    graph.outputs = {5};
    return graph;
}

Program svdf_program(const Graph& graph) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    return std::move(*program);
}

std::span<const std::uint8_t> bytes_of(const std::vector<float>& values) {
    return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(float)};
}

std::vector<float> run_svdf(Program& program, const std::vector<float>& input) {
    REQUIRE(program.input_bytes() == input.size() * sizeof(float));
    std::vector<float> output(program.output_bytes() / sizeof(float));
    program.run(bytes_of(input),
                {reinterpret_cast<std::uint8_t*>(output.data()), output.size() * sizeof(float)});
    return output;
}

// In double precision, from all inputs so far: what a filter remembers is the features of the last
// steps, and zeros from before the first.
struct PlainSvdf {
    const FloatSvdf& layer;
    std::vector<std::vector<float>> steps{};

    struct Value {
        double value = 0.0;
        double magnitude = 0.0;  // the sum of what was added up, without signs
    };

    Value feature(std::size_t step, std::size_t n, std::size_t filter) const {
        const auto inputs = static_cast<std::size_t>(layer.inputs);
        Value sum;
        for (std::size_t i = 0; i < inputs; ++i) {
            const double product = static_cast<double>(steps[step][n * inputs + i]) *
                                   static_cast<double>(layer.features[filter * inputs + i]);
            sum.value += product;
            sum.magnitude += std::fabs(product);
        }
        return sum;
    }

    Value output(std::size_t n, std::size_t unit) const {
        const auto memory = static_cast<std::size_t>(layer.memory);
        const auto rank = static_cast<std::size_t>(layer.rank);
        Value sum;
        if (layer.has_bias) sum.value = static_cast<double>(layer.bias[unit]);
        sum.magnitude = std::fabs(sum.value);
        for (std::size_t filter = unit * rank; filter < (unit + 1) * rank; ++filter) {
            for (std::size_t age = 0; age < std::min(memory, steps.size()); ++age) {
                const auto time =
                    static_cast<double>(layer.times[filter * memory + memory - 1 - age]);
                const Value one = feature(steps.size() - 1 - age, n, filter);
                sum.value += one.value * time;
                sum.magnitude += one.magnitude * std::fabs(time);
            }
        }
        if (layer.activation == Activation::relu_n1_to_1) {
            sum.value = std::clamp(sum.value, -1.0, 1.0);
        } else if (layer.activation != Activation::none) {
            sum.value = std::max(sum.value, 0.0);
        }
        if (layer.activation == Activation::relu6) sum.value = std::min(sum.value, 6.0);
        return sum;
    }
};

void check_steps(const FloatSvdf& layer, int steps, Random& random) {
    Program program = svdf_program(svdf_graph(layer));
    PlainSvdf plain{layer};
    // No product goes through more roundings than there are terms in the sums that it is in; each
    // is at most 2^-24 of what has been added up.
    const double roundings = layer.inputs + layer.memory + layer.rank + 2;
    for (int step = 0; step < steps; ++step) {
        CAPTURE(step);
        plain.steps.push_back(some_floats(layer.batches * layer.inputs, 2.0f, random));
        const std::vector<float> output = run_svdf(program, plain.steps.back());
        for (std::size_t i = 0; i < output.size(); ++i) {
            const auto units = static_cast<std::size_t>(layer.units);
            const PlainSvdf::Value expected = plain.output(i / units, i % units);
            CHECK(std::fabs(static_cast<double>(output[i]) - expected.value) <=
                  roundings * std::ldexp(expected.magnitude, -24));
        }
    }
}

constexpr std::array<std::int32_t, 5> kSizes[] = {
    {1, 1, 1, 1, 1},  {1, 3, 2, 1, 4}, {2, 5, 3, 2, 3}, {3, 1, 1, 4, 2},
    {1, 16, 8, 2, 9}, {2, 7, 1, 1, 1}, {1, 4, 5, 3, 8},
};

}  // namespace

TEST_CASE("an SVDF of floats is the plain computation in double precision, step after step") {
    Random random(31);
    for (const auto& sizes : kSizes) {
        for (const Activation activation :
             {Activation::none, Activation::relu, Activation::relu6, Activation::relu_n1_to_1}) {
            for (const bool has_bias : {true, false}) {
                CAPTURE(sizes);
                CAPTURE(has_bias);
                FloatSvdf layer = some_svdf(sizes, random);
                layer.activation = activation;
                layer.has_bias = has_bias;
                // Long enough that the first inputs are forgotten.
                check_steps(layer, 2 * layer.memory + 3, random);
            }
        }
    }
}

TEST_CASE("an SVDF of floats stays inside its operands") {
    Random random(37);
    for (const auto& sizes : kSizes) {
        const FloatSvdf layer = some_svdf(sizes, random);
        const Graph graph = svdf_graph(layer);
        const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena);
        REQUIRE(deployment.ok());
        const std::vector<float> input = some_floats(layer.batches * layer.inputs, 2.0f, random);
        Program program = svdf_program(graph);
        const std::vector<float> output = run_svdf(program, input);
        const auto expected = bytes_of(output);
        const std::vector<std::uint8_t> bytes(expected.begin(), expected.end());
        for (const std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{0xFF}}) {
            CHECK(run_apart(*deployment, bytes_of(input), fill) == bytes);
            CHECK(run_image(*deployment, bytes_of(input), fill) == bytes);
        }
    }
}

TEST_CASE("an image's SVDF of floats is refused where it would leave its operands") {
    const WhittleSvdfFloat32 good = {2, 5, 3, 2, 4, 0.0f, 6.0f};
    const std::array<WhittleOperandInfo, 6> operands = {{{40, nullptr},
                                                         {120, nullptr},
                                                         {96, nullptr},
                                                         {12, nullptr},
                                                         {192, nullptr},
                                                         {24, nullptr}}};
    const auto accepts = [](const WhittleSvdfFloat32& params, const auto& infos) {
        return whittle_svdf_check(0, &params, sizeof params, infos.data(), 6) == 1;
    };
    CHECK(accepts(good, operands));
    for (std::size_t k = 0; k < operands.size(); ++k) {
        CAPTURE(k);
        auto infos = operands;
        --infos[k].bytes;
        CHECK_FALSE(accepts(good, infos));
    }
    const std::uint32_t in_flash[48] = {};
    auto infos = operands;
    infos[kSvdfState].constant = in_flash;
    CHECK_FALSE(accepts(good, infos));
    constexpr std::int32_t kLargest = std::numeric_limits<std::int32_t>::max();
    for (std::int32_t WhittleSvdfFloat32::*const size :
         {&WhittleSvdfFloat32::batches, &WhittleSvdfFloat32::inputs, &WhittleSvdfFloat32::units,
          &WhittleSvdfFloat32::rank, &WhittleSvdfFloat32::memory}) {
        for (const std::int32_t value : {-1, -kLargest - 1, kLargest, 1 << 16, 6}) {
            WhittleSvdfFloat32 params = good;
            params.*size = value;
            CHECK_FALSE(accepts(params, operands));
        }
    }
    WhittleSvdfFloat32 params = good;
    params.rank = 0;
    CHECK_FALSE(accepts(params, operands));
    params = good;
    params.memory = 0;
    CHECK_FALSE(accepts(params, operands));
    // The parameters of the integer kernels, another number of operands, a variant that is not
    // there.
    const WhittleSvdf integer{};
    CHECK_FALSE(whittle_svdf_check(0, &integer, sizeof integer, operands.data(), 6));
    CHECK_FALSE(whittle_svdf_check(1, &good, sizeof good, operands.data(), 6));
    CHECK_FALSE(whittle_svdf_check(0, &good, sizeof good, operands.data(), 5));
    CHECK_FALSE(whittle_svdf_check(3, &good, sizeof good, operands.data(), 6));
}

TEST_CASE("graphs that mix floats into an SVDF of int8, or the reverse, are refused") {
    Random random(41);
    const Graph good = svdf_graph(some_svdf({1, 3, 2, 1, 4}, random));
    REQUIRE(validate(good).ok());
    for (const int place : {kSvdfFeatures, kSvdfTimes, kSvdfBias}) {
        CAPTURE(place);
        Graph graph = good;
        Tensor& tensor = graph.tensor(place);
        tensor.dtype = DType::int32;
        CHECK_FALSE(validate(graph).ok());
    }
    Graph graph = good;
    graph.tensor(kSvdfState).dtype = DType::int16;
    CHECK_FALSE(validate(graph).ok());
    graph = good;
    graph.tensor(kSvdfState).variable = false;
    CHECK_FALSE(validate(graph).ok());
    graph = good;
    graph.tensor(0).dtype = DType::int16;
    CHECK_FALSE(validate(graph).ok());
}

TEST_CASE("an SVDF of floats comes back from a .tflite file with the same bits") {
    Random random(43);
    for (const bool has_bias : {true, false}) {
        FloatSvdf layer = some_svdf({2, 5, 3, 2, 4}, random);
        layer.has_bias = has_bias;
        layer.activation = Activation::relu;
        Graph graph = svdf_graph(layer);
        const Result<Graph> back = read_tflite(write_tflite(graph));
        REQUIRE_MESSAGE(back.ok(), (back.ok() ? "" : back.error().message()));
        Program program = svdf_program(graph);
        Program again = svdf_program(*back);
        for (int step = 0; step < 6; ++step) {
            const std::vector<float> input = some_floats(10, 2.0f, random);
            CHECK(run_svdf(again, input) == run_svdf(program, input));
        }
    }
}

namespace {

// Puts integers with one scale in the place of a constant of floats, and gives what they stand for.
std::vector<float> narrow_to_int8(tflite::ModelT& model,
                                  std::size_t index,
                                  float scale,
                                  Random& random) {
    tflite::TensorT& tensor = *model.subgraphs[0]->tensors[index];
    std::vector<std::uint8_t>& data = model.buffers[tensor.buffer]->data;
    data.resize(data.size() / sizeof(float));
    std::vector<float> values;
    for (std::uint8_t& byte : data) {
        const auto value = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
        byte = static_cast<std::uint8_t>(value);
        values.push_back(scale * static_cast<float>(value));
    }
    tensor.type = tflite::TensorType_INT8;
    tensor.quantization = std::make_unique<tflite::QuantizationParametersT>();
    tensor.quantization->scale = {scale};
    tensor.quantization->zero_point = {0};
    return values;
}

// The same with halves whose exponent is that of 1 ... 2 and whose fraction has four bits.
std::vector<float> narrow_to_float16(tflite::ModelT& model, std::size_t index, Random& random) {
    tflite::TensorT& tensor = *model.subgraphs[0]->tensors[index];
    std::vector<std::uint8_t>& data = model.buffers[tensor.buffer]->data;
    const std::size_t count = data.size() / sizeof(float);
    data.clear();
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t fraction = random.below(16);
        const std::uint32_t half = 15u << 10 | fraction << 6;
        data.push_back(static_cast<std::uint8_t>(half & 255));
        data.push_back(static_cast<std::uint8_t>(half >> 8));
        values.push_back(1.0f + static_cast<float>(fraction) / 16.0f);
    }
    tensor.type = tflite::TensorType_FLOAT16;
    return values;
}

Result<Graph> read_model(const tflite::ModelT& model) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(tflite::Model::Pack(builder, &model), tflite::ModelIdentifier());
    return read_tflite({builder.GetBufferPointer(), builder.GetSize()});
}

}  // namespace

TEST_CASE("a hybrid SVDF runs with its weights widened, whatever the type of its time weights") {
    Random random(47);
    for (const DType times : {DType::float32, DType::int8, DType::float16}) {
        CAPTURE(dtype_name(times));
        FloatSvdf layer = some_svdf({2, 5, 3, 2, 4}, random);
        const auto model = tflite::UnPackModel(write_tflite(svdf_graph(layer)).data());
        layer.features = narrow_to_int8(*model, kSvdfFeatures, 0.0078125f, random);
        if (times == DType::int8) layer.times = narrow_to_int8(*model, kSvdfTimes, 0.02f, random);
        if (times == DType::float16) layer.times = narrow_to_float16(*model, kSvdfTimes, random);
        const Result<Graph> graph = read_model(*model);
        REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().message()));
        CHECK(graph->tensor(kSvdfFeatures).widened);
        CHECK(graph->tensor(kSvdfTimes).widened == (times != DType::float32));
        CHECK_FALSE(graph->tensor(kSvdfBias).widened);
        Program hybrid = svdf_program(*graph);
        Program wide = svdf_program(svdf_graph(layer));
        for (int step = 0; step < 6; ++step) {
            const std::vector<float> input = some_floats(10, 2.0f, random);
            CHECK(run_svdf(hybrid, input) == run_svdf(wide, input));
        }
    }
}

}  // namespace whittle::test
