#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "tests/support/op_harness.h"
#include "tests/support/sample_graphs.h"

namespace whittle::test {

namespace {

// A dense layer over int16, and what its numbers mean.
struct DenseLayer {
    std::int32_t rows = 3;
    std::int32_t inputs = 23;
    std::int32_t outputs = 9;
    std::vector<std::int16_t> x{};
    std::vector<std::int32_t> w{};
    std::vector<std::int32_t> b{};  // none: no bias
    DType weights = DType::int8;
    DType bias = DType::int32;
    float input_scale = 0.001f;
    std::vector<float> weight_scales = {0.01f};
    float output_scale = 0.002f;
    FullyConnectedAttributes attributes{};
};

template <class T>
std::vector<std::uint8_t> packed(const std::vector<std::int32_t>& values) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const T value = static_cast<T>(values[i]);
        std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof value);
    }
    return bytes;
}

std::vector<std::uint8_t> int4_bytes(const std::vector<std::int32_t>& values) {
    std::vector<std::uint8_t> bytes((values.size() + 1) / 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
        bytes[i / 2] |= static_cast<std::uint8_t>((values[i] & 15) << (4 * (i % 2)));
    }
    return bytes;
}

Tensor wide_activation(Shape shape, float scale) {
    Tensor tensor = activation(DType::int16, std::move(shape));
    tensor.quantization = {{scale}, {0}, 0};
    return tensor;
}

Graph dense_graph(const DenseLayer& layer) {
    Tensor weights;
    weights.dtype = layer.weights;
    weights.shape = {layer.outputs, layer.inputs};
    weights.constant = true;
    weights.data =
        layer.weights == DType::int4 ? int4_bytes(layer.w) : packed<std::int8_t>(layer.w);
    weights.quantization = {layer.weight_scales,
                            std::vector<std::int32_t>(layer.weight_scales.size(), 0), 0};
    std::vector<Tensor> tensors = {wide_activation({layer.rows, layer.inputs}, layer.input_scale),
                                   weights};
    if (!layer.b.empty()) {
        Tensor bias;
        bias.dtype = layer.bias;
        bias.shape = {layer.outputs};
        bias.constant = true;
        bias.data = layer.bias == DType::int64 ? packed<std::int64_t>(layer.b)
                                               : packed<std::int32_t>(layer.b);
        tensors.push_back(bias);
    }
    return single_node_graph(OpKind::fully_connected, Attributes::of(layer.attributes), tensors,
                             {{layer.output_scale}, {0}, 0});
}

std::vector<std::int16_t> outputs_of(const Graph& graph, const std::vector<std::int16_t>& x) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    std::vector<std::uint8_t> in(2 * x.size());
    std::memcpy(in.data(), x.data(), in.size());
    REQUIRE(program->input_bytes() == in.size());
    std::vector<std::uint8_t> out(program->output_bytes());
    program->run(in, out);
    std::vector<std::int16_t> y(out.size() / 2);
    std::memcpy(y.data(), out.data(), out.size());
    return y;
}

std::vector<std::int16_t> outputs_of(const DenseLayer& layer) {
    return outputs_of(dense_graph(layer), layer.x);
}

std::int32_t integer_in(Random& random, std::int32_t low, std::int32_t high) {
    return low +
           static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(high - low + 1)));
}

void fill_layer(DenseLayer& layer, Random& random, std::int32_t largest_weight) {
    layer.x.resize(static_cast<std::size_t>(layer.rows * layer.inputs));
    layer.w.resize(static_cast<std::size_t>(layer.outputs * layer.inputs));
    layer.b.resize(static_cast<std::size_t>(layer.outputs));
    for (auto& q : layer.x) q = static_cast<std::int16_t>(integer_in(random, -32768, 32767));
    for (auto& q : layer.w) q = integer_in(random, -largest_weight, largest_weight);
    for (auto& q : layer.b) q = integer_in(random, -2000000, 2000000);
}

std::int64_t exact_sum(const DenseLayer& layer, std::int32_t row, std::int32_t output) {
    std::int64_t sum = layer.b.empty() ? 0 : layer.b[static_cast<std::size_t>(output)];
    for (std::int32_t i = 0; i < layer.inputs; ++i) {
        sum += std::int64_t{layer.x[static_cast<std::size_t>(row * layer.inputs + i)]} *
               layer.w[static_cast<std::size_t>(output * layer.inputs + i)];
    }
    return sum;
}

// What is left of a sum in 32 bits.
std::int64_t wrapped(std::int64_t sum) {
    constexpr std::int64_t kHalf = std::int64_t{1} << 31;
    const std::int64_t rest = (sum + kHalf) % (2 * kHalf);
    return (rest < 0 ? rest + 2 * kHalf : rest) - kHalf;
}

// The largest distance in steps between the kernel and the real, rounded and clamped result, where
// `kept` is what the sums keep.
double worst_dense_distance(const DenseLayer& layer, std::int64_t (*kept)(std::int64_t)) {
    const std::vector<std::int16_t> y = outputs_of(layer);
    const bool relu = layer.attributes.activation == Activation::relu;
    double worst = 0.0;
    for (std::int32_t n = 0; n < layer.rows; ++n) {
        for (std::int32_t o = 0; o < layer.outputs; ++o) {
            const std::size_t channel =
                layer.weight_scales.size() > 1 ? static_cast<std::size_t>(o) : 0;
            const double real = static_cast<double>(kept(exact_sum(layer, n, o))) *
                                static_cast<double>(layer.input_scale) *
                                static_cast<double>(layer.weight_scales[channel]) /
                                static_cast<double>(layer.output_scale);
            const double exact = std::clamp(real, relu ? 0.0 : -32768.0, 32767.0);
            const auto at = static_cast<std::size_t>(n * layer.outputs + o);
            worst = std::max(worst, std::fabs(y[at] - exact));
        }
    }
    return worst;
}

std::int64_t all_of(std::int64_t sum) { return sum; }

std::vector<float> scales_of(std::int32_t outputs) {
    std::vector<float> scales;
    for (std::int32_t o = 0; o < outputs; ++o) scales.push_back(0.002f * static_cast<float>(o + 1));
    return scales;
}

constexpr InstructionSet kSets[] = {
    InstructionSet::reference,    InstructionSet::plain, InstructionSet::arm_dsp,
    InstructionSet::helium,       InstructionSet::avx2,  InstructionSet::avx512_vnni,
    InstructionSet::wasm_simd128,
};

}  // namespace

TEST_CASE("int16 fully connected is the real one, rounded, with biases of int64 and int32") {
    Random random(31);
    for (const DType bias : {DType::int64, DType::int32}) {
        for (const DType weights : {DType::int8, DType::int4}) {
            for (const bool per_channel : {false, true}) {
                DenseLayer layer;
                layer.bias = bias;
                layer.weights = weights;
                if (per_channel) layer.weight_scales = scales_of(layer.outputs);
                layer.attributes.activation = per_channel ? Activation::relu : Activation::none;
                fill_layer(layer, random, weights == DType::int4 ? 7 : 127);
                CAPTURE(dtype_name(bias));
                CAPTURE(dtype_name(weights));
                // With an int64 bias the multiplier keeps 15 bits: half of 2^-14 of up to 2^15
                // steps. Otherwise 31 bits, and the one scale is a product of floats: 2^-24 of
                // them.
                CHECK(worst_dense_distance(layer, all_of) <= (bias == DType::int64 ? 1.51 : 0.51));
            }
        }
    }
}

TEST_CASE("Sums over int16 with an int32 bias are modulo 2^32") {
    Random random(32);
    DenseLayer layer;
    layer.inputs = 700;
    layer.output_scale = 1.0f;  // sums times 1e-5 stay inside int16
    fill_layer(layer, random, 127);
    // Products of one sign in the first row, and biases at the ends.
    for (std::int32_t i = 0; i < layer.inputs; ++i) {
        layer.x[static_cast<std::size_t>(i)] = i % 2 == 0 ? 32767 : -32768;
        for (std::int32_t o = 0; o < 3; ++o) {
            const bool up = o == 1;
            layer.w[static_cast<std::size_t>(o * layer.inputs + i)] =
                (i % 2 == 0) == up ? 120 + o : -120 - o;
        }
    }
    for (std::size_t o = 3; o < 9; ++o) layer.b[o] = o % 2 == 0 ? INT32_MAX : INT32_MIN;
    int left = 0;
    for (std::int32_t n = 0; n < layer.rows; ++n) {
        for (std::int32_t o = 0; o < layer.outputs; ++o) {
            const std::int64_t sum = exact_sum(layer, n, o);
            left += wrapped(sum) != sum;
        }
    }
    CHECK(left >= 6);
    CHECK(worst_dense_distance(layer, wrapped) <= 0.51);
    layer.bias = DType::int64;
    // 15 bits of the multiplier for up to 2^15 steps.
    CHECK(worst_dense_distance(layer, all_of) <= 1.51);
}

TEST_CASE("Sums of 32 bits take factors of 2^7 and more, and those of 64 bits do not") {
    Random random(33);
    DenseLayer layer;
    layer.output_scale = 0.001f;
    layer.weight_scales = {300.0f};
    fill_layer(layer, random, 3);
    for (auto& q : layer.x) q = static_cast<std::int16_t>(q % 2);
    for (auto& q : layer.b) q %= 50;
    // The product of the scales is rounded to 24 bits: 2^-25 of up to 2^15 steps.
    CHECK(worst_dense_distance(layer, all_of) <= 0.51);
    layer.bias = DType::int64;
    const auto refused = Program::from_graph(dense_graph(layer));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message().find("below 2^7") != std::string::npos);

    std::vector<Tensor> inputs = weights_and_bias(DType::int16, {2, 1, 1, 1}, 2, 0);
    inputs.insert(inputs.begin(), wide_activation({1, 1, 3, 1}, 0.001f));
    inputs[1].quantization.scales = {300.0f, 500.0f};
    const Attributes attributes = Attributes::of(Conv2dAttributes{});
    const Quantization out{{0.001f}, {0}, 0};
    CHECK_FALSE(
        Program::from_graph(single_node_graph(OpKind::conv2d, attributes, inputs, out)).ok());
    inputs[2].dtype = DType::int32;
    inputs[2].data.resize(inputs[2].bytes());
    const std::vector<std::int16_t> y =
        outputs_of(single_node_graph(OpKind::conv2d, attributes, inputs, out), {1, -1, 0});
    REQUIRE(y.size() == 6);
    const auto w = inputs[1].as<std::int8_t>();
    const auto clamped = [](int value) {
        return static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
    };
    CHECK(y == std::vector<std::int16_t>{clamped(300 * w[0]), clamped(500 * w[1]),
                                         clamped(-300 * w[0]), clamped(-500 * w[1]), 0, 0});
}

TEST_CASE("Without a bias the attributes choose the sums over int16") {
    Random random(34);
    DenseLayer layer;
    layer.rows = 40;
    fill_layer(layer, random, 127);
    layer.b.assign(layer.b.size(), 0);
    const std::vector<std::int16_t> narrow = outputs_of(layer);
    layer.bias = DType::int64;
    const std::vector<std::int16_t> exact = outputs_of(layer);
    CHECK(narrow != exact);  // of the multiplier 31 bits against 15
    layer.b.clear();
    CHECK(outputs_of(layer) == exact);
    layer.attributes.narrow_sums = true;
    CHECK(outputs_of(layer) == narrow);

    for (const OpKind op : {OpKind::conv2d, OpKind::transpose_conv}) {
        std::vector<Tensor> inputs = weights_and_bias(DType::int16, {3, 2, 2, 2}, 3, 0);
        inputs.insert(inputs.begin(), wide_activation({1, 4, 4, 2}, 0.001f));
        if (op == OpKind::transpose_conv) {
            inputs = {int32_constant({4}, {1, 4, 4, 3}), inputs[1], inputs[0], inputs[2]};
        }
        std::vector<std::int16_t> x(32);
        for (auto& q : x) q = static_cast<std::int16_t>(integer_in(random, -32768, 32767));
        const auto outputs = [&](const std::vector<Tensor>& tensors, bool narrow_sums) {
            Conv2dAttributes own{Activation::none, {Padding::same}};
            own.narrow_sums = narrow_sums;
            return outputs_of(
                single_node_graph(op, Attributes::of(own), tensors, {{0.02f}, {0}, 0}), x);
        };
        std::vector<Tensor> without = inputs;
        without.pop_back();
        const std::vector<std::int16_t> of_64_bits = outputs(inputs, false);
        inputs.back().dtype = DType::int32;
        inputs.back().data.resize(inputs.back().bytes());
        const std::vector<std::int16_t> of_32_bits = outputs(inputs, false);
        CAPTURE(definition_of(op).name);
        CHECK(of_32_bits != of_64_bits);
        CHECK(outputs(without, false) == of_64_bits);
        CHECK(outputs(without, true) == of_32_bits);
    }
}

TEST_CASE("No instruction set has another kernel for int16 with an int32 bias") {
    Random random(35);
    DenseLayer layer;
    layer.rows = 1;
    layer.inputs = 64;
    layer.outputs = 32;
    fill_layer(layer, random, 127);
    for (const InstructionSet set : kSets) {
        const auto deployment =
            prepare_deployment(dense_graph(layer), InputsOutputs::in_arena, {}, set);
        REQUIRE(deployment.ok());
        CAPTURE(instruction_set_name(set));
        CHECK(deployment->ops[0].variant == 3);
        CHECK(deployment->ops[0].kernel ==
              std::string_view("whittle_fully_connected_int16_bias32"));
    }
}

TEST_CASE("A bias of the wrong type is refused with what its activations take") {
    const auto error_of = [](OpKind op, DType activations, DType bias) {
        const bool dense = op == OpKind::fully_connected;
        std::vector<Tensor> inputs =
            weights_and_bias(activations, dense ? Shape{2, 3} : Shape{2, 1, 1, 3}, 2, 0);
        inputs.insert(inputs.begin(), activation(activations, {1, 1, 1, 3}));
        inputs[2].dtype = bias;
        if (op == OpKind::transpose_conv) {
            inputs = {int32_constant({4}, {1, 1, 1, 2}), inputs[1], inputs[0], inputs[2]};
        }
        const std::vector<const Tensor*> operands = [&] {
            std::vector<const Tensor*> all;
            for (const Tensor& tensor : inputs) all.push_back(&tensor);
            return all;
        }();
        const Attributes attributes =
            dense ? Attributes::of(FullyConnectedAttributes{}) : Attributes::of(Conv2dAttributes{});
        const auto specs = definition_of(op).infer(operands, attributes);
        REQUIRE_FALSE(specs.ok());
        return specs.error();
    };
    for (const OpKind op : {OpKind::fully_connected, OpKind::conv2d, OpKind::transpose_conv}) {
        CAPTURE(definition_of(op).name);
        const Error wide = error_of(op, DType::int16, DType::float32);
        CHECK(wide.place == (op == OpKind::transpose_conv ? "input 3 (bias)" : "input 2 (bias)"));
        CHECK(wide.expected == "int64 or int32");
        CHECK(wide.found == "float32");
        CHECK(wide.hint == "write the bias as int64 or int32: int16 activations take no other");
        CHECK(error_of(op, DType::int8, DType::int64).hint ==
              "write the bias as int32: int8 activations take no other");
        CHECK(error_of(op, DType::float32, DType::int32).hint ==
              "write the bias as float32: float32 activations take no other");
    }
}

}  // namespace whittle::test
