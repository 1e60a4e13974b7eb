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

// [channels / 8][taps][8].
std::vector<std::int8_t> packed_in_eights(std::span<const std::int8_t> weights,
                                          std::size_t channels,
                                          std::size_t taps) {
    std::vector<std::int8_t> packed;
    for (std::size_t c = 0; c < channels; c += 8) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const auto eight = weights.subspan(tap * channels + c, 8);
            packed.insert(packed.end(), eight.begin(), eight.end());
        }
    }
    return packed;
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
    std::vector<int> order;
    for (int c = 0; c < static_cast<int>(count); c += 8) {
        for (const int k : {0, 2, 4, 6, 1, 3, 5, 7}) order.push_back(c + k);
    }
    const std::vector<std::int8_t> packed = packed_in_eights(values, count, taps);
    const std::vector<std::int32_t> tables = helium_tables(*channels, order);
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
    if (op.variant != kVariantInt8 || !has_arm_dsp(set) || parameter_of(op, "multiplier") != 1 ||
        parameter_of(op, "window.input_channels") % 4 != 0) {
        return;
    }
    if (set == InstructionSet::helium && parameter_of(op, "window.input_channels") % 8 == 0) {
        use_helium(tensors, op);
    } else {
        use_arm_dsp(tensors, op);
    }
}

}  // namespace whittle
