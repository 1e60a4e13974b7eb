#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/add/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/sub/attributes.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/op_harness.h"
#include "tests/support/sample_graphs.h"

namespace whittle::test {

namespace {

// -1 and 1 in steps of the output, as the format rounds them: halves away from zero, in float32,
// and no further than the type goes.
template <class T>
struct Clip {
    std::int32_t low;
    std::int32_t high;

    explicit Clip(const Quantization& q) {
        const auto step = static_cast<std::int32_t>(std::round(1.0f / q.scales[0]));
        low = std::max<std::int32_t>(std::numeric_limits<T>::min(), q.zero_points[0] - step);
        high = std::min<std::int32_t>(std::numeric_limits<T>::max(), q.zero_points[0] + step);
    }
    T operator()(T value) const {
        return static_cast<T>(std::clamp<std::int32_t>(value, low, high));
    }
};

template <class T>
std::vector<T> results_of(const Graph& graph, const std::vector<T>& inputs) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    REQUIRE(program->input_bytes() == inputs.size() * sizeof(T));
    std::vector<T> outputs(program->output_bytes() / sizeof(T));
    program->run({reinterpret_cast<const std::uint8_t*>(inputs.data()), inputs.size() * sizeof(T)},
                 {reinterpret_cast<std::uint8_t*>(outputs.data()), outputs.size() * sizeof(T)});
    return outputs;
}

// Every value of the type, through the operator alone.
template <class T>
void check_clip(DType dtype, const Quantization& in, const Quantization& out) {
    CAPTURE(in.scales[0]);
    CAPTURE(out.scales[0]);
    CAPTURE(out.zero_points[0]);
    std::vector<T> all;
    for (std::int32_t v = std::numeric_limits<T>::min(); v <= std::numeric_limits<T>::max(); ++v) {
        all.push_back(static_cast<T>(v));
    }
    Tensor input;
    input.dtype = dtype;
    input.shape = {static_cast<std::int32_t>(all.size())};
    input.quantization = in;
    const auto outputs =
        results_of<T>(single_node_graph(OpKind::relu_n1_to_1, {}, {input}, out), all);
    const Clip<T> clip(out);
    double worst = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double real = static_cast<double>(in.scales[0]) * (all[i] - in.zero_points[0]);
        const double steps = real / static_cast<double>(out.scales[0]) + out.zero_points[0];
        worst =
            std::max(worst, std::fabs(outputs[i] - std::clamp<double>(steps, clip.low, clip.high)));
    }
    // Rounded after the product and again after a shift to the right: at most 1/2 and 1/4, as no
    // factor is below 1/4; 2^-15 of the range is the multiplier's own error.
    CHECK(worst <= 0.75 + 0.01);
    const double scale = static_cast<double>(in.scales[0]);
    const double lowest = scale * (all.front() - in.zero_points[0]);
    const double highest = scale * (all.back() - in.zero_points[0]);
    if (lowest < -1.0) CHECK(outputs.front() == clip.low);
    if (highest > 1.0) CHECK(outputs.back() == clip.high);
}

struct FusedCase {
    const char* name;
    OpKind op;
    Attributes plain;
    Attributes clipped;
    std::vector<Tensor> inputs;
};

template <class Own>
FusedCase fused_case(const char* name, OpKind op, Own own, std::vector<Tensor> inputs) {
    const Attributes plain = Attributes::of(own);
    own.activation = Activation::relu_n1_to_1;
    return {name, op, plain, Attributes::of(own), std::move(inputs)};
}

std::vector<Tensor> with_weights(Tensor input, Shape shape, std::int32_t outputs, int axis) {
    std::vector<Tensor> all = {std::move(input)};
    for (Tensor& tensor : weights_and_bias(all[0].dtype, std::move(shape), outputs, axis)) {
        all.push_back(std::move(tensor));
    }
    return all;
}

std::vector<FusedCase> fused_cases(DType dtype) {
    const Tensor image = activation(dtype, {1, 5, 4, 3});
    const Tensor row = activation(dtype, {30, 9});
    PoolAttributes pool{Activation::none, 2, 2, {}};
    std::vector<Tensor> transposed = with_weights(image, {4, 2, 2, 3}, 4, 0);
    transposed.pop_back();  // the bias is optional
    std::swap(transposed[0], transposed[1]);
    transposed.insert(transposed.begin(), int32_constant({4}, {1, 6, 5, 4}));
    return {
        fused_case("fully_connected", OpKind::fully_connected, FullyConnectedAttributes{},
                   with_weights(row, {4, 9}, 4, 0)),
        fused_case("conv2d", OpKind::conv2d, Conv2dAttributes{},
                   with_weights(image, {4, 2, 2, 3}, 4, 0)),
        fused_case("depthwise_conv2d", OpKind::depthwise_conv2d, Conv2dAttributes{},
                   with_weights(image, {1, 2, 2, 3}, 3, 3)),
        fused_case("transpose_conv", OpKind::transpose_conv,
                   Conv2dAttributes{Activation::none, {.padding = Padding::valid}}, transposed),
        fused_case("add", OpKind::add, AddAttributes{}, {row, row}),
        fused_case("sub", OpKind::sub, SubAttributes{}, {row, row}),
        fused_case("mul", OpKind::mul, MulAttributes{}, {row, row}),
        fused_case("average_pool2d", OpKind::average_pool2d, pool, {image}),
        fused_case("max_pool2d", OpKind::max_pool2d, pool, {image}),
    };
}

template <class T>
std::vector<T> some_inputs(const Graph& graph) {
    std::size_t count = 0;
    for (const int input : graph.inputs) {
        count += static_cast<std::size_t>(graph.tensor(input).elements());
    }
    Random random(17);
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        // Parts that are far apart, so that all of a window may be below -1.
        const bool is_low = i < count / 3;
        const float real = random.uniform(is_low ? -3.0f : -1.5f, is_low ? -1.2f : 3.0f);
        values[i] = std::is_floating_point_v<T>
                        ? static_cast<T>(real)
                        : static_cast<T>(std::round(
                              real / graph.tensor(graph.inputs[0]).quantization.scales[0]));
    }
    return values;
}

// With the activation an operator gives what it gives without, clamped: for integers too, as what
// the type cuts off lies beyond.
template <class T, class Expected>
void check_fused(const FusedCase& c, Expected clip, T low, T high) {
    CAPTURE(std::string(c.name));
    const Quantization out = activation(c.inputs.back().dtype == DType::float32
                                            ? DType::float32
                                            : (sizeof(T) == 1 ? DType::int8 : DType::int16),
                                        {})
                                 .quantization;
    const Graph plain = single_node_graph(c.op, c.plain, c.inputs, out);
    const Graph clipped = single_node_graph(c.op, c.clipped, c.inputs, out);
    const std::vector<T> inputs = some_inputs<T>(plain);
    std::vector<T> expected = results_of(plain, inputs);
    CHECK(*std::min_element(expected.begin(), expected.end()) < low);
    CHECK(*std::max_element(expected.begin(), expected.end()) > high);
    for (T& value : expected) value = clip(value);
    CHECK(std::count_if(expected.begin(), expected.end(),
                        [&](T value) { return value > low && value < high; }) > 0);
    CHECK(results_of(clipped, inputs) == expected);
    const Result<Graph> read = read_tflite(write_tflite(clipped));
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
    CHECK(results_of(*read, inputs) == expected);
}

template <class T>
void check_fused_integers(DType dtype) {
    CAPTURE(std::string(dtype_name(dtype)));
    const Clip<T> clip(activation(dtype, {}).quantization);
    for (const FusedCase& c : fused_cases(dtype)) {
        check_fused<T>(c, clip, static_cast<T>(clip.low), static_cast<T>(clip.high));
    }
}

std::string hint_of_fused(tflite::ActivationFunctionType type) {
    const Result<Activation> read = read_activation(type);
    REQUIRE(!read.ok());
    CHECK(read.error().found != "");
    return read.error().hint;
}

}  // namespace

TEST_CASE("RELU_N1_TO_1 of integers is the real function, rounded, with the format's bounds") {
    for (const float scale : {0.4f, 0.3f, 0.0123f, 0.004f, 2.0f, 2.1f}) {
        for (const std::int32_t zero_point : {0, -128, 127, 5}) {
            check_clip<std::int8_t>(DType::int8, {{1.3f * scale}, {-7}, 0},
                                    {{scale}, {zero_point}, 0});
            check_clip<std::int8_t>(DType::int8, {{scale}, {zero_point}, 0},
                                    {{scale}, {zero_point}, 0});
        }
    }
    for (const float scale : {0.001f, 0.00007f, 0.00002f, 0.4f}) {
        check_clip<std::int16_t>(DType::int16, {{1.3f * scale}, {0}, 0}, {{scale}, {0}, 0});
    }
    CHECK(Clip<std::int8_t>({{0.4f}, {0}, 0}).high == 3);  // 2.5
    CHECK(Clip<std::int8_t>({{0.4f}, {0}, 0}).low == -3);
    CHECK(Clip<std::int8_t>({{2.0f}, {5}, 0}).low == 4);  // -0.5
    CHECK(Clip<std::int8_t>({{0.004f}, {0}, 0}).low == -128);
}

TEST_CASE("RELU_N1_TO_1 of floats clamps, and leaves NaN and the zeros' signs") {
    Tensor input;
    input.shape = {9};
    const Graph graph = single_node_graph(OpKind::relu_n1_to_1, {}, {input});
    const float infinite = std::numeric_limits<float>::infinity();
    const std::vector<float> in = {-infinite, -1.5f, -1.0f, -0.5f,   -0.0f,
                                   0.5f,      1.0f,  1.5f,  infinite};
    const std::vector<float> expected = {-1.0f, -1.0f, -1.0f, -0.5f, -0.0f, 0.5f, 1.0f, 1.0f, 1.0f};
    const std::vector<float> out = results_of(graph, in);
    CHECK(out == expected);
    CHECK(std::signbit(out[4]));
    const std::vector<float> nans(9, std::numeric_limits<float>::quiet_NaN());
    CHECK(std::isnan(results_of(graph, nans)[0]));
}

TEST_CASE("RELU_N1_TO_1 stands in .tflite files as the format has it, in version 1") {
    Tensor input = activation(DType::int8, {4});
    const Graph graph = single_node_graph(OpKind::relu_n1_to_1, {}, {input}, input.quantization);
    const std::vector<std::uint8_t> bytes = write_tflite(graph);
    const tflite::OperatorCode* code = tflite::GetModel(bytes.data())->operator_codes()->Get(0);
    CHECK(code->builtin_code() == tflite::BuiltinOperator_RELU_N1_TO_1);
    CHECK(code->version() == 1);
    const Result<Graph> read = read_tflite(bytes);
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
    CHECK(read->nodes[0].op == OpKind::relu_n1_to_1);
}

TEST_CASE("every operator that fuses activations clamps to -1 ... 1, and keeps it in its file") {
    check_fused_integers<std::int8_t>(DType::int8);
    check_fused_integers<std::int16_t>(DType::int16);
    for (const FusedCase& c : fused_cases(DType::float32)) {
        check_fused<float>(
            c, [](float value) { return std::clamp(value, -1.0f, 1.0f); }, -1.0f, 1.0f);
    }
}

TEST_CASE("refused activations are sent to operators of their own only where there are such") {
    const std::string own = "write the activation as an operator of its own";
    CHECK(hint_of_fused(tflite::ActivationFunctionType_TANH) == own);
    CHECK(definition_of(tflite::BuiltinOperator_TANH) != nullptr);
    CHECK(hint_of_fused(tflite::ActivationFunctionType_SIGN_BIT) != own);
    CHECK(hint_of_fused(static_cast<tflite::ActivationFunctionType>(77)) != own);
    CHECK(hint_of_fused(static_cast<tflite::ActivationFunctionType>(-5)) != own);

    const Tensor x = activation(DType::float32, {2});
    const Graph graph =
        single_node_graph(OpKind::concat, Attributes::of(ConcatAttributes{0}), {x, x});
    for (const auto type :
         {tflite::ActivationFunctionType_RELU, tflite::ActivationFunctionType_RELU_N1_TO_1,
          tflite::ActivationFunctionType_SIGN_BIT,
          static_cast<tflite::ActivationFunctionType>(9)}) {
        const auto model = tflite::UnPackModel(write_tflite(graph).data());
        model->subgraphs[0]
            ->operators[0]
            ->builtin_options.AsConcatenationOptions()
            ->fused_activation_function = type;
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
        const auto read = read_tflite({builder.GetBufferPointer(), builder.GetSize()});
        REQUIRE(!read.ok());
        CHECK((read.error().hint == own) == (type < tflite::ActivationFunctionType_SIGN_BIT));
        CHECK(read.error().found != "");
    }
}

}  // namespace whittle::test
