#include "core/ops/depthwise_conv2d/accelerate.h"

#include "core/ops/arm_dsp.h"
#include "core/ops/convolution.h"
#include "core/ops/support.h"

namespace whittle {
namespace {

// For every four channels and each tap, two words: channels 0 and 2, and 1 and 3, in 16 bits.
std::vector<std::int32_t> packed_in_fours(std::span<const std::int8_t> weights,
                                          std::size_t channels,
                                          std::size_t taps,
                                          std::size_t filled_taps) {
    std::vector<std::int32_t> words;
    for (std::size_t c = 0; c < channels; c += 4) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const auto four = weights.subspan(tap * channels + c, 4);
            words.push_back(word_of_halves(four[0], four[2]));
            words.push_back(word_of_halves(four[1], four[3]));
        }
        words.resize(words.size() + 2 * (filled_taps - taps));
    }
    return words;
}

void use_arm_dsp(NodeTensors tensors, PreparedOp& op) {
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const auto count = static_cast<std::size_t>(parameter_of(op, "window.output_channels"));
    const std::size_t taps = values.size() / count;
    const std::size_t filled_taps = (taps + 2) / 3 * 3;
    const auto channels = dsp_channels({values, count, taps, 1, count}, convolution_bias(tensors),
                                       parameter_of(op, "input_zero_point"),
                                       parameter_of(op, "output_zero_point"), op);
    if (!channels) return;
    PreparedOp fast{.variant = variant_of(InstructionSet::arm_dsp, kVariantInt8),
                    .kernel = "whittle_depthwise_conv2d_int8_arm_dsp",
                    .params_type = "WhittleDepthwiseConv2dArmDsp",
                    .operands = {input_operand(0)}};
    for (const PreparedParam& param : op.params) {
        if (param.name != std::string_view("output_zero_point")) fast.params.push_back(param);
    }
    const std::vector<std::int32_t> words = packed_in_fours(values, count, taps, filled_taps);
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("weights", DType::int32, std::span(words))));
    add_dsp_channels(*channels, fast);
    fast.operands.push_back(scratch_operand());
    fast.operands.push_back(output_operand(0));
    constexpr std::size_t kPointerBytes = 4;
    fast.scratch_bytes = static_cast<std::int64_t>(count + kPointerBytes * filled_taps);
    op = std::move(fast);
}

// Fewer are not worth vectors of 16.
constexpr std::int32_t kFewestHeliumChannels = 4;

// [channels / 16][taps][16], rounded up and filled up with zeros.
std::vector<std::int8_t> packed_in_sixteens(std::span<const std::int8_t> weights,
                                            std::size_t channels,
                                            std::size_t taps) {
    std::vector<std::int8_t> packed((channels + 15) / 16 * taps * 16);
    for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
            packed[(c / 16 * taps + tap) * 16 + c % 16] = weights[tap * channels + c];
        }
    }
    return packed;
}

// The channels of each four lanes of whittle_helium_taps, -1 where there are fewer.
std::vector<int> order_of_lanes(int channels) {
    std::vector<int> order;
    for (int c = 0; c < channels; c += 16) {
        for (const int first : {0, 2, 1, 3}) {
            for (int k = c + first; k < c + 16; k += 4) order.push_back(k < channels ? k : -1);
        }
    }
    return order;
}

void use_helium(NodeTensors tensors, PreparedOp& op) {
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const auto count = static_cast<std::size_t>(parameter_of(op, "window.output_channels"));
    const std::size_t taps = values.size() / count;
    const auto channels = dsp_channels({values, count, taps, 1, count}, convolution_bias(tensors),
                                       parameter_of(op, "input_zero_point"),
                                       parameter_of(op, "output_zero_point"), op);
    if (!channels) return;
    PreparedOp fast{.variant = variant_of(InstructionSet::helium, kVariantInt8),
                    .kernel = "whittle_depthwise_conv2d_int8_helium",
                    .params_type = "WhittleDepthwiseConv2dArmDsp",
                    .operands = {input_operand(0)}};
    for (const PreparedParam& param : op.params) {
        if (param.name != std::string_view("output_zero_point")) fast.params.push_back(param);
    }
    const std::vector<std::int8_t> packed = packed_in_sixteens(values, count, taps);
    const std::vector<std::int32_t> tables =
        helium_tables(*channels, order_of_lanes(static_cast<int>(count)));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(packed))));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("tables", DType::int32, std::span(tables))));
    fast.operands.push_back(scratch_operand());
    fast.operands.push_back(output_operand(0));
    fast.scratch_bytes = static_cast<std::int64_t>(count + 4 * taps);
    op = std::move(fast);
}

}  // namespace

void accelerate_depthwise_conv2d(NodeTensors tensors,
                                 const Attributes&,
                                 InstructionSet set,
                                 PreparedOp& op) {
    if (op.variant != kVariantInt8 || parameter_of(op, "multiplier") != 1) return;
    const std::int32_t channels = parameter_of(op, "window.input_channels");
    if (set == InstructionSet::helium && channels >= kFewestHeliumChannels) {
        use_helium(tensors, op);
    } else if (set == InstructionSet::arm_dsp && channels % 4 == 0) {
        use_arm_dsp(tensors, op);
    }
}

}  // namespace whittle
