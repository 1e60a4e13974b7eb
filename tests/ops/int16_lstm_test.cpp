#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/random.h"
#include "core/base/sigmoid_table.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/graph.h"
#include "core/ops/lstm/attributes.h"
#include "core/ops/lstm/inputs.h"

namespace whittle::test {

namespace {

// An LSTM with int16 activations and int8 weights. Weights 0 ... 3 are the gates' own, in the order
// input, forget, cell, output; 4 ... 7 the recurrent ones.
struct Int16Lstm {
    std::int32_t batches = 1, steps = 1, inputs = 1, units = 1;
    bool time_major = false;
    float cell_clip = 0.0f;
    float input_scale = 1.0f / 4096.0f;
    float output_scale = 1.0f / 32768.0f;
    std::array<float, 8> weight_scales{};
    int cell_power = -12;
    std::array<std::vector<std::int8_t>, 8> weights{};
    std::array<std::vector<std::int64_t>, 4> bias{};

    Shape sequence(std::int32_t features) const {
        return time_major ? Shape{steps, batches, features} : Shape{batches, steps, features};
    }
    std::int32_t columns(std::size_t k) const { return k < 4 ? inputs : units; }
    double bias_scale(std::size_t gate) const {
        return static_cast<double>(input_scale) * static_cast<double>(weight_scales[gate]);
    }
};

// Weights over their whole range, biases within -bias_limit ... bias_limit.
void fill_lstm(Int16Lstm& layer, float bias_limit, Random& random) {
    for (std::size_t k = 0; k < 8; ++k) {
        layer.weights[k].resize(static_cast<std::size_t>(layer.units * layer.columns(k)));
        for (std::int8_t& w : layer.weights[k]) {
            w = static_cast<std::int8_t>(static_cast<std::int32_t>(random.below(255)) - 127);
        }
    }
    for (auto& bias : layer.bias) {
        bias.resize(static_cast<std::size_t>(layer.units));
        for (std::int64_t& b : bias) {
            b = static_cast<std::int64_t>(random.uniform(-bias_limit, bias_limit));
        }
    }
}

template <class T>
Tensor lstm_constant(DType dtype, Shape shape, const std::vector<T>& values, float scale) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensor.constant = true;
    if (dtype != DType::float32) tensor.quantization = {{scale}, {0}, 0};
    tensor.data.resize(values.size() * sizeof(T));
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return tensor;
}

Tensor lstm_activation(DType dtype, Shape shape, float scale, bool variable) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensor.variable = variable;
    if (dtype != DType::float32) tensor.quantization = {{scale}, {0}, 0};
    return tensor;
}

// The layer as a graph: in int16 with biases of `bias_type`, or with the same numbers in float32.
Graph lstm_graph(const Int16Lstm& layer, DType dtype, DType bias_type) {
    Graph graph;
    Node node{
        OpKind::lstm, Attributes::of(LstmAttributes{layer.time_major, layer.cell_clip}), {}, {}};
    node.inputs.assign(kLstmInputs, kNoTensor);
    const auto add = [&](int index, Tensor tensor) {
        tensor.name = "input" + std::to_string(index);
        node.inputs[static_cast<std::size_t>(index)] = static_cast<int>(graph.tensors.size());
        graph.tensors.push_back(std::move(tensor));
    };
    const auto add_values = [&](int index, DType type, const Shape& shape, const auto& values,
                                double scale) {
        if (type == DType::float32) {
            std::vector<float> real;
            for (const auto v : values) real.push_back(static_cast<float>(scale * v));
            add(index, lstm_constant(type, shape, real, 0.0f));
        } else if (type == DType::int32) {
            const std::vector<std::int32_t> narrow(values.begin(), values.end());
            add(index, lstm_constant(type, shape, narrow, static_cast<float>(scale)));
        } else {
            add(index, lstm_constant(type, shape, values, static_cast<float>(scale)));
        }
    };
    const bool is_float = dtype == DType::float32;
    add(0, lstm_activation(dtype, layer.sequence(layer.inputs), layer.input_scale, false));
    for (std::size_t k = 0; k < 8; ++k) {
        add_values(kLstmWeights + static_cast<int>(k), is_float ? dtype : DType::int8,
                   {layer.units, layer.columns(k)}, layer.weights[k],
                   static_cast<double>(layer.weight_scales[k]));
    }
    for (std::size_t gate = 0; gate < 4; ++gate) {
        add_values(kLstmBias + static_cast<int>(gate), bias_type, {layer.units}, layer.bias[gate],
                   layer.bias_scale(gate));
    }
    const Shape state = {layer.batches, layer.units};
    add(kLstmHidden, lstm_activation(dtype, state, layer.output_scale, true));
    add(kLstmCell, lstm_activation(is_float ? dtype : DType::int16, state,
                                   std::ldexp(1.0f, layer.cell_power), true));
    graph.inputs = {node.inputs[0]};
    node.outputs = {static_cast<int>(graph.tensors.size())};
    graph.outputs = node.outputs;
    graph.tensors.push_back(
        lstm_activation(dtype, layer.sequence(layer.units), layer.output_scale, false));
    graph.tensors.back().name = "output";
    graph.nodes.push_back(node);
    return graph;
}

template <class T>
std::vector<T> run_lstm(Program& program, const std::vector<T>& input) {
    REQUIRE(program.input_bytes() == input.size() * sizeof(T));
    std::vector<T> output(program.output_bytes() / sizeof(T));
    program.run({reinterpret_cast<const std::uint8_t*>(input.data()), input.size() * sizeof(T)},
                {reinterpret_cast<std::uint8_t*>(output.data()), output.size() * sizeof(T)});
    return output;
}

Program lstm_program(const Graph& graph) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    return std::move(*program);
}

// --- The same in plain integers ------------------------------------------------------------------

std::int64_t power_of_two(int exponent) { return std::int64_t{1} << exponent; }

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    const std::int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

// factor = mantissa / 2^31 * 2^exponent, the mantissa from 2^30 on.
struct Mantissa {
    std::int64_t mantissa;
    int exponent;
};

Mantissa mantissa_of(double factor) {
    int exponent = 0;
    const double fraction = std::frexp(factor, &exponent);
    const auto mantissa = static_cast<std::int64_t>(std::round(fraction * 2147483648.0));
    if (mantissa == power_of_two(31)) return {power_of_two(30), exponent + 1};
    return {mantissa, exponent};
}

// sum * factor with 15 bits of factor, halves up; the result modulo 2^32, which is all that TFLite
// keeps of it.
std::int64_t scaled_sum(std::int64_t sum, double factor) {
    const Mantissa m = mantissa_of(factor);
    const std::int64_t reduced =
        std::min<std::int64_t>((m.mantissa + power_of_two(15)) / power_of_two(16), 32767);
    const std::int64_t scaled =
        floor_divide(sum * reduced + power_of_two(14 - m.exponent), power_of_two(15 - m.exponent));
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(scaled));
}

// product * factor < 1 with 31 bits of factor: halves up after the multiplication, then away from
// zero after the shift.
std::int64_t scaled_product(std::int64_t product, double factor) {
    const Mantissa m = mantissa_of(factor);
    const std::int64_t high =
        floor_divide(product * m.mantissa + power_of_two(30), power_of_two(31));
    const std::int64_t divisor = power_of_two(-m.exponent);
    const std::int64_t magnitude = (std::abs(high) + divisor / 2) / divisor;
    return high < 0 ? -magnitude : magnitude;
}

// How often each place met the ends of int16.
struct Saturations {
    int parts = 0, sums = 0, cells = 0, clips = 0, outputs = 0;
};

std::int64_t to_int16(std::int64_t value, int& saturations) {
    const std::int64_t clamped = std::clamp<std::int64_t>(value, -32768, 32767);
    if (clamped != value) ++saturations;
    return clamped;
}

struct PlainLstm {
    const Int16Lstm& layer;
    std::vector<std::int64_t> hidden, cell;
    Saturations saturations{};

    explicit PlainLstm(const Int16Lstm& of)
        : layer(of), hidden(static_cast<std::size_t>(of.batches * of.units)), cell(hidden.size()) {}

    double gate_factor(std::size_t k) const {
        const float input = k < 4 ? layer.input_scale : layer.output_scale;
        return static_cast<double>(input * layer.weight_scales[k]) * 4096.0;
    }

    // One gate of one unit, as logistic or tanh give it.
    std::int64_t gate(std::size_t g,
                      std::size_t unit,
                      const std::int16_t* x,
                      const std::vector<std::int64_t>& h) {
        const auto inputs = static_cast<std::size_t>(layer.inputs);
        std::int64_t from_input = layer.bias[g][unit];
        std::int64_t from_hidden = 0;
        for (std::size_t k = 0; k < inputs; ++k) {
            from_input += std::int64_t{x[k]} * layer.weights[g][unit * inputs + k];
        }
        for (std::size_t k = 0; k < h.size(); ++k) {
            from_hidden += h[k] * layer.weights[4 + g][unit * h.size() + k];
        }
        const std::int64_t sum =
            to_int16(to_int16(scaled_sum(from_input, gate_factor(g)), saturations.parts) +
                         to_int16(scaled_sum(from_hidden, gate_factor(4 + g)), saturations.parts),
                     saturations.sums);
        const auto place = static_cast<std::int32_t>(3 * sum);
        return g == 2 ? whittle_table_tanh(place) : whittle_table_logistic(place);
    }

    std::int64_t tanh_of_cell(std::int64_t c) const {
        const int power = layer.cell_power + 12;
        const std::int64_t place =
            power >= 0 ? 3 * c * power_of_two(power)
                       : floor_divide(3 * c + power_of_two(-power - 1), power_of_two(-power));
        return whittle_table_tanh(static_cast<std::int32_t>(place));
    }

    std::int64_t unit_output(const std::array<std::int64_t, 4>& gates, std::int64_t& c) {
        const double unit = std::ldexp(1.0, -15);
        const double cell_scale = std::ldexp(1.0, layer.cell_power);
        c = to_int16(to_int16(scaled_product(gates[1] * c, unit), saturations.cells) +
                         to_int16(scaled_product(gates[0] * gates[2], unit * unit / cell_scale),
                                  saturations.cells),
                     saturations.cells);
        if (layer.cell_clip > 0.0f) {
            const auto clip = std::min<std::int64_t>(
                static_cast<std::int64_t>(layer.cell_clip / cell_scale), 32767);
            if (std::abs(c) > clip) ++saturations.clips;
            c = std::clamp(c, -clip, clip);
        }
        return to_int16(scaled_product(gates[3] * tanh_of_cell(c),
                                       unit * unit / static_cast<double>(layer.output_scale)),
                        saturations.outputs);
    }

    std::vector<std::int16_t> run(const std::vector<std::int16_t>& input) {
        const auto batches = static_cast<std::size_t>(layer.batches);
        const auto steps = static_cast<std::size_t>(layer.steps);
        const auto units = static_cast<std::size_t>(layer.units);
        std::vector<std::int16_t> output(batches * steps * units);
        for (std::size_t n = 0; n < batches; ++n) {
            for (std::size_t t = 0; t < steps; ++t) {
                const std::size_t at = layer.time_major ? t * batches + n : n * steps + t;
                const std::int16_t* x = input.data() + at * static_cast<std::size_t>(layer.inputs);
                const auto first = hidden.begin() + static_cast<std::ptrdiff_t>(n * units);
                const std::vector<std::int64_t> before(first, first + layer.units);
                for (std::size_t u = 0; u < units; ++u) {
                    std::array<std::int64_t, 4> gates{};
                    for (std::size_t g = 0; g < 4; ++g) gates[g] = gate(g, u, x, before);
                    hidden[n * units + u] = unit_output(gates, cell[n * units + u]);
                    output[at * units + u] = static_cast<std::int16_t>(hidden[n * units + u]);
                }
            }
        }
        return output;
    }
};

std::vector<std::int16_t> lstm_input(const Int16Lstm& layer, bool extremes, Random& random) {
    std::vector<std::int16_t> input(
        static_cast<std::size_t>(element_count(layer.sequence(layer.inputs))));
    for (std::int16_t& value : input) {
        const std::uint32_t any = random.below(65536);
        value = static_cast<std::int16_t>(static_cast<std::int32_t>(any) - 32768);
        if (extremes) value = any % 2 == 0 ? std::int16_t{-32768} : std::int16_t{32767};
    }
    return input;
}

// Three runs, each going on from the state that the one before it left.
Saturations check_against_plain(const Int16Lstm& layer, DType bias_type, bool extremes) {
    Random random(11);
    const Graph graph = lstm_graph(layer, DType::int16, bias_type);
    REQUIRE(validate(graph).ok());
    Program program = lstm_program(graph);
    PlainLstm plain(layer);
    for (int run = 0; run < 3; ++run) {
        const std::vector<std::int16_t> input = lstm_input(layer, extremes, random);
        CHECK(run_lstm(program, input) == plain.run(input));
    }
    return plain.saturations;
}

Int16Lstm some_lstm(std::int32_t batches,
                    std::int32_t steps,
                    std::int32_t inputs,
                    std::int32_t units) {
    Int16Lstm layer;
    layer.batches = batches;
    layer.steps = steps;
    layer.inputs = inputs;
    layer.units = units;
    layer.weight_scales = {0.0031f, 0.0027f, 0.0043f, 0.0019f, 0.0051f, 0.0023f, 0.0037f, 0.0041f};
    Random random(3);
    fill_lstm(layer, 1.0e6f, random);
    return layer;
}

}  // namespace

TEST_CASE("an int16 LSTM gives the bits of plain integers") {
    for (const bool time_major : {false, true}) {
        for (const int cell_power : {-9, -12, -15, -18}) {
            for (const std::int32_t batches : {1, 3}) {
                for (const std::int32_t steps : {1, 6}) {
                    Int16Lstm layer = some_lstm(batches, steps, 5, 4);
                    layer.time_major = time_major;
                    layer.cell_power = cell_power;
                    CAPTURE(cell_power);
                    CAPTURE(batches);
                    CAPTURE(steps);
                    check_against_plain(layer, DType::int64, false);
                    check_against_plain(layer, DType::int32, false);
                }
            }
        }
    }
}

TEST_CASE("an int16 LSTM saturates where plain integers do") {
    Int16Lstm layer = some_lstm(2, 9, 5, 4);
    layer.output_scale = 1.0f / 65536.0f;
    layer.cell_power = -15;
    for (std::size_t k = 0; k < 8; ++k) layer.weight_scales[k] *= 20.0f;
    // Biases beyond int32 and of both signs; the third units' are beyond it even when scaled.
    for (std::size_t g = 0; g < 4; ++g) {
        layer.bias[g][0] = g % 2 == 0 ? power_of_two(33) : -power_of_two(33);
        layer.bias[g][1] = power_of_two(32) + 12345;
        layer.bias[g][2] = power_of_two(36);
    }
    const Saturations free = check_against_plain(layer, DType::int64, true);
    CHECK(free.parts > 0);
    CHECK(free.sums > 0);
    CHECK(free.cells > 0);
    CHECK(free.outputs > 0);
    layer.cell_clip = 0.7f;
    const Saturations clipped = check_against_plain(layer, DType::int64, true);
    CHECK(clipped.clips > 0);
    // Weights, inputs and recurrent values that all pull to one side.
    layer.cell_clip = 0.0f;
    for (const std::int8_t side : {std::int8_t{-127}, std::int8_t{-128}, std::int8_t{127}}) {
        for (auto& weights : layer.weights) std::fill(weights.begin(), weights.end(), side);
        check_against_plain(layer, DType::int64, true);
    }
}

TEST_CASE("an int16 LSTM is the float LSTM within 2^-10") {
    double worst = 0.0;
    double largest = 0.0;
    for (const std::int32_t batches : {1, 2}) {
        Int16Lstm layer = some_lstm(batches, 20, 7, 6);
        Program integer = lstm_program(lstm_graph(layer, DType::int16, DType::int64));
        Program real = lstm_program(lstm_graph(layer, DType::float32, DType::float32));
        Random random(17);
        for (int run = 0; run < 4; ++run) {
            std::vector<std::int16_t> input = lstm_input(layer, false, random);
            for (std::int16_t& x : input) x = static_cast<std::int16_t>(x / 4);  // -2 ... 2
            std::vector<float> floats;
            for (const std::int16_t x : input) floats.push_back(layer.input_scale * x);
            const std::vector<std::int16_t> out = run_lstm(integer, input);
            const std::vector<float> expected = run_lstm(real, floats);
            for (std::size_t i = 0; i < out.size(); ++i) {
                const double value = static_cast<double>(layer.output_scale) * out[i];
                worst = std::max(worst, std::fabs(value - static_cast<double>(expected[i])));
                largest = std::max(largest, std::fabs(value));
            }
        }
    }
    // Each gate's sum is rounded twice to 2^-12, and its factors have 15 bits; the cell is rounded
    // twice to 2^-12 in each step, and what it keeps of that fades by the forget gate.
    MESSAGE("int16 LSTM: farthest from float32 " << worst);
    CHECK(worst < std::ldexp(1.0, -10));
    CHECK(largest > 0.5);
}

TEST_CASE("an int16 LSTM comes back from a .tflite file with the same bits") {
    const Int16Lstm layer = some_lstm(2, 3, 4, 5);
    Random random(23);
    const std::vector<std::int16_t> input = lstm_input(layer, false, random);
    for (const DType bias : {DType::int64, DType::int32}) {
        const Result<Graph> back = read_tflite(write_tflite(lstm_graph(layer, DType::int16, bias)));
        REQUIRE_MESSAGE(back.ok(), (back.ok() ? "" : back.error().message()));
        Program program = lstm_program(*back);
        CHECK(run_lstm(program, input) == PlainLstm(layer).run(input));
    }
}

TEST_CASE("int16 LSTMs that no kernel takes are refused") {
    const Int16Lstm layer = some_lstm(1, 2, 3, 2);
    const Graph good = lstm_graph(layer, DType::int16, DType::int64);
    REQUIRE(Program::from_graph(good).ok());
    const auto input_of = [&](Graph& graph, int index) -> Tensor& {
        return graph.tensor(graph.nodes[0].inputs[static_cast<std::size_t>(index)]);
    };
    Graph graph = good;
    input_of(graph, 0).quantization.zero_points[0] = 1;
    CHECK_FALSE(Program::from_graph(graph).ok());
    graph = good;
    input_of(graph, kLstmHidden).quantization.zero_points[0] = 1;
    graph.tensors.back().quantization.zero_points[0] = 1;
    CHECK_FALSE(Program::from_graph(graph).ok());
    graph = good;
    input_of(graph, kLstmRecurrent + 2).quantization.scales[0] = 1.0e4f;
    CHECK_FALSE(Program::from_graph(graph).ok());
    graph = good;
    input_of(graph, kLstmCell).quantization.scales[0] = 0.001f;
    CHECK_FALSE(Program::from_graph(graph).ok());
    graph = good;
    input_of(graph, kLstmHidden).dtype = DType::int8;
    CHECK_FALSE(validate(graph).ok());
    graph = good;
    input_of(graph, kLstmBias).dtype = DType::int16;
    CHECK_FALSE(validate(graph).ok());
}

}  // namespace whittle::test
