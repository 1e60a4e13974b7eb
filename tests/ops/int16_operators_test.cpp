#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/ops/quantize/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

Tensor tensor_of(DType dtype, Shape shape, float scale, std::int32_t zero_point) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    if (dtype != DType::float32) tensor.quantization = {{scale}, {zero_point}, 0};
    return tensor;
}

template <class Out, class In>
std::vector<Out> run(const Graph& graph, const std::vector<In>& input) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    REQUIRE(program->input_bytes() == input.size() * sizeof(In));
    std::vector<Out> output(program->output_bytes() / sizeof(Out));
    program->run({reinterpret_cast<const std::uint8_t*>(input.data()), input.size() * sizeof(In)},
                 {reinterpret_cast<std::uint8_t*>(output.data()), output.size() * sizeof(Out)});
    return output;
}

template <class T>
std::vector<T> every(std::int32_t step) {
    std::vector<T> values;
    for (std::int32_t v = std::numeric_limits<T>::min(); v <= std::numeric_limits<T>::max();
         v += step) {
        values.push_back(static_cast<T>(v));
    }
    return values;
}

// The largest distance in output steps from the real function over all int16 inputs.
double worst_of(OpKind op, float scale, const std::function<double(double)>& function) {
    const auto in = every<std::int16_t>(1);
    const Tensor input = tensor_of(DType::int16, {65536}, scale, 0);
    const auto out = run<std::int16_t>(
        single_node_graph(op, Attributes(), {input}, {{1.0f / 32768.0f}, {0}, 0}), in);
    double worst = 0.0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double exact = function(static_cast<double>(scale) * in[i]) * 32768.0;
        worst = std::max(worst, std::fabs(out[i] - std::clamp(exact, -32768.0, 32767.0)));
    }
    return worst;
}

Attributes to(DType type) { return Attributes::of(QuantizeAttributes{type}); }

// round(real / scale) + zero point, which requantizing may miss by the rounding of its product.
template <class Out, class In>
void check_requantize(DType from,
                      DType into,
                      float in_scale,
                      std::int32_t in_zero,
                      float out_scale,
                      std::int32_t out_zero) {
    const auto in = every<In>(sizeof(In) == 1 ? 1 : 37);
    const Tensor input = tensor_of(from, {static_cast<std::int32_t>(in.size())}, in_scale, in_zero);
    const auto out = run<Out>(
        single_node_graph(OpKind::quantize, to(into), {input}, {{out_scale}, {out_zero}, 0}), in);
    const double factor = static_cast<double>(in_scale) / static_cast<double>(out_scale);
    const double low = std::numeric_limits<Out>::min();
    const double high = std::numeric_limits<Out>::max();
    double worst = 0.0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double exact =
            std::clamp((static_cast<std::int32_t>(in[i]) - in_zero) * factor + out_zero, low, high);
        worst = std::max(worst, std::fabs(static_cast<double>(out[i]) - exact));
    }
    CAPTURE(dtype_name(from));
    CAPTURE(dtype_name(into));
    // Rounded after the product, and again after a shift to the right: at most 1/2 and 1/4.
    CHECK(worst <= 0.75 + 1e-4);
}

}  // namespace

TEST_CASE("int16 logistic and tanh are the real functions") {
    // The table's steps of 1/24 leave an interpolation error of up to 3 of 2^-15 for tanh, which
    // doubles it; a scale that is not a power of two is met to 15 bits, and the table ends at 10.7.
    for (const float scale : {1.0f / 4096.0f, 1.0f / 2048.0f, 3.0e-4f, 1.0e-5f, 0.01f}) {
        CAPTURE(scale);
        CHECK(worst_of(OpKind::logistic, scale,
                       [](double x) { return 1.0 / (1.0 + std::exp(-x)); }) <= 2.5);
        CHECK(worst_of(OpKind::tanh, scale, [](double x) { return std::tanh(x); }) <= 5.0);
    }
}

TEST_CASE("int16 ReLU and ReLU6 are the real functions, rounded") {
    const auto in = every<std::int16_t>(1);
    const Tensor input = tensor_of(DType::int16, {65536}, 0.001f, 0);
    for (const OpKind op : {OpKind::relu, OpKind::relu6}) {
        const auto out = run<std::int16_t>(
            single_node_graph(op, Attributes(), {input}, {{0.0005f}, {0}, 0}), in);
        double worst = 0.0;
        for (std::size_t i = 0; i < in.size(); ++i) {
            double exact = std::max(0.0, 2.0 * in[i]);
            if (op == OpKind::relu6) exact = std::min(exact, 12000.0);
            worst = std::max(worst, std::fabs(out[i] - std::min(exact, 32767.0)));
        }
        CHECK(worst <= 1.0);
    }
}

TEST_CASE("integers requantize between all types that TFLite has pairs of") {
    check_requantize<std::int8_t, std::int16_t>(DType::int16, DType::int8, 0.0005f, 0, 0.07f, -3);
    check_requantize<std::int16_t, std::int8_t>(DType::int8, DType::int16, 0.07f, -3, 0.0005f, 0);
    check_requantize<std::int16_t, std::int16_t>(DType::int16, DType::int16, 0.01f, 0, 0.02f, 0);
    check_requantize<std::uint8_t, std::int8_t>(DType::int8, DType::uint8, 0.5f, 0, 0.5f, 128);
    check_requantize<std::int8_t, std::uint8_t>(DType::uint8, DType::int8, 0.5f, 128, 0.5f, 0);
    check_requantize<std::uint8_t, std::uint8_t>(DType::uint8, DType::uint8, 0.5f, 3, 0.75f, 9);
    check_requantize<std::int32_t, std::int8_t>(DType::int8, DType::int32, 0.5f, 7, 0.001f, 0);
    check_requantize<std::int32_t, std::int16_t>(DType::int16, DType::int32, 0.5f, 0, 0.25f, 0);
    const Tensor sums = tensor_of(DType::int32, {3}, 0.001f, 0);
    const std::vector<std::int32_t> in = {-100000, 250, 2000000};
    CHECK(run<std::int8_t>(
              single_node_graph(OpKind::quantize, to(DType::int8), {sums}, {{1.0f}, {1}, 0}), in) ==
          std::vector<std::int8_t>{-99, 1, 127});
    const Graph none = single_node_graph(OpKind::quantize, to(DType::int8), {sums}, {{1.0f}, {1}});
    Graph wrong = none;
    wrong.tensors[0].dtype = DType::uint8;
    wrong.tensors[1].dtype = DType::int16;
    wrong.nodes[0].attributes = to(DType::int16);
    CHECK_FALSE(validate(wrong).ok());
}

TEST_CASE("floats quantize to uint8 and int16, and come back within half a step") {
    const std::vector<float> in = {-1000.0f, -1.26f, -1.25f, 0.0f, 0.125f, 1.5f, 1000.0f};
    const Tensor input = tensor_of(DType::float32, {7}, 0.0f, 0);
    CHECK(run<std::uint8_t>(
              single_node_graph(OpKind::quantize, to(DType::uint8), {input}, {{0.25f}, {10}}),
              in) == std::vector<std::uint8_t>{0, 5, 5, 10, 11, 16, 255});
    const auto wide = run<std::int16_t>(
        single_node_graph(OpKind::quantize, to(DType::int16), {input}, {{0.01f}, {0}}), in);
    CHECK(wide == std::vector<std::int16_t>{-32768, -126, -125, 0, 13, 150, 32767});
    const Tensor back = tensor_of(DType::int16, {7}, 0.01f, 0);
    const auto real = run<float>(single_node_graph(OpKind::dequantize, Attributes(), {back}), wide);
    CHECK(real[1] == -1.26f);
    CHECK(real[6] == 0.01f * 32767.0f);
    const Tensor bytes = tensor_of(DType::uint8, {3}, 0.25f, 10);
    CHECK(run<float>(single_node_graph(OpKind::dequantize, Attributes(), {bytes}),
                     std::vector<std::uint8_t>{0, 10, 255}) ==
          std::vector<float>{-2.5f, 0.0f, 61.25f});
}

namespace {

// The largest distance of shares from the real softmax of rows of 10, in units of `unit`.
template <class In>
double worst_softmax(
    DType from, float scale, double unit, std::int32_t zero_point, const Attributes& attributes) {
    Random random(5);
    constexpr std::size_t kRows = 200, kColumns = 10;
    std::vector<In> in(kRows * kColumns);
    for (In& value : in) {
        const float high = static_cast<float>(std::numeric_limits<In>::max());
        value = static_cast<In>(random.uniform(-high, high));
    }
    const Tensor input = tensor_of(from, {kRows, kColumns}, scale, 0);
    const auto out =
        run<std::int16_t>(single_node_graph(OpKind::softmax, attributes, {input},
                                            {{static_cast<float>(unit)}, {zero_point}, 0}),
                          in);
    double worst = 0.0;
    for (std::size_t row = 0; row < kRows; ++row) {
        const In* x = in.data() + row * kColumns;
        double sum = 0.0;
        for (std::size_t c = 0; c < kColumns; ++c)
            sum += std::exp(static_cast<double>(scale) * x[c]);
        for (std::size_t c = 0; c < kColumns; ++c) {
            const double share = std::exp(static_cast<double>(scale) * x[c]) / sum;
            const double exact = std::clamp(share / unit + zero_point, -32768.0, 32767.0);
            worst = std::max(worst, std::fabs(out[row * kColumns + c] - exact));
        }
    }
    return worst;
}

}  // namespace

TEST_CASE("int16 softmax is the real one") {
    const Attributes plain = Attributes::of(SoftmaxAttributes{});
    // Ten exponentials, each off by up to half a unit of 2^-15 from the table and its rounding, and
    // the reciprocal by one more. What lies more than 10 below the largest counts as exp(-10).
    for (const float scale : {1.0f / 32768.0f, 1.0f / 8192.0f, 1.0f / 2048.0f}) {
        const bool beyond = 65534.0f * scale > 10.0f;
        CAPTURE(scale);
        CHECK(worst_softmax<std::int16_t>(DType::int16, scale, 1.0 / 32768.0, 0, plain) <=
              6.0 + (beyond ? 9.0 * 32768.0 * std::exp(-10.0) : 0.0));
    }
    // From int8 the exponentials have 19 bits; what lies 16 below the largest becomes 0.
    SoftmaxAttributes wide{};
    wide.wide_output = true;
    CHECK(worst_softmax<std::int8_t>(DType::int8, 0.05f, 1.0 / 65536.0, -32768,
                                     Attributes::of(wide)) <= 1.0);
}

TEST_CASE("an int16 softmax with tables that could sum to nothing is refused") {
    const Graph graph = single_node_graph(OpKind::softmax, Attributes::of(SoftmaxAttributes{}),
                                          {tensor_of(DType::int16, {1, 4}, 0.001f, 0)},
                                          {{1.0f / 32768.0f}, {0}, 0});
    Result<Deployment> deployment = prepare_deployment(graph, InputsOutputs::in_arena);
    REQUIRE(deployment.ok());
    REQUIRE(Program::from_deployment(*deployment).ok());
    std::vector<std::uint8_t>& table = deployment->ops[0].constants[0].bytes;
    std::fill(table.begin(), table.end(), std::uint8_t{0});
    CHECK_FALSE(Program::from_deployment(*deployment).ok());
    std::fill(table.begin(), table.end(), std::uint8_t{0xFF});
    CHECK_FALSE(Program::from_deployment(*deployment).ok());
}

}  // namespace whittle::test
