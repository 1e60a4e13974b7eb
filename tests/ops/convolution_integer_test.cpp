#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/pool.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

// One integer convolution and the real numbers that it stands for.
struct Case {
    OpKind op = OpKind::conv2d;
    DType activations = DType::int8;
    DType weights = DType::int8;
    DType bias = DType::int32;
    Shape input;
    Shape filter;  // [O, KH, KW, C / groups], or [1, KH, KW, O] of a depthwise convolution
    WindowSteps steps{};
    bool per_channel = true;
    Activation activation = Activation::none;
};

template <class T>
void put(std::vector<std::uint8_t>& bytes, std::size_t i, T value) {
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
}

std::int32_t whole(Random& random, std::int32_t low, std::int32_t high) {
    return low +
           static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(high - low + 1)));
}

// The operands as integers, and the tensors that hold them.
struct Operands {
    Tensor input, weights, bias;
    std::vector<std::int32_t> x, w, b;
};

Operands operands_of(const Case& c, Random& random) {
    Operands o;
    const bool wide = c.activations == DType::int16;
    o.input.dtype = c.activations;
    o.input.shape = c.input;
    o.input.quantization = wide ? Quantization{{0.001f}, {0}, 0} : Quantization{{0.04f}, {-7}, 0};
    o.x.resize(static_cast<std::size_t>(o.input.elements()));
    for (auto& q : o.x) q = wide ? whole(random, -32768, 32767) : whole(random, -128, 127);

    o.weights.dtype = c.weights;
    o.weights.shape = c.filter;
    o.weights.constant = true;
    const bool depthwise = c.op == OpKind::depthwise_conv2d;
    const std::int32_t channels = depthwise ? c.filter[3] : c.filter[0];
    o.w.resize(static_cast<std::size_t>(o.weights.elements()));
    const std::int32_t limit = c.weights == DType::int4 ? 7 : 127;
    for (auto& q : o.w) q = whole(random, -limit, limit);
    o.weights.data.assign(o.weights.bytes(), 0);
    for (std::size_t i = 0; i < o.w.size(); ++i) {
        if (c.weights == DType::int4) {
            o.weights.data[i / 2] |= static_cast<std::uint8_t>((o.w[i] & 15) << (4 * (i % 2)));
        } else {
            put(o.weights.data, i, static_cast<std::int8_t>(o.w[i]));
        }
    }
    o.weights.quantization.axis = c.per_channel ? (depthwise ? 3 : 0) : 0;
    for (std::int32_t k = 0; k < (c.per_channel ? channels : 1); ++k) {
        o.weights.quantization.scales.push_back(0.002f * static_cast<float>(k + 3));
        o.weights.quantization.zero_points.push_back(0);
    }

    o.bias.dtype = c.bias;
    o.bias.shape = {channels};
    o.bias.constant = true;
    o.b.resize(static_cast<std::size_t>(channels));
    for (auto& q : o.b) q = whole(random, -20000, 20000);
    o.bias.data.resize(o.bias.bytes());
    for (std::size_t i = 0; i < o.b.size(); ++i) {
        if (c.bias == DType::int64) put(o.bias.data, i, std::int64_t{o.b[i]});
        if (c.bias == DType::int32) put(o.bias.data, i, o.b[i]);
    }
    return o;
}

std::vector<std::int32_t> run_integers(const Graph& graph, const std::vector<std::int32_t>& x) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    const DType dtype = graph.tensor(graph.inputs[0]).dtype;
    const std::size_t size = element_bytes(dtype);
    std::vector<std::uint8_t> in(x.size() * size);
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (dtype == DType::int8) put(in, i, static_cast<std::int8_t>(x[i]));
        if (dtype == DType::int16) put(in, i, static_cast<std::int16_t>(x[i]));
    }
    REQUIRE(program->input_bytes() == in.size());
    std::vector<std::uint8_t> out(program->output_bytes());
    program->run(in, out);
    std::vector<std::int32_t> y(out.size() / size);
    for (std::size_t i = 0; i < y.size(); ++i) {
        std::int16_t value = static_cast<std::int8_t>(out[i]);
        if (size == 2) std::memcpy(&value, out.data() + 2 * i, 2);
        y[i] = value;
    }
    return y;
}

// Zeros before the image along one dimension: half of what is missing, the smaller half first.
std::int32_t pad_of(
    std::int32_t in, std::int32_t kernel, std::int32_t stride, std::int32_t dilation, bool same) {
    if (!same) return 0;
    const std::int32_t outputs = (in + stride - 1) / stride;
    return std::max(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - in) / 2;
}

// The real result of output element (n, oy, ox, o), from the integers' meaning.
double real_output(const Case& c, const Operands& operands, const std::array<std::int32_t, 4>& at) {
    const auto [n, oy, ox, o] = at;
    const bool depthwise = c.op == OpKind::depthwise_conv2d;
    const bool same = c.steps.padding == Padding::same;
    const std::int32_t kh = c.filter[1], kw = c.filter[2];
    const std::int32_t depth = depthwise ? 1 : c.filter[3];
    const std::int32_t outputs = depthwise ? c.filter[3] : c.filter[0];
    const std::int32_t groups = c.input[3] / depth;
    const std::int32_t first =
        depthwise ? o / (outputs / c.input[3]) : o / (outputs / groups) * depth;
    const Quantization& wq = operands.weights.quantization;
    const double w_scale =
        static_cast<double>(wq.scales[c.per_channel ? static_cast<std::size_t>(o) : 0]);
    const double x_scale = static_cast<double>(operands.input.quantization.scales[0]);
    const std::int32_t zero = operands.input.quantization.zero_points[0];
    double sum = operands.b[static_cast<std::size_t>(o)];
    for (std::int32_t ky = 0; ky < kh; ++ky) {
        for (std::int32_t kx = 0; kx < kw; ++kx) {
            const std::int32_t y =
                oy * c.steps.stride_height + ky * c.steps.dilation_height -
                pad_of(c.input[1], kh, c.steps.stride_height, c.steps.dilation_height, same);
            const std::int32_t x =
                ox * c.steps.stride_width + kx * c.steps.dilation_width -
                pad_of(c.input[2], kw, c.steps.stride_width, c.steps.dilation_width, same);
            if (y < 0 || x < 0 || y >= c.input[1] || x >= c.input[2]) continue;
            for (std::int32_t i = 0; i < depth; ++i) {
                const std::int32_t from =
                    ((n * c.input[1] + y) * c.input[2] + x) * c.input[3] + first + i;
                const std::int32_t weight = depthwise ? (ky * kw + kx) * outputs + o
                                                      : ((o * kh + ky) * kw + kx) * depth + i;
                sum += static_cast<double>(operands.x[static_cast<std::size_t>(from)] - zero) *
                       operands.w[static_cast<std::size_t>(weight)];
            }
        }
    }
    return sum * w_scale * x_scale;
}

// The largest distance in steps between the kernel and the real, rounded and clamped result.
double worst_distance(const Case& c) {
    Random random(21);
    const Operands operands = operands_of(c, random);
    const bool wide = c.activations == DType::int16;
    const Quantization out = wide ? Quantization{{0.002f}, {0}, 0} : Quantization{{0.31f}, {4}, 0};
    std::vector<Tensor> inputs = {operands.input, operands.weights, operands.bias};
    const Graph graph = single_node_graph(
        c.op, Attributes::of(Conv2dAttributes{c.activation, c.steps, 0}), inputs, out);
    const std::vector<std::int32_t> y = run_integers(graph, operands.x);
    const Shape& shape = graph.tensor(graph.outputs[0]).shape;
    const double lowest =
        c.activation == Activation::none ? (wide ? -32768 : -128) : out.zero_points[0];
    const double highest =
        c.activation == Activation::relu6
            ? std::round(6.0 / static_cast<double>(out.scales[0])) + out.zero_points[0]
            : (wide ? 32767 : 127);
    double worst = 0.0;
    std::size_t i = 0;
    for (std::int32_t n = 0; n < shape[0]; ++n) {
        for (std::int32_t oy = 0; oy < shape[1]; ++oy) {
            for (std::int32_t ox = 0; ox < shape[2]; ++ox) {
                for (std::int32_t o = 0; o < shape[3]; ++o, ++i) {
                    const double real = real_output(c, operands, {n, oy, ox, o}) /
                                            static_cast<double>(out.scales[0]) +
                                        out.zero_points[0];
                    const double exact = std::clamp(real, std::min(lowest, highest),
                                                    std::min(highest, wide ? 32767.0 : 127.0));
                    worst = std::max(worst, std::fabs(y[i] - exact));
                }
            }
        }
    }
    CHECK(i == y.size());
    return worst;
}

std::vector<Case> geometries() {
    std::vector<Case> cases;
    const WindowSteps steps[] = {{Padding::valid},
                                 {Padding::same},
                                 {Padding::same, 2, 1},
                                 {Padding::valid, 1, 3},
                                 {Padding::same, 1, 1, 2, 3}};
    for (const WindowSteps& each : steps) {
        for (const auto& [kh, kw] : {std::pair{1, 1}, std::pair{3, 3}, std::pair{2, 3}}) {
            Case c;
            c.input = {2, 7, 8, 4};
            c.steps = each;
            c.filter = {5, kh, kw, 4};
            cases.push_back(c);
            c.filter = {6, kh, kw, 2};  // two groups
            cases.push_back(c);
            c.op = OpKind::depthwise_conv2d;
            c.filter = {1, kh, kw, 4};
            cases.push_back(c);
            c.filter = {1, kh, kw, 12};
            cases.push_back(c);
        }
    }
    return cases;
}

}  // namespace

TEST_CASE("int8 convolutions are the real ones, rounded, with weights of int8 and int4") {
    for (Case c : geometries()) {
        for (const DType weights : {DType::int8, DType::int4}) {
            for (const Activation activation :
                 {Activation::none, Activation::relu, Activation::relu6}) {
                c.weights = weights;
                c.activation = activation;
                c.per_channel = activation != Activation::relu;
                CAPTURE(to_string(c.filter));
                // Integer until the one requantization, whose product is rounded once more at
                // 2^-31 of the sum before the shift.
                CHECK(worst_distance(c) <= 0.51);
            }
        }
    }
}

TEST_CASE("int16 convolutions are the real ones, rounded, with biases of int64 and int32") {
    for (Case c : geometries()) {
        for (const DType bias : {DType::int64, DType::int32}) {
            c.activations = DType::int16;
            c.bias = bias;
            CAPTURE(to_string(c.filter));
            // With an int64 bias the multiplier keeps 15 bits: half of 2^-14 of up to 2^15 steps.
            CHECK(worst_distance(c) <= (bias == DType::int64 ? 1.51 : 0.51));
        }
    }
}

TEST_CASE("Integer pooling is the real one, rounded, at every share of padding") {
    Random random(4);
    for (const DType dtype : {DType::int8, DType::int16}) {
        for (const Padding padding : {Padding::same, Padding::valid}) {
            const WindowSteps steps{padding, 2, 1};
            Tensor input;
            input.dtype = dtype;
            input.shape = {2, 5, 4, 3};
            input.quantization = {{0.5f}, {0}, 0};
            std::vector<std::int32_t> x(static_cast<std::size_t>(input.elements()));
            for (auto& q : x) q = whole(random, -128, 127);
            const Attributes attributes =
                Attributes::of(PoolAttributes{Activation::none, 3, 2, steps});
            const auto mean = run_integers(
                single_node_graph(OpKind::average_pool2d, attributes, {input}, input.quantization),
                x);
            const auto highest = run_integers(
                single_node_graph(OpKind::max_pool2d, attributes, {input}, input.quantization), x);
            const std::int32_t rows = padding == Padding::same ? 3 : 2;
            const std::int32_t columns = padding == Padding::same ? 4 : 3;
            REQUIRE(mean.size() == static_cast<std::size_t>(2 * rows * columns * 3));
            std::size_t i = 0;
            for (std::int32_t n = 0; n < 2; ++n) {
                for (std::int32_t oy = 0; oy < rows; ++oy) {
                    for (std::int32_t ox = 0; ox < columns; ++ox) {
                        for (std::int32_t c = 0; c < 3; ++c, ++i) {
                            double sum = 0.0;
                            std::int32_t count = 0, most = -1000;
                            const std::int32_t top = oy * 2 - (padding == Padding::same ? 1 : 0);
                            for (std::int32_t y = std::max(0, top); y < std::min(5, top + 3); ++y) {
                                for (std::int32_t z = ox; z < std::min(4, ox + 2); ++z) {
                                    const std::int32_t value =
                                        x[static_cast<std::size_t>(((n * 5 + y) * 4 + z) * 3 + c)];
                                    sum += value;
                                    most = std::max(most, value);
                                    ++count;
                                }
                            }
                            CHECK(mean[i] == static_cast<std::int32_t>(std::round(sum / count)));
                            CHECK(highest[i] == most);
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("Convolutions refuse what they have no kernel for, and say where") {
    Random random(5);
    Case c;
    c.input = {1, 4, 4, 4};
    c.filter = {5, 3, 3, 4};
    const Operands operands = operands_of(c, random);
    const Attributes attributes = Attributes::of(Conv2dAttributes{});
    const Quantization out{{0.3f}, {0}, 0};
    const auto refusal = [&](std::vector<Tensor> inputs) {
        const auto program =
            Program::from_graph(single_node_graph(OpKind::conv2d, attributes, inputs, out));
        REQUIRE_FALSE(program.ok());
        return program.error().message();
    };
    Tensor shifted = operands.weights;
    shifted.quantization.zero_points[2] = 1;
    CHECK(refusal({operands.input, shifted, operands.bias}).find("zero points of 0") !=
          std::string::npos);
    Tensor computed = operands.weights;
    computed.constant = false;
    computed.data.clear();
    CHECK(refusal({operands.input, computed, operands.bias}).find("a constant") !=
          std::string::npos);
    const auto infer_error = [&](const Tensor& input, const Tensor& weights, const Attributes& a) {
        const std::vector<const Tensor*> inputs = {&input, &weights, &operands.bias};
        const auto specs = definition_of(OpKind::conv2d).infer(inputs, a);
        REQUIRE_FALSE(specs.ok());
        return specs.error().message();
    };
    Tensor flat = operands.input;
    flat.shape = {16, 4};
    CHECK(infer_error(flat, operands.weights, attributes).find("[batch, height") !=
          std::string::npos);
    Tensor odd = operands.input;
    odd.shape = {1, 4, 4, 3};
    CHECK(infer_error(odd, operands.weights, attributes).find("groups of 4") != std::string::npos);
    const Attributes still = Attributes::of(Conv2dAttributes{Activation::none, {Padding::same, 0}});
    CHECK(infer_error(operands.input, operands.weights, still).find("strides") !=
          std::string::npos);
    Tensor small = operands.input;
    small.shape = {1, 2, 4, 4};
    CHECK(infer_error(small, operands.weights, attributes).find("without padding") !=
          std::string::npos);
}

}  // namespace whittle::test
