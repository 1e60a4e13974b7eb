#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/ops/add/attributes.h"
#include "core/ops/add/program.h"
#include "core/ops/average_pool2d/program.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/conv2d/program.h"
#include "core/ops/depthwise_conv2d/program.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/fully_connected/program.h"
#include "core/ops/pool.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

using Bytes = std::vector<std::uint8_t>;

// The sets of this machine that have kernels in lanes.
std::vector<InstructionSet> lanes_sets() {
    switch (host_instruction_set()) {
        case InstructionSet::avx512_vnni:
            return {InstructionSet::avx2, InstructionSet::avx512_vnni};
        case InstructionSet::avx2: return {InstructionSet::avx2};
        case InstructionSet::wasm_simd128: return {InstructionSet::wasm_simd128};
        default: return {};
    }
}

struct Functions {
    WhittleCheckFunction check;
    WhittleRunFunction run;
};

Functions functions_of(OpKind op) {
    switch (op) {
        case OpKind::conv2d: return {whittle_conv2d_check, whittle_conv2d_run};
        case OpKind::depthwise_conv2d:
            return {whittle_depthwise_conv2d_check, whittle_depthwise_conv2d_run};
        case OpKind::fully_connected:
            return {whittle_fully_connected_check, whittle_fully_connected_run};
        case OpKind::add: return {whittle_add_check, whittle_add_run};
        default: return {whittle_average_pool2d_check, whittle_average_pool2d_run};
    }
}

// Runs an operator on buffers of exactly the sizes that it asks for, so that the sanitizers see
// every byte too many.
Bytes run(const Graph& graph, const PreparedOp& op, const std::vector<Bytes>& inputs) {
    const Node& node = graph.nodes[0];
    std::vector<Bytes> buffers;
    std::vector<WhittleOperandInfo> infos;
    for (const PreparedOperand& operand : op.operands) {
        const auto index = static_cast<std::size_t>(operand.index);
        const bool is_input = operand.kind == PreparedOperand::Kind::input;
        const Tensor* tensor = is_input ? &graph.tensor(node.inputs[index]) : nullptr;
        bool constant = operand.kind == PreparedOperand::Kind::constant;
        if (constant) {
            buffers.push_back(op.constants[index].bytes);
        } else if (is_input) {
            constant = tensor->constant;
            buffers.push_back(constant ? tensor->data : inputs[index]);
        } else if (operand.kind == PreparedOperand::Kind::scratch) {
            buffers.emplace_back(static_cast<std::size_t>(op.scratch_bytes), std::uint8_t{0xA5});
        } else {
            buffers.emplace_back(graph.tensor(node.outputs[0]).bytes(), std::uint8_t{0xA5});
        }
        infos.push_back({static_cast<std::uint32_t>(buffers.back().size()),
                         constant ? buffers.back().data() : nullptr});
    }
    std::vector<std::uint32_t> params;
    for (const PreparedParam& param : op.params) params.push_back(param.bits);
    std::vector<void*> operands;
    for (Bytes& buffer : buffers) operands.push_back(buffer.data());
    const Functions functions = functions_of(node.op);
    const auto params_bytes = static_cast<std::uint32_t>(4 * params.size());
    REQUIRE(functions.check(op.variant, params.data(), params_bytes, infos.data(),
                            static_cast<std::uint32_t>(infos.size())));
    // A byte less of anything is refused.
    for (WhittleOperandInfo& info : infos) {
        if (info.bytes == 0) continue;
        info.bytes -= 1;
        CHECK_FALSE(functions.check(op.variant, params.data(), params_bytes, infos.data(),
                                    static_cast<std::uint32_t>(infos.size())));
        info.bytes += 1;
    }
    functions.run(op.variant, params.data(), operands.data());
    return buffers.back();
}

Bytes random_bytes(std::size_t count, Random& random) {
    Bytes bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
    return bytes;
}

// Extremes, which sums grow largest from, and anything.
Bytes input_bytes(std::size_t count, int round, Random& random) {
    if (round == 0) return Bytes(count, 0x80);
    if (round == 1) return Bytes(count, 0x7F);
    return random_bytes(count, random);
}

// The reference and every set give the same bytes. `accelerated`: whether there is a kernel in
// lanes.
void check_sets(Graph graph, bool accelerated = true) {
    Random random(11);
    const auto reference = prepare_operators(graph);
    REQUIRE_MESSAGE(reference.ok(), (reference.ok() ? "" : reference.error().message()));
    for (int round = 0; round < 4; ++round) {
        std::vector<Bytes> inputs;
        for (const int input : graph.inputs) {
            inputs.push_back(input_bytes(graph.tensor(input).bytes(), round, random));
        }
        const Bytes expected = run(graph, reference->front(), inputs);
        for (const InstructionSet set : lanes_sets()) {
            CAPTURE(static_cast<int>(set));
            auto ops = *reference;
            accelerate_operators(graph, set, ops);
            CHECK((ops[0].variant >> 8 != 0) == accelerated);
            CHECK(run(graph, ops[0], inputs) == expected);
        }
    }
}

Tensor int8_activation(Shape shape, float scale = 0.05f, std::int32_t zero_point = -9) {
    Tensor tensor;
    tensor.dtype = DType::int8;
    tensor.shape = std::move(shape);
    tensor.quantization = {{scale}, {zero_point}, 0};
    return tensor;
}

// How the factors of the channels lie to each other.
enum class Scales { alike, spread, large, dead };

float weights_scale(Scales scales, std::int32_t channel) {
    switch (scales) {
        case Scales::alike: return 0.001f;
        case Scales::spread: return 0.0001f * std::ldexp(1.0f, channel % 5) + 1e-5f;
        case Scales::large: return channel % 3 == 0 ? 1.7f : 60.0f;
        case Scales::dead: return channel % 4 == 1 ? 1e-11f : 0.01f;
    }
    return 0.0f;
}

Tensor weights(Shape shape, int channel_axis, Scales scales, Random& random) {
    Tensor tensor;
    tensor.dtype = DType::int8;
    tensor.shape = std::move(shape);
    tensor.constant = true;
    tensor.data = random_bytes(tensor.bytes(), random);
    tensor.quantization.axis = channel_axis;
    for (std::int32_t o = 0; o < tensor.shape[static_cast<std::size_t>(channel_axis)]; ++o) {
        tensor.quantization.scales.push_back(weights_scale(scales, o));
        tensor.quantization.zero_points.push_back(0);
    }
    return tensor;
}

// `shift`: biases have 32 - shift bits.
Tensor bias(std::int32_t channels, int shift, Random& random) {
    Tensor tensor;
    tensor.dtype = DType::int32;
    tensor.shape = {channels};
    tensor.constant = true;
    for (std::int32_t o = 0; o < channels; ++o) {
        std::int32_t value = 0;
        const Bytes drawn = random_bytes(sizeof value, random);
        std::memcpy(&value, drawn.data(), sizeof value);
        value >>= shift;
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
        tensor.data.insert(tensor.data.end(), bytes, bytes + sizeof value);
    }
    return tensor;
}

constexpr Scales kAllScales[] = {Scales::alike, Scales::spread, Scales::large, Scales::dead};

struct ConvolutionCase {
    Shape input;
    Shape filter;
    WindowSteps steps{};
    bool accelerated = true;
};

void check_convolution(OpKind op, const ConvolutionCase& c) {
    CAPTURE(to_string(c.input));
    CAPTURE(to_string(c.filter));
    const int axis = op == OpKind::conv2d ? 0 : 3;
    const std::int32_t channels = c.filter[static_cast<std::size_t>(axis)];
    for (const Scales scales : kAllScales) {
        CAPTURE(static_cast<int>(scales));
        for (const int bias_shift : {0, 18}) {
            Random random(5);
            const Conv2dAttributes attributes{
                scales == Scales::alike ? Activation::relu : Activation::none, c.steps, 0};
            check_sets(
                single_node_graph(op, Attributes::of(attributes),
                                  {int8_activation(c.input), weights(c.filter, axis, scales, random),
                                   bias(channels, bias_shift, random)},
                                  {{0.11f}, {13}, 0}),
                c.accelerated);
        }
    }
}

}  // namespace

TEST_CASE("lanes: int8 convolutions have the reference's bits") {
    if (lanes_sets().empty()) MESSAGE("skipped: no kernels in lanes on this machine");
    const ConvolutionCase cases[] = {
        {{1, 1, 1, 1}, {1, 1, 1, 1}},
        {{1, 3, 3, 4}, {7, 1, 1, 4}},
        {{1, 2, 2, 5}, {8, 1, 1, 5}},
        {{2, 3, 3, 16}, {9, 1, 1, 16}},
        {{1, 1, 5, 17}, {15, 1, 1, 17}},
        {{1, 4, 4, 31}, {16, 1, 1, 31}},
        {{1, 3, 5, 33}, {17, 1, 1, 33}},
        {{1, 5, 6, 3}, {25, 3, 3, 3}, {Padding::same, 2, 2}},
        {{3, 6, 5, 16}, {32, 3, 3, 16}, {Padding::same}},
        {{1, 7, 7, 2}, {8, 3, 2, 2}, {Padding::same, 1, 1, 2, 3}},
        {{1, 9, 4, 1}, {6, 10, 4, 1}, {Padding::same, 2, 2}},
        {{1, 2, 2, 3}, {4, 5, 5, 3}, {Padding::same}},
        // More pixels, and more lines, than are widened at once; strides past the window.
        {{1, 9, 9, 12}, {24, 1, 1, 12}},
        {{1, 40, 41, 16}, {9, 3, 3, 16}, {Padding::same}},
        {{1, 23, 17, 3}, {8, 2, 2, 3}, {Padding::valid, 3, 4}},
        {{1, 4, 4, 6}, {4, 3, 3, 3}, {Padding::same}, false},
    };
    for (const ConvolutionCase& c : cases) check_convolution(OpKind::conv2d, c);
}

TEST_CASE("lanes: int8 depthwise convolutions have the reference's bits") {
    const ConvolutionCase cases[] = {
        {{1, 1, 1, 1}, {1, 1, 1, 1}},
        {{1, 4, 4, 7}, {1, 3, 3, 7}, {Padding::same}},
        {{2, 4, 3, 8}, {1, 3, 3, 8}, {Padding::same, 2, 2}},
        {{1, 5, 4, 9}, {1, 2, 2, 9}},
        {{1, 3, 4, 15}, {1, 3, 3, 15}, {Padding::same}},
        {{1, 3, 3, 16}, {1, 3, 1, 16}, {Padding::same}},
        {{1, 6, 5, 24}, {1, 3, 3, 24}, {Padding::same, 1, 1, 2, 2}},
        {{1, 4, 4, 33}, {1, 3, 3, 33}, {Padding::same}},
        {{1, 8, 8, 10}, {1, 8, 8, 10}},
        {{1, 9, 8, 2}, {1, 9, 8, 2}},
        {{1, 33, 35, 24}, {1, 3, 3, 24}, {Padding::same}},
        {{1, 33, 21, 40}, {1, 5, 3, 40}, {Padding::same, 2, 2}},
        {{1, 19, 7, 8}, {1, 2, 1, 8}, {Padding::same, 3, 2}},
        {{1, 6, 5, 1}, {1, 3, 4, 8}, {Padding::same}},
        {{1, 6, 5, 1}, {1, 3, 3, 11}, {Padding::same, 2, 1}},
        {{1, 3, 3, 2}, {1, 3, 3, 4}, {Padding::same}, false},
    };
    for (const ConvolutionCase& c : cases) check_convolution(OpKind::depthwise_conv2d, c);
}

TEST_CASE("lanes: int8 fully connected layers have the reference's bits") {
    for (const std::int32_t rows : {1, 2, 4, 5, 9}) {
        for (const std::int32_t inputs : {1, 2, 3, 15, 16, 17, 70}) {
            for (const std::int32_t outputs : {1, 7, 8, 9, 16, 24, 33}) {
                CAPTURE(rows);
                CAPTURE(inputs);
                CAPTURE(outputs);
                Random random(3);
                const auto scales = static_cast<Scales>((rows + inputs + outputs) % 4);
                check_sets(single_node_graph(
                    OpKind::fully_connected, Attributes::of(FullyConnectedAttributes{}),
                    {int8_activation({rows, inputs}), weights({outputs, inputs}, 0, scales, random),
                     bias(outputs, rows == 2 ? 0 : 18, random)},
                    {{0.2f}, {-3}, 0}));
            }
        }
    }
}

TEST_CASE("lanes: int8 additions have the reference's bits") {
    for (const float b_scale : {0.05f, 0.0499f, 0.0001f, 3.0f}) {
        for (const float output_scale : {0.1f, 0.0003f, 7.0f}) {
            for (const std::int32_t count : {1, 7, 8, 9, 1000}) {
                CAPTURE(b_scale);
                CAPTURE(output_scale);
                CAPTURE(count);
                check_sets(single_node_graph(
                    OpKind::add, Attributes::of(AddAttributes{}),
                    {int8_activation({1, count}), int8_activation({1, count}, b_scale, 127)},
                    {{output_scale}, {-128}, 0}));
            }
        }
    }
    check_sets(single_node_graph(OpKind::add, Attributes::of(AddAttributes{}),
                                 {int8_activation({2, 8}), int8_activation({8})}, {{0.1f}, {0}, 0}),
               false);
}

TEST_CASE("lanes: int8 average pooling has the reference's bits") {
    for (const std::int32_t channels : {1, 7, 15, 16, 17, 48}) {
        for (const Padding padding : {Padding::same, Padding::valid}) {
            CAPTURE(channels);
            const Tensor input = int8_activation({2, 5, 4, channels});
            PoolAttributes attributes{Activation::none, 3, 2, {padding, 2, 1}};
            check_sets(single_node_graph(OpKind::average_pool2d, Attributes::of(attributes),
                                         {input}, input.quantization));
        }
    }
}

}  // namespace whittle::test
