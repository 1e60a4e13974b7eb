#include "tests/support/siblings.h"

#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <string_view>

#include "core/ops/add/kernel_arm_dsp.h"
#include "core/ops/add/kernel_helium.h"
#include "core/ops/add/kernel_plain.h"
#include "core/ops/average_pool2d/kernel_arm_dsp.h"
#include "core/ops/average_pool2d/kernel_helium.h"
#include "core/ops/average_pool2d/kernel_plain.h"
#include "core/ops/conv2d/kernel_arm_dsp.h"
#include "core/ops/conv2d/kernel_helium.h"
#include "core/ops/conv2d/kernel_plain.h"
#include "core/ops/depthwise_conv2d/kernel_arm_dsp.h"
#include "core/ops/depthwise_conv2d/kernel_helium.h"
#include "core/ops/depthwise_conv2d/kernel_plain.h"
#include "core/ops/fully_connected/kernel_arm_dsp.h"
#include "core/ops/fully_connected/kernel_helium.h"
#include "core/ops/fully_connected/kernel_plain.h"
#include "core/ops/max_pool2d/kernel_arm_dsp.h"
#include "core/ops/max_pool2d/kernel_helium.h"
#include "core/ops/max_pool2d/kernel_plain.h"
#include "core/ops/softmax/kernel_helium.h"

namespace whittle::test {
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

// How each kernel is called, and the scratch that it needs on this machine.

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

}  // namespace

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

}  // namespace whittle::test
