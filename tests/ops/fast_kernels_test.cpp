// Fast siblings against the reference kernels: the same bytes over shapes at their edges, nothing
// touched outside the operands. Those for Arm's instructions run here in their plain form.

#include <doctest/doctest.h>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/ops/add/attributes.h"
#include "core/ops/average_pool2d/kernel_helium.h"
#include "core/ops/average_pool2d/kernel_plain.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/softmax/attributes.h"
#include "tests/support/op_harness.h"
#include "tests/support/siblings.h"

namespace whittle {
namespace {

using Bytes = std::vector<std::uint8_t>;

class LayerMaker {
public:
    explicit LayerMaker(std::uint64_t seed) : random_(seed) {}

    std::int32_t pick(std::int32_t low, std::int32_t high) {
        return low +
               static_cast<std::int32_t>(random_.below(static_cast<std::uint32_t>(high - low + 1)));
    }
    Tensor image(const Shape& shape) {
        Tensor tensor;
        tensor.name = "x";
        tensor.dtype = DType::int8;
        tensor.shape = shape;
        const std::int32_t zero_points[] = {-128, 127, 0, pick(-128, 127)};
        tensor.quantization = {{0.05f}, {zero_points[pick(0, 3)]}};
        return tensor;
    }
    // Any int8, the extremes often; a scale for each index of `axis`, some of them tiny.
    Tensor weights(const Shape& shape, std::int32_t axis) {
        Tensor tensor;
        tensor.name = "w";
        tensor.dtype = DType::int8;
        tensor.shape = shape;
        tensor.constant = true;
        tensor.quantization.axis = axis;
        for (std::int32_t o = 0; o < shape[static_cast<std::size_t>(axis)]; ++o) {
            const float scale =
                pick(0, 7) == 0 ? 1.0e-9f : 0.001f * static_cast<float>(pick(1, 60));
            tensor.quantization.scales.push_back(scale);
            tensor.quantization.zero_points.push_back(0);
        }
        for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.data.push_back(any_byte());
        return tensor;
    }
    Tensor bias(std::int32_t count) {
        Tensor tensor;
        tensor.name = "b";
        tensor.dtype = DType::int32;
        tensor.shape = {count};
        tensor.constant = true;
        const bool has_huge = pick(0, 3) == 0;
        for (std::int32_t i = 0; i < count; ++i) {
            const bool is_huge = has_huge && pick(0, 9) == 0;
            const std::int32_t value = is_huge ? 1 << 30 : pick(-9000, 9000);
            const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
            tensor.data.insert(tensor.data.end(), bytes, bytes + 4);
        }
        return tensor;
    }
    Quantization output() {
        return {{pick(0, 1) == 0 ? 0.1f : 2.5f}, {pick(0, 2) == 0 ? pick(-128, 127) : -128}};
    }
    std::uint8_t any_byte() {
        const std::int32_t kind = pick(0, 9);
        return static_cast<std::uint8_t>(kind == 0 ? -128 : kind == 1 ? 127 : pick(-128, 127));
    }
    Activation activation() {
        constexpr Activation kAll[] = {Activation::none, Activation::relu, Activation::relu6,
                                       Activation::relu_n1_to_1};
        return kAll[pick(0, 3)];
    }
    WindowSteps steps() {
        return {.padding = pick(0, 1) == 0 ? Padding::same : Padding::valid,
                .stride_height = pick(1, 2),
                .stride_width = pick(1, 3),
                .dilation_height = pick(0, 3) == 0 ? 2 : 1,
                .dilation_width = pick(0, 3) == 0 ? 2 : 1};
    }

private:
    Random random_;
};

// Whether there is a sibling for these instructions; if so, its bytes are the reference's.
bool check_layer(LayerMaker& make, const Graph& graph, InstructionSet set) {
    const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, {}, set);
    REQUIRE(deployment.ok());
    if (deployment->ops[0].variant < 256) return false;
    auto reference = Program::from_graph(graph, {}, InstructionSet::reference);
    REQUIRE(reference.ok());
    Bytes input(reference->input_bytes());
    for (std::uint8_t& byte : input) byte = make.any_byte();
    Bytes expected(reference->output_bytes());
    reference->run(input, expected);
    CHECK(test::run_sibling(*deployment, input) == expected);
    return true;
}

Graph convolution(LayerMaker& make, std::int32_t channels, std::int32_t filters) {
    const std::int32_t height = make.pick(1, 4);
    const std::int32_t width = make.pick(1, 4);
    const Conv2dAttributes own{make.activation(), make.steps()};
    const Shape image = {make.pick(1, 2), make.pick(7, 9), make.pick(7, 10), channels};
    return test::single_node_graph(
        OpKind::conv2d, Attributes::of(own),
        {make.image(image), make.weights({filters, height, width, channels}, 0),
         make.bias(filters)},
        make.output());
}

Graph depthwise_convolution(LayerMaker& make, std::int32_t channels) {
    const std::int32_t height = make.pick(1, 4);
    const std::int32_t width = make.pick(1, 4);
    const Conv2dAttributes own{make.activation(), make.steps(), 1};
    const Shape image = {make.pick(1, 2), make.pick(7, 9), make.pick(7, 10), channels};
    return test::single_node_graph(
        OpKind::depthwise_conv2d, Attributes::of(own),
        {make.image(image), make.weights({1, height, width, channels}, 3), make.bias(channels)},
        make.output());
}

Graph dense(LayerMaker& make, std::int32_t inputs, std::int32_t outputs) {
    const FullyConnectedAttributes own{.activation = make.activation()};
    return test::single_node_graph(OpKind::fully_connected, Attributes::of(own),
                                   {make.image({make.pick(1, 3), inputs}),
                                    make.weights({outputs, inputs}, 0), make.bias(outputs)},
                                   make.output());
}

constexpr InstructionSet kDspSets[] = {InstructionSet::arm_dsp, InstructionSet::helium};
constexpr InstructionSet kSets[] = {InstructionSet::arm_dsp, InstructionSet::helium,
                                    InstructionSet::plain};

// Scales that are alike, close to each other, and as far apart as shifts go.
Graph sum_of_two(LayerMaker& make) {
    constexpr float kScales[] = {0.05f, 0.0500001f, 0.0713f, 0.1f, 0.35f, 1.0e-5f, 1.0e-12f};
    const Shape shape = {make.pick(1, 2), make.pick(1, 5), make.pick(1, 5), make.pick(1, 12)};
    Tensor a = make.image(shape);
    Tensor b = make.image(shape);
    a.quantization.scales = {kScales[make.pick(0, 6)]};
    b.quantization.scales = {kScales[make.pick(0, 6)]};
    return test::single_node_graph(OpKind::add, Attributes::of(AddAttributes{make.activation()}),
                                   {a, b}, make.output());
}

Graph pooling(LayerMaker& make, OpKind op) {
    const bool in_fours = make.pick(0, 3) > 0;
    const std::int32_t channels = in_fours ? 4 * make.pick(1, 8) : make.pick(1, 34);
    const Shape image = {make.pick(1, 2), make.pick(4, 9), make.pick(4, 9), channels};
    PoolAttributes own{make.activation(), make.pick(1, 4), make.pick(1, 4), make.steps()};
    own.steps.dilation_height = own.steps.dilation_width = 1;
    const Tensor input = make.image(image);
    return test::single_node_graph(op, Attributes::of(own), {input}, input.quantization);
}

}  // namespace

TEST_CASE("Fast softmax gives the reference's bytes") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        LayerMaker make(seed);
        const Graph shares = test::single_node_graph(
            OpKind::softmax, Attributes::of(SoftmaxAttributes{}),
            {make.image({make.pick(1, 3), make.pick(1, 34)})}, {{1.0f / 256.0f}, {-128}});
        CHECK(check_layer(make, shares, InstructionSet::helium));
    }
}

TEST_CASE("Fast sums give the reference's bytes") {
    for (const InstructionSet set : kSets) {
        int fast = 0;
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            CAPTURE(seed);
            LayerMaker make(seed);
            fast += check_layer(make, sum_of_two(make), set);
        }
        CHECK(fast > 200);  // outputs of the others have far larger scales than inputs
    }
}

TEST_CASE("Fast sums of small cores give the reference's bytes for every pair of inputs") {
    Random random(41);
    const auto any = [&random](std::int32_t low, std::int32_t high) {
        return low +
               static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(high - low + 1)));
    };
    for (const InstructionSet set : {InstructionSet::arm_dsp, InstructionSet::plain}) {
        for (int i = 0; i < 40; ++i) {
            Tensor tensors[2];
            for (Tensor& tensor : tensors) {
                tensor.name = "x";
                tensor.dtype = DType::int8;
                tensor.shape = {256 * 256};
                tensor.quantization = {{0.001f * static_cast<float>(any(1, 1000))},
                                       {any(-128, 127)}};
            }
            if (i % 8 == 0) tensors[1].quantization.scales = tensors[0].quantization.scales;
            const Quantization output = {{0.002f * static_cast<float>(any(1, 1000))},
                                         {any(-128, 127)}};
            const Graph graph = test::single_node_graph(
                OpKind::add, Attributes::of(AddAttributes{}), {tensors[0], tensors[1]}, output);
            auto reference = Program::from_graph(graph, {}, InstructionSet::reference);
            const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, {}, set);
            REQUIRE(reference.ok());
            REQUIRE(deployment.ok());
            if (deployment->ops[0].variant < 256) continue;
            Bytes input(2 * 256 * 256);
            for (std::size_t k = 0; k < input.size() / 2; ++k) {
                input[k] = static_cast<std::uint8_t>(k);
                input[k + input.size() / 2] = static_cast<std::uint8_t>(k >> 8);
            }
            Bytes expected(input.size() / 2);
            reference->run(input, expected);
            CHECK(test::run_sibling(*deployment, input) == expected);
        }
    }
}

TEST_CASE("Fast poolings give the reference's bytes") {
    const auto fast_of = [](OpKind op, InstructionSet set) {
        int fast = 0;
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            CAPTURE(seed);
            LayerMaker make(seed);
            fast += check_layer(make, pooling(make, op), set);
        }
        return fast;
    };
    for (const InstructionSet set : kSets) {
        CHECK(fast_of(OpKind::average_pool2d, set) > 200);
        CHECK(fast_of(OpKind::max_pool2d, set) > 200);
    }
}

// Every sum and every number of taps that the kernels take.
TEST_CASE("Averages of up to 256 taps are exact") {
    for (std::int32_t count = 1; count <= 256; ++count) {
        const std::uint32_t reciprocal = whittle_average_pool2d_reciprocal(count);
        int wrong = 0;
        for (std::int32_t size = 0; size <= 128 * count; ++size) {
            const std::uint32_t rounded = static_cast<std::uint32_t>(size + count / 2);
            const auto mean = static_cast<std::int32_t>(rounded * reciprocal >> 24);
            wrong += mean != -whittle_average_of(-size, count) ? 1 : 0;
        }
        CHECK(wrong == 0);
    }
    for (const std::int32_t side : {16, 17}) {
        for (const InstructionSet set : {InstructionSet::arm_dsp, InstructionSet::plain}) {
            LayerMaker make(static_cast<std::uint64_t>(side));
            Tensor input = make.image({1, 16, 17, 4});
            const PoolAttributes own{Activation::none, 16, side, {Padding::valid, 1, 1, 1, 1}};
            const Graph graph = test::single_node_graph(OpKind::average_pool2d, Attributes::of(own),
                                                        {input}, input.quantization);
            const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, {}, set);
            REQUIRE(deployment.ok());
            CHECK((deployment->ops[0].variant >= 256) == (side == 16));
            if (side != 16) continue;
            auto reference = Program::from_graph(graph, {}, InstructionSet::reference);
            REQUIRE(reference.ok());
            for (const std::uint8_t extreme : {0x80, 0x7F}) {
                Bytes all(reference->input_bytes(), extreme);
                Bytes expected(reference->output_bytes());
                reference->run(all, expected);
                CHECK(test::run_sibling(*deployment, all) == expected);
            }
        }
    }
}

TEST_CASE("Fast convolutions give the reference's bytes") {
    for (const InstructionSet set : kSets) {
        int fast = 0;
        int all = 0;
        for (const std::int32_t channels : {1, 2, 3, 4, 5, 7, 8, 12, 16, 17}) {
            for (const std::int32_t filters : {1, 2, 3, 4, 5, 8, 9}) {
                for (std::uint64_t seed = 0; seed < 6; ++seed) {
                    LayerMaker make(1000 * seed +
                                    static_cast<std::uint64_t>(16 * channels + filters));
                    CAPTURE(channels);
                    CAPTURE(filters);
                    CAPTURE(seed);
                    fast += check_layer(make, convolution(make, channels, filters), set);
                    ++all;
                }
            }
        }
        CHECK(fast > all / 3);  // the others have factors of 1/2 and more
    }
}

TEST_CASE("Fast depthwise convolutions give the reference's bytes") {
    for (const InstructionSet set : kSets) {
        int fast = 0;
        int all = 0;
        for (const std::int32_t channels : {3, 4, 5, 8, 12, 15, 16, 17, 20, 31, 32, 33}) {
            for (std::uint64_t seed = 0; seed < 24; ++seed) {
                LayerMaker make(1000 * seed + static_cast<std::uint64_t>(channels));
                CAPTURE(channels);
                CAPTURE(seed);
                fast += check_layer(make, depthwise_convolution(make, channels), set);
                ++all;
            }
        }
        CHECK(fast > all / 5);  // the others have factors of 1/2 and more
    }
}

TEST_CASE("Fast fully connected layers give the reference's bytes") {
    for (const InstructionSet set : kDspSets) {
        int fast = 0;
        int all = 0;
        for (const std::int32_t inputs : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 64}) {
            for (const std::int32_t outputs : {1, 2, 3, 4, 5, 7, 8, 9, 12}) {
                for (std::uint64_t seed = 0; seed < 4; ++seed) {
                    LayerMaker make(1000 * seed +
                                    static_cast<std::uint64_t>(16 * inputs + outputs));
                    CAPTURE(inputs);
                    CAPTURE(outputs);
                    CAPTURE(seed);
                    fast += check_layer(make, dense(make, inputs, outputs), set);
                    ++all;
                }
            }
        }
        CHECK(fast > all / 3);
    }
}

// Sums of so many products that the plain kernel adds up those of some of them.
TEST_CASE("Fast convolutions of many channels give the reference's bytes") {
    for (const InstructionSet set : kSets) {
        int fast = 0;
        for (const std::int32_t channels : {63, 64, 65, 255, 256, 257, 512}) {
            for (std::uint64_t seed = 0; seed < 4; ++seed) {
                LayerMaker make(1000 * seed + static_cast<std::uint64_t>(channels));
                CAPTURE(channels);
                CAPTURE(seed);
                fast += check_layer(make, convolution(make, channels, make.pick(2, 3)), set);
            }
        }
        CHECK(fast > 10);
    }
}

// The same, and layers large enough for the plain kernel.
TEST_CASE("Fast fully connected layers of many inputs give the reference's bytes") {
    for (const InstructionSet set : kSets) {
        int fast = 0;
        int all = 0;
        for (const std::int32_t inputs : {128, 129, 130, 255, 256, 257, 511, 512, 513, 1023}) {
            for (const std::int32_t outputs : {4, 7, 8, 12}) {
                for (std::uint64_t seed = 0; seed < 4; ++seed) {
                    LayerMaker make(1000 * seed +
                                    static_cast<std::uint64_t>(16 * inputs + outputs));
                    CAPTURE(inputs);
                    CAPTURE(outputs);
                    CAPTURE(seed);
                    fast += check_layer(make, dense(make, inputs, outputs), set);
                    ++all;
                }
            }
        }
        CHECK(fast > all / 2);
    }
}

}  // namespace whittle
