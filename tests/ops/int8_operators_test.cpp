#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/ops/add/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/leaky_relu/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/quantized_multiplier.h"
#include "core/ops/softmax/attributes.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

Tensor int8_tensor(Shape shape, float scale, std::int32_t zero_point) {
    Tensor tensor;
    tensor.dtype = DType::int8;
    tensor.shape = std::move(shape);
    tensor.quantization = {{scale}, {zero_point}, 0};
    return tensor;
}

std::vector<std::int8_t> run(const Graph& graph, const std::vector<std::int8_t>& input) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    REQUIRE(program->input_bytes() == input.size());
    std::vector<std::int8_t> output(program->output_bytes());
    program->run({reinterpret_cast<const std::uint8_t*>(input.data()), input.size()},
                 {reinterpret_cast<std::uint8_t*>(output.data()), output.size()});
    return output;
}

double real(std::int32_t q, float scale, std::int32_t zero_point) {
    return static_cast<double>(scale) * (q - zero_point);
}

// Distance, in quantized steps, of q from the saturated quantization of a real value.
double steps_off(std::int8_t q, double value, float scale, std::int32_t zero_point) {
    const double exact = std::clamp(value / static_cast<double>(scale) + zero_point, -128.0, 127.0);
    return std::fabs(q - exact);
}

// All 256 values through an operator of one input, against the real function.
// Half a step is the rounding of the output; `slack` is what the fixed-point arithmetic may add.
void check_unary(OpKind op,
                 const Tensor& input,
                 const Quantization& output,
                 const std::function<double(double)>& function,
                 double slack,
                 const Attributes& attributes = {}) {
    std::vector<std::int8_t> all(256);
    for (int i = 0; i < 256; ++i)
        all[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(i - 128);
    Tensor shaped = input;
    shaped.shape = {256};
    const auto out = run(single_node_graph(op, attributes, {shaped}, output), all);
    double worst = 0.0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double x =
            real(all[i], input.quantization.scales[0], input.quantization.zero_points[0]);
        worst = std::max(worst,
                         steps_off(out[i], function(x), output.scales[0], output.zero_points[0]));
    }
    CAPTURE(std::string(definition_of(op).name));
    CHECK(worst <= 0.5 + slack);
}

}  // namespace

TEST_CASE("int8 element-wise kernels are the real functions, rounded") {
    // The product with the multiplier is rounded first and the shifted result again: with a factor
    // of 2^-k the first rounding adds up to 2^-k / 2. All factors here are above 1/4.
    for (const auto& [scale, zero_point] :
         {std::pair{0.05f, 0}, std::pair{0.031f, -128}, std::pair{0.1f, 127}}) {
        const Tensor input = int8_tensor({256}, scale, zero_point);
        const auto relu = [](double x) { return std::max(0.0, x); };
        const auto relu6 = [](double x) { return std::clamp(x, 0.0, 6.0); };
        check_unary(OpKind::relu, input, {{0.04f}, {-128}, 0}, relu, 0.25);
        check_unary(OpKind::relu6, input, {{6.0f / 255.0f}, {-128}, 0}, relu6, 0.25);
        check_unary(
            OpKind::quantize, input, {{0.07f}, {5}, 0}, [](double x) { return x; }, 0.25);
        // gemmlowp's exp and Newton steps are good to about 2^-20: far below one step of 1/256.
        check_unary(
            OpKind::logistic, input, {{1.0f / 256.0f}, {-128}, 0},
            [](double x) { return 1.0 / (1.0 + std::exp(-x)); }, 0.02);
        check_unary(
            OpKind::tanh, input, {{1.0f / 128.0f}, {0}, 0}, [](double x) { return std::tanh(x); },
            0.02);
    }
}

TEST_CASE("int8 leaky ReLU is the real one, rounded, for slopes of any sign") {
    for (const float alpha : {0.3f, 0.0f, 1.5f, -0.4f}) {
        const auto leaky = [alpha](double x) {
            return x > 0.0 ? x : static_cast<double>(alpha) * x;
        };
        // A right shift by k places adds the first rounding, up to 2^-k / 2: here k is 1 for the
        // factor 0.4 * 0.031 / 0.04 and 2 for the smaller one.
        check_unary(OpKind::leaky_relu, int8_tensor({256}, 0.031f, -20), {{0.04f}, {3}, 0}, leaky,
                    0.25 + 0.001, Attributes::of(LeakyReluAttributes{alpha}));
    }
}

TEST_CASE("int16 leaky ReLU has no zero points and saturates") {
    Tensor input = int8_tensor({5}, 0.01f, 0);
    input.dtype = DType::int16;
    const Attributes attributes = Attributes::of(LeakyReluAttributes{0.5f});
    const Graph graph =
        single_node_graph(OpKind::leaky_relu, attributes, {input}, {{0.005f}, {0}, 0});
    Result<Program> program = Program::from_graph(graph);
    REQUIRE(program.ok());
    const std::vector<std::int16_t> in = {-32768, -7, 0, 7, 32767};
    std::vector<std::int16_t> out(5);
    program->run({reinterpret_cast<const std::uint8_t*>(in.data()), 10},
                 {reinterpret_cast<std::uint8_t*>(out.data()), 10});
    CHECK(out == std::vector<std::int16_t>{-32768, -7, 0, 14, 32767});
    input.quantization.zero_points = {1};
    const auto refused = Program::from_graph(
        single_node_graph(OpKind::leaky_relu, attributes, {input}, {{0.005f}, {0}, 0}));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().expected.find("zero point of 0") != std::string::npos);
}

TEST_CASE("int8 hard swish follows the real function within its 16-bit arithmetic") {
    const auto hard_swish = [](double x) { return x * std::clamp(x + 3.0, 0.0, 6.0) / 6.0; };
    // Multipliers of 15 bits are off by 2^-15 of themselves, the gate by a few 2^-15 after up to
    // three roundings; each times the output's steps from zero, at most 255. The gate stops at
    // 32767 / 32768, another 2^-15 of the result. Truncation of the product and the two roundings
    // before the last one add a unit each of the result before its shift by 3 or more places.
    for (const auto& [scale, zero_point] :
         {std::pair{0.03f, 0}, std::pair{0.05f, -128}, std::pair{0.1f, 20}, std::pair{1.0f, -3}}) {
        const float out_scale = scale * 0.9f;
        check_unary(OpKind::hard_swish, int8_tensor({256}, scale, zero_point),
                    {{out_scale}, {-100}, 0}, hard_swish, 0.06);
    }
}

TEST_CASE("int8 hard swish gives the same numbers as the arithmetic written out by hand") {
    // Input scale 3/128 and output scale 3/128: both factors are 1/128 and 1/4 of 2^15 exactly.
    // x = 64 steps = 1.5: value 8192, gate (8192 + 32768) / 2 = 24576 * ... by hand below.
    const Tensor input = int8_tensor({4}, 3.0f / 128.0f, 0);
    const auto out =
        run(single_node_graph(OpKind::hard_swish, Attributes(), {input}, {{3.0f / 128.0f}, {0}, 0}),
            {64, -64, 127, -128});
    // 1.5 * 4.5 / 6 = 1.125 = 48 steps; -1.5 * 1.5 / 6 = -0.375 = -16 steps;
    // 127 steps are 2.977: * 5.977 / 6 = 2.965 = 126.5 steps, the gate 32640 / 32768;
    // -3 is where it becomes 0.
    CHECK(out == std::vector<std::int8_t>{48, -16, 127, 0});
}

TEST_CASE("int8 hard swish refuses scales that its arithmetic cannot bring together") {
    const auto program = Program::from_graph(single_node_graph(
        OpKind::hard_swish, Attributes(), {int8_tensor({4}, 1.0f, 0)}, {{0.001f}, {0}, 0}));
    REQUIRE_FALSE(program.ok());
    CHECK(program.error().place.find("hard_swish") != std::string::npos);
    CHECK(program.error().expected.find("at most 128") != std::string::npos);
}

TEST_CASE("int8 log-softmax is the real one, rounded to 1/16") {
    Random random(4);
    for (const auto& [rows, columns, scale] :
         {std::tuple{1, 1, 0.1f}, std::tuple{3, 2, 0.5f}, std::tuple{2, 10, 0.1f},
          std::tuple{1, 100, 0.03f}, std::tuple{1, 4095, 0.2f}, std::tuple{2, 9, 3.0f}}) {
        std::vector<std::int8_t> input(static_cast<std::size_t>(rows * columns));
        for (auto& q : input)
            q = static_cast<std::int8_t>(static_cast<int>(random.below(256)) - 128);
        const auto out = run(single_node_graph(OpKind::log_softmax, Attributes(),
                                               {int8_tensor({rows, columns}, scale, 12)},
                                               {{1.0f / 16.0f}, {127}, 0}),
                             input);
        double worst = 0.0;
        for (int n = 0; n < rows; ++n) {
            const auto* row = input.data() + n * columns;
            const double largest = real(*std::max_element(row, row + columns), scale, 0);
            double sum = 0.0;
            for (int c = 0; c < columns; ++c) sum += std::exp(real(row[c], scale, 0) - largest);
            for (int c = 0; c < columns; ++c) {
                const double value = real(row[c], scale, 0) - largest - std::log(sum);
                const auto q = out[static_cast<std::size_t>(n * columns + c)];
                worst = std::max(worst, steps_off(q, value, 1.0f / 16.0f, 127));
            }
        }
        const int row_length = columns;
        CAPTURE(row_length);
        // Each exponential is rounded at 2^-20 and log is good to about 2^-20: far below a step.
        CHECK(worst <= 0.5 + 0.02);
    }
}

TEST_CASE("int8 concat copies, and refuses inputs of another quantization") {
    const Tensor a = int8_tensor({2, 1}, 0.5f, 3);
    const Tensor b = int8_tensor({2, 2}, 0.5f, 3);
    const Attributes attributes = Attributes::of(ConcatAttributes{1});
    const auto out = run(single_node_graph(OpKind::concat, attributes, {a, b}, a.quantization),
                         {1, 2, 30, 40, 50, 60});
    CHECK(out == std::vector<std::int8_t>{1, 30, 40, 2, 50, 60});
    const auto refused = Program::from_graph(single_node_graph(
        OpKind::concat, attributes, {a, int8_tensor({2, 2}, 0.25f, 3)}, a.quantization));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().place.find("input 1") != std::string::npos);
}

TEST_CASE("int8 logistic and tanh refuse an output that their kernels are not defined for") {
    for (const OpKind op : {OpKind::logistic, OpKind::tanh}) {
        const Graph graph =
            single_node_graph(op, Attributes(), {int8_tensor({4}, 0.1f, 0)}, {{0.5f}, {0}, 0});
        const auto program = Program::from_graph(graph);
        REQUIRE_FALSE(program.ok());
        CHECK(program.error().place.find(definition_of(op).name) != std::string::npos);
        CHECK(program.error().expected.find("scale 1/") != std::string::npos);
    }
}

TEST_CASE("int8 softmax is the real one, rounded to 1/256") {
    Random random(3);
    for (const auto& [rows, columns, scale] :
         {std::tuple{1, 1, 0.1f}, std::tuple{3, 2, 0.5f}, std::tuple{2, 10, 0.1f},
          std::tuple{1, 100, 0.03f}, std::tuple{1, 4095, 0.2f}}) {
        std::vector<std::int8_t> input(static_cast<std::size_t>(rows) *
                                       static_cast<std::size_t>(columns));
        for (auto& q : input)
            q = static_cast<std::int8_t>(static_cast<int>(random.below(256)) - 128);
        const auto out = run(single_node_graph(OpKind::softmax, Attributes::of(SoftmaxAttributes{}),
                                               {int8_tensor({rows, columns}, scale, 12)},
                                               {{1.0f / 256.0f}, {-128}, 0}),
                             input);
        double worst = 0.0;
        for (int n = 0; n < rows; ++n) {
            const auto* row = input.data() + n * columns;
            double sum = 0.0;
            for (int c = 0; c < columns; ++c) sum += std::exp(real(row[c], scale, 0));
            for (int c = 0; c < columns; ++c) {
                const auto q = out[static_cast<std::size_t>(n * columns + c)];
                worst = std::max(worst, steps_off(q, std::exp(real(row[c], scale, 0)) / sum,
                                                  1.0f / 256.0f, -128));
            }
        }
        const int row_length = columns;
        CAPTURE(row_length);
        // The sum is kept in 12.19 bits: each of C exponentials is rounded at 2^-20, so the share
        // is off by at most C 2^-20 of itself, one step where C is 4,095.
        CHECK(worst <= 0.5 + 0.02 + 256.0 * columns / 1048576.0);
    }
}

TEST_CASE("int8 softmax of thousands of equal columns gives 0, as 1/C is below half a step") {
    const auto out =
        run(single_node_graph(OpKind::softmax, Attributes::of(SoftmaxAttributes{}),
                              {int8_tensor({1, 4095}, 0.1f, 0)}, {{1.0f / 256.0f}, {-128}, 0}),
            std::vector<std::int8_t>(4095, 7));
    CHECK(std::all_of(out.begin(), out.end(), [](std::int8_t q) { return q == -128; }));
}

TEST_CASE("int8 add and mul are the real ones, rounded, also broadcast") {
    Random random(5);
    for (const auto& [a_shape, b_shape] :
         {std::pair{Shape{64}, Shape{64}}, std::pair{Shape{4, 16}, Shape{16}},
          std::pair{Shape{4, 1}, Shape{1, 16}}, std::pair{Shape{1}, Shape{64}}}) {
        const Tensor a = int8_tensor(a_shape, 0.04f, -7);
        const Tensor b = int8_tensor(b_shape, 0.09f, 100);
        const auto a_count = static_cast<std::size_t>(a.elements());
        std::vector<std::int8_t> input(a_count + static_cast<std::size_t>(b.elements()));
        for (auto& q : input)
            q = static_cast<std::int8_t>(static_cast<int>(random.below(256)) - 128);
        const Quantization output{{0.11f}, {3}, 0};
        const auto sum = run(
            single_node_graph(OpKind::add, Attributes::of(AddAttributes{}), {a, b}, output), input);
        const auto product = run(
            single_node_graph(OpKind::mul, Attributes::of(MulAttributes{}), {a, b}, output), input);
        REQUIRE(sum.size() == 64);
        double worst_sum = 0.0;
        double worst_product = 0.0;
        for (std::size_t i = 0; i < 64; ++i) {
            const std::size_t ai = a_count == 64 ? i : a_count == 4 ? i / 16 : 0;
            const std::size_t bi = a_count + i % static_cast<std::size_t>(b.elements());
            const double x = real(input[ai], 0.04f, -7);
            const double y = real(input[bi], 0.09f, 100);
            worst_sum = std::max(worst_sum, steps_off(sum[i], x + y, 0.11f, 3));
            worst_product = std::max(worst_product, steps_off(product[i], x * y, 0.11f, 3));
        }
        // The inputs of add are rounded at 2^-20 of their common scale before the sum.
        CHECK(worst_sum <= 0.5 + 0.001);
        // The factor 0.0327 is below 2^-4: rounding the product adds up to 2^-4 / 2.
        CHECK(worst_product <= 0.5 + 1.0 / 32.0);
    }
}

TEST_CASE("int8 fully connected is the real one, rounded, per tensor and per channel") {
    Random random(9);
    for (const bool per_channel : {false, true}) {
        for (const std::int32_t weights_zero_point : {0, 3}) {
            if (per_channel && weights_zero_point != 0) continue;
            const std::int32_t inputs = 23;
            const std::int32_t outputs = 9;
            Tensor weights = int8_tensor({outputs, inputs}, 0.01f, weights_zero_point);
            weights.constant = true;
            weights.data.resize(static_cast<std::size_t>(inputs * outputs));
            for (auto& byte : weights.data) byte = static_cast<std::uint8_t>(random.below(256));
            Tensor bias;
            bias.dtype = DType::int32;
            bias.shape = {outputs};
            bias.constant = true;
            bias.data.resize(4 * static_cast<std::size_t>(outputs));
            for (auto& value : bias.as<std::int32_t>()) {
                value = static_cast<std::int32_t>(random.below(20000)) - 10000;
            }
            if (per_channel) {
                weights.quantization.scales.clear();
                for (int o = 0; o < outputs; ++o) {
                    weights.quantization.scales.push_back(0.002f * static_cast<float>(o + 1));
                }
                weights.quantization.zero_points.assign(static_cast<std::size_t>(outputs), 0);
            }
            const Tensor input = int8_tensor({2, inputs}, 0.05f, -11);
            const FullyConnectedAttributes own{Activation::relu, false};
            std::vector<std::int8_t> x(2 * static_cast<std::size_t>(inputs));
            for (auto& q : x)
                q = static_cast<std::int8_t>(static_cast<int>(random.below(256)) - 128);
            const float out_scale = 0.3f;
            const auto y = run(single_node_graph(OpKind::fully_connected, Attributes::of(own),
                                                 {input, weights, bias}, {{out_scale}, {-128}, 0}),
                               x);
            double worst = 0.0;
            for (int n = 0; n < 2; ++n) {
                for (int o = 0; o < outputs; ++o) {
                    const auto channel = static_cast<std::size_t>(per_channel ? o : 0);
                    const float w_scale = weights.quantization.scales[channel];
                    double sum = static_cast<double>(w_scale) * 0.05f *
                                 bias.as<std::int32_t>()[static_cast<std::size_t>(o)];
                    for (int i = 0; i < inputs; ++i) {
                        sum +=
                            real(x[static_cast<std::size_t>(n * inputs + i)], 0.05f, -11) *
                            real(
                                weights.as<std::int8_t>()[static_cast<std::size_t>(o * inputs + i)],
                                w_scale, weights_zero_point);
                    }
                    worst = std::max(worst, steps_off(y[static_cast<std::size_t>(n * outputs + o)],
                                                      std::max(0.0, sum), out_scale, -128));
                }
            }
            CAPTURE(per_channel);
            // Integer until the one requantization, whose multiplier has 31 bits.
            CHECK(worst <= 0.501);
        }
    }
}

TEST_CASE("quantize and dequantize are inverse on every int8 value") {
    const float scale = 0.0123f;
    Graph graph =
        single_node_graph(OpKind::dequantize, Attributes(), {int8_tensor({256}, scale, -5)});
    Tensor back = int8_tensor({256}, scale, -5);
    graph.tensors.push_back(back);
    graph.nodes.push_back({OpKind::quantize, Attributes(), {graph.outputs[0]}, {2}});
    graph.outputs = {2};
    std::vector<std::int8_t> all(256);
    for (int i = 0; i < 256; ++i)
        all[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(i - 128);
    CHECK(run(graph, all) == all);
}

TEST_CASE("quantize_multiplier keeps 31 bits and refuses what it cannot hold") {
    for (const double factor : {1.0, 0.5, 0.75, 1e-6, 123.456, 4.6566e-10, 1073741823.0}) {
        const auto q = quantize_multiplier(factor);
        REQUIRE(q.ok());
        const double back = std::ldexp(static_cast<double>(q->multiplier), q->shift - 31);
        CHECK(std::fabs(back / factor - 1.0) <= std::ldexp(1.0, -31));
    }
    CHECK(quantize_multiplier(0.0)->multiplier == 0);
    CHECK(quantize_multiplier(1e-12)->multiplier == 0);
    for (const double bad :
         {-1.0, 1073741824.0, 1e30, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
        CHECK_FALSE(quantize_multiplier(bad).ok());
    }
    CHECK(quantize_to_int8(0.5f, 1.0f, 0) == 1);
    CHECK(quantize_to_int8(-0.5f, 1.0f, 0) == -1);
    CHECK(quantize_to_int8(1e30f, 1.0f, 0) == 127);
    CHECK(quantize_to_int8(-1e30f, 1.0f, 0) == -128);
    CHECK(quantize_to_int8(NAN, 1.0f, 4) == 4);
}

}  // namespace whittle::test
