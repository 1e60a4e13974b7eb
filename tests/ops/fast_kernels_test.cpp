// Fast siblings against the reference kernels: the same bytes over shapes at their edges, nothing
// touched outside the operands. Those for Arm's instructions run here in their plain form.

#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <string_view>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/ops/add/attributes.h"
#include "core/ops/add/kernel_arm_dsp.h"
#include "core/ops/add/kernel_helium.h"
#include "core/ops/add/kernel_plain.h"
#include "core/ops/average_pool2d/kernel_arm_dsp.h"
#include "core/ops/average_pool2d/kernel_helium.h"
#include "core/ops/average_pool2d/kernel_plain.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/conv2d/kernel_arm_dsp.h"
#include "core/ops/conv2d/kernel_helium.h"
#include "core/ops/conv2d/kernel_plain.h"
#include "core/ops/depthwise_conv2d/kernel_arm_dsp.h"
#include "core/ops/depthwise_conv2d/kernel_helium.h"
#include "core/ops/depthwise_conv2d/kernel_plain.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/fully_connected/kernel_arm_dsp.h"
#include "core/ops/fully_connected/kernel_helium.h"
#include "core/ops/fully_connected/kernel_plain.h"
#include "core/ops/max_pool2d/kernel_arm_dsp.h"
#include "core/ops/max_pool2d/kernel_helium.h"
#include "core/ops/max_pool2d/kernel_plain.h"
#include "core/ops/pool.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/softmax/kernel_helium.h"
#include "tests/support/op_harness.h"

namespace whittle {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kGuardBytes = 64;
constexpr std::uint8_t kGuard = 0xA5;

// An operand between guards, at an address that is a multiple of `alignment` and of no more.
class Guarded {
public:
    Guarded(const Bytes& content, std::size_t alignment) : size_(content.size()) {
        storage_.assign(size_ + 3 * kGuardBytes, kGuard);
        const auto address = reinterpret_cast<std::uintptr_t>(storage_.data()) + kGuardBytes;
        offset_ = kGuardBytes + (16 - address % 16) + alignment % 16;
        if (size_ > 0) std::memcpy(data(), content.data(), size_);
    }
    std::uint8_t* data() { return storage_.data() + offset_; }
    Bytes content() { return {data(), data() + size_}; }
    bool guards_intact() const {
        for (std::size_t i = 0; i < storage_.size(); ++i) {
            const bool inside = i >= offset_ && i < offset_ + size_;
            if (!inside && storage_[i] != kGuard) return false;
        }
        return true;
    }

private:
    std::size_t size_;
    std::size_t offset_ = 0;
    Bytes storage_;
};

// --- How each kernel is called, and the scratch that it needs on this machine
// ----------------------

using Pointers = std::vector<void*>;
struct Sibling {
    void (*run)(const void* params, const Pointers& operands);
    std::size_t (*scratch_bytes)(const void* params);
};

const std::int32_t* words(void* operand) { return static_cast<const std::int32_t*>(operand); }
const std::int16_t* halves(void* operand) { return static_cast<const std::int16_t*>(operand); }
std::int8_t* chars(void* operand) { return static_cast<std::int8_t*>(operand); }

// Kernels of two and of three operands, without scratch.
template <class Params, void (*kernel)(const Params*, const std::int8_t*, std::int8_t*)>
void run_two(const void* params, const Pointers& operands) {
    kernel(static_cast<const Params*>(params), chars(operands[0]), chars(operands[1]));
}
template <class Params,
          void (*kernel)(const Params*, const std::int8_t*, const std::int8_t*, std::int8_t*)>
void run_three(const void* params, const Pointers& operands) {
    kernel(static_cast<const Params*>(params), chars(operands[0]), chars(operands[1]),
           chars(operands[2]));
}
std::size_t no_scratch(const void*) { return 0; }

const std::map<std::string_view, Sibling>& siblings() {
    static const std::map<std::string_view, Sibling> kSiblings = {
        {"whittle_conv2d_int8_arm_dsp",
         {[](const void* p, const Pointers& o) {
              whittle_conv2d_int8_arm_dsp(static_cast<const WhittleConv2dArmDsp*>(p), chars(o[0]),
                                          chars(o[1]), words(o[2]), words(o[3]), chars(o[4]),
                                          chars(o[5]));
          },
          [](const void* p) {
              return static_cast<std::size_t>(
                  whittle_conv2d_arm_dsp_scratch_bytes(static_cast<const WhittleWindow*>(p)));
          }}},
        {"whittle_depthwise_conv2d_int8_arm_dsp",
         {[](const void* p, const Pointers& o) {
              whittle_depthwise_conv2d_int8_arm_dsp(
                  static_cast<const WhittleDepthwiseConv2dArmDsp*>(p), chars(o[0]), words(o[1]),
                  words(o[2]), words(o[3]), chars(o[4]), chars(o[5]));
          },
          [](const void* p) {
              return static_cast<std::size_t>(whittle_depthwise_conv2d_arm_dsp_scratch_bytes(
                  static_cast<const WhittleWindow*>(p)));
          }}},
        {"whittle_fully_connected_int8_arm_dsp",
         {[](const void* p, const Pointers& o) {
              whittle_fully_connected_int8_arm_dsp(
                  static_cast<const WhittleFullyConnectedArmDsp*>(p), chars(o[0]), words(o[1]),
                  words(o[2]), words(o[3]), chars(o[4]));
          },
          [](const void*) { return std::size_t{0}; }}},
        {"whittle_add_int8_arm_dsp",
         {run_three<WhittleAddHalved, whittle_add_int8_arm_dsp>, no_scratch}},
        {"whittle_add_int8_helium",
         {run_three<WhittleAddInt8, whittle_add_int8_helium>, no_scratch}},
        {"whittle_add_int8_plain",
         {run_three<WhittleAddHalved, whittle_add_int8_plain>, no_scratch}},
        {"whittle_average_pool2d_int8_arm_dsp",
         {run_two<WhittleAveragePool2dInteger, whittle_average_pool2d_int8_arm_dsp>, no_scratch}},
        {"whittle_average_pool2d_int8_helium",
         {run_two<WhittleAveragePool2dInteger, whittle_average_pool2d_int8_helium>, no_scratch}},
        {"whittle_average_pool2d_int8_plain",
         {run_two<WhittleAveragePool2dInteger, whittle_average_pool2d_int8_plain>, no_scratch}},
        {"whittle_max_pool2d_int8_arm_dsp",
         {run_two<WhittleMaxPool2dInteger, whittle_max_pool2d_int8_arm_dsp>, no_scratch}},
        {"whittle_max_pool2d_int8_plain",
         {run_two<WhittleMaxPool2dInteger, whittle_max_pool2d_int8_plain>, no_scratch}},
        {"whittle_max_pool2d_int8_helium",
         {run_two<WhittleMaxPool2dInteger, whittle_max_pool2d_int8_helium>, no_scratch}},
        {"whittle_softmax_int8_helium",
         {run_two<WhittleSoftmaxInt8, whittle_softmax_int8_helium>, no_scratch}},
        {"whittle_conv2d_int8_helium",
         {[](const void* p, const Pointers& o) {
              whittle_conv2d_int8_helium(static_cast<const WhittleConv2dHelium*>(p), chars(o[0]),
                                         chars(o[1]), words(o[2]), chars(o[3]), chars(o[4]));
          },
          [](const void* p) {
              return static_cast<std::size_t>(
                  whittle_conv2d_helium_scratch_bytes(static_cast<const WhittleWindow*>(p)));
          }}},
        {"whittle_depthwise_conv2d_int8_helium",
         {[](const void* p, const Pointers& o) {
              whittle_depthwise_conv2d_int8_helium(
                  static_cast<const WhittleDepthwiseConv2dArmDsp*>(p), chars(o[0]), chars(o[1]),
                  words(o[2]), chars(o[3]), chars(o[4]));
          },
          [](const void* p) {
              const auto* w = static_cast<const WhittleWindow*>(p);
              return static_cast<std::size_t>(w->input_channels) +
                     static_cast<std::size_t>(w->kernel_height * w->kernel_width) * sizeof(void*);
          }}},
        {"whittle_conv2d_int8_plain",
         {[](const void* p, const Pointers& o) {
              whittle_conv2d_int8_plain(static_cast<const WhittleConv2dInteger*>(p), chars(o[0]),
                                        halves(o[1]), words(o[2]), chars(o[3]), chars(o[4]));
          },
          [](const void* p) {
              const auto* w = static_cast<const WhittleWindow*>(p);
              const std::int32_t count = w->kernel_height * w->kernel_width * w->input_channels;
              return static_cast<std::size_t>((count + 3) / 4 * 16);
          }}},
        {"whittle_depthwise_conv2d_int8_plain",
         {[](const void* p, const Pointers& o) {
              whittle_depthwise_conv2d_int8_plain(
                  static_cast<const WhittleDepthwiseConv2dInteger*>(p), chars(o[0]), chars(o[1]),
                  words(o[2]), chars(o[3]), chars(o[4]));
          },
          [](const void* p) {
              return static_cast<std::size_t>(static_cast<const WhittleWindow*>(p)->input_channels);
          }}},
        {"whittle_fully_connected_int8_plain",
         {[](const void* p, const Pointers& o) {
              whittle_fully_connected_int8_plain(static_cast<const WhittleFullyConnectedPlain*>(p),
                                                 chars(o[0]), words(o[1]), words(o[2]), words(o[3]),
                                                 chars(o[4]));
          },
          [](const void*) { return std::size_t{0}; }}},
        {"whittle_fully_connected_int8_helium",
         {[](const void* p, const Pointers& o) {
              whittle_fully_connected_int8_helium(
                  static_cast<const WhittleFullyConnectedHelium*>(p), chars(o[0]), chars(o[1]),
                  words(o[2]), chars(o[3]));
          },
          [](const void*) { return std::size_t{0}; }}},
    };
    return kSiblings;
}

// The bytes of one of the graph's inputs.
Bytes bytes_of_input(const Graph& graph, int tensor, const Bytes& inputs) {
    auto begin = inputs.begin();
    for (const int input : graph.inputs) {
        const auto end = begin + static_cast<std::ptrdiff_t>(graph.tensor(input).bytes());
        if (input == tensor) return {begin, end};
        begin = end;
    }
    return {};
}

// The kernel's output; checks guards and that nothing but output and scratch was written.
Bytes run_sibling(const Deployment& deployment, const Bytes& input) {
    const PreparedOp& op = deployment.ops[0];
    const Node& node = deployment.graph.nodes[0];
    const Sibling& sibling = siblings().at(op.kernel);
    std::vector<std::uint32_t> params;
    for (const PreparedParam& param : op.params) params.push_back(param.bits);
    std::vector<Guarded> buffers;
    std::vector<Bytes> before;
    for (const PreparedOperand& operand : op.operands) {
        const auto at = static_cast<std::size_t>(operand.index);
        std::size_t alignment = 1;
        if (operand.kind == PreparedOperand::Kind::constant) {
            before.push_back(op.constants[at].bytes);
            alignment = element_bytes(op.constants[at].dtype);
        } else if (operand.kind == PreparedOperand::Kind::scratch) {
            const std::size_t here = sibling.scratch_bytes(params.data());
            CHECK(op.scratch_bytes <= static_cast<std::int64_t>(here));
            before.emplace_back(here, std::uint8_t{0x5A});
            alignment = sizeof(void*);
        } else if (operand.kind == PreparedOperand::Kind::output) {
            before.emplace_back(deployment.graph.tensor(node.outputs[at]).bytes(), kGuard);
        } else {
            const int index = node.inputs[at];
            const Tensor& tensor = deployment.graph.tensor(index);
            before.push_back(tensor.constant ? tensor.data
                                             : bytes_of_input(deployment.graph, index, input));
        }
        buffers.emplace_back(before.back(), alignment);
    }
    Pointers pointers;
    for (Guarded& buffer : buffers) pointers.push_back(buffer.data());
    sibling.run(params.data(), pointers);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        CHECK(buffers[i].guards_intact());
        const bool written = op.operands[i].kind == PreparedOperand::Kind::output ||
                             op.operands[i].kind == PreparedOperand::Kind::scratch;
        if (!written) CHECK(buffers[i].content() == before[i]);
    }
    return buffers.back().content();
}

// --- Layers
// ----------------------------------------------------------------------------------------

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
        constexpr Activation kAll[] = {Activation::none, Activation::relu, Activation::relu6};
        return kAll[pick(0, 2)];
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
    CHECK(run_sibling(*deployment, input) == expected);
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
            CHECK(run_sibling(*deployment, input) == expected);
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
                CHECK(run_sibling(*deployment, all) == expected);
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
