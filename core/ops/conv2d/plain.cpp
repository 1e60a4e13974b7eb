#include "core/ops/conv2d/plain.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/ops/conv2d/kernel_plain.h"
#include "core/ops/convolution.h"
#include "core/ops/depthwise_conv2d/kernel_plain.h"
#include "core/ops/plain_scale.h"
#include "core/ops/support.h"

namespace whittle {
namespace {

template <typename Params>
Params params_of(const PreparedOp& op) {
    static_assert(sizeof(Params) % 4 == 0);
    std::uint32_t words[sizeof(Params) / 4] = {};
    for (std::size_t i = 0; i < op.params.size() && i < sizeof(Params) / 4; ++i) {
        words[i] = op.params[i].bits;
    }
    Params params;
    std::memcpy(&params, words, sizeof params);
    return params;
}

template <typename T>
T element(const PreparedOp& op, std::size_t operand, std::int32_t i) {
    const PreparedConstant& constant =
        op.constants[static_cast<std::size_t>(op.operands[operand].index)];
    T value;
    std::memcpy(&value, constant.bytes.data() + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
    return value;
}

// Input, weights, channels, scratch, output.
void replace(PreparedOp& op,
             const char* kernel,
             PreparedConstant weights,
             const std::vector<std::int32_t>& channels,
             std::int64_t scratch_bytes) {
    const PreparedOperand input = op.operands.front();
    const PreparedOperand output = op.operands.back();
    op.constants.clear();
    op.kernel = kernel;
    op.variant = variant_of(InstructionSet::plain, kVariantInt8);
    op.operands = {input};
    op.operands.push_back(add_constant(op, std::move(weights)));
    op.operands.push_back(add_constant(
        op, make_prepared_constant<std::int32_t>("channels", DType::int32, std::span(channels))));
    op.operands.push_back(scratch_operand());
    op.operands.push_back(output);
    op.scratch_bytes = scratch_bytes;
}

}  // namespace

std::optional<std::vector<std::int32_t>> plain_channels(NodeTensors tensors,
                                                        const PreparedOp& op,
                                                        std::span<const std::int8_t> weights,
                                                        std::int32_t channels,
                                                        std::int32_t input_offset,
                                                        std::int32_t output_zero_point) {
    const Tensor* bias = tensor_or_null(tensors.inputs, 2);
    const std::size_t taps = weights.size() / static_cast<std::size_t>(channels);
    std::vector<std::int32_t> words;
    for (std::int32_t c = 0; c < channels; ++c) {
        const std::int64_t own_bias =
            bias == nullptr ? 0 : bias->as<std::int32_t>()[static_cast<std::size_t>(c)];
        std::int64_t sum = 0;
        std::int64_t span = 0;
        for (const std::int8_t weight : weights.subspan(static_cast<std::size_t>(c) * taps, taps)) {
            sum += weight;
            span += 255 * std::abs(static_cast<int>(weight));
        }
        const auto scale =
            plain_scale(element<std::int32_t>(op, 3, c), element<std::int8_t>(op, 4, c),
                        own_bias - span, own_bias + span, output_zero_point);
        if (!scale) return {};
        words.push_back(
            static_cast<std::int32_t>(static_cast<std::uint32_t>(own_bias - input_offset * sum)));
        words.insert(words.end(), scale->begin(), scale->end());
    }
    return words;
}

void use_plain_conv2d(NodeTensors tensors, PreparedOp& op) {
    if (op.variant != kVariantInt8) return;
    const auto p = params_of<WhittleConv2dInteger>(op);
    const WhittleWindow& w = p.window;
    if (p.group_channels != w.input_channels) return;
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const std::int32_t count = w.kernel_height * w.kernel_width * w.input_channels;
    const std::int32_t padded = (count + 3) / 4 * 4;
    const auto channels = plain_channels(tensors, op, values, w.output_channels,
                                         128 + p.input_zero_point, p.output_zero_point);
    if (!channels) return;
    std::vector<std::int16_t> weights(static_cast<std::size_t>((w.output_channels + 1) / 2) *
                                      static_cast<std::size_t>(padded));
    for (std::int32_t o = 0; o < w.output_channels; ++o) {
        for (std::int32_t k = 0; k < count; ++k) {
            const std::int32_t byte = values[static_cast<std::size_t>(o * count + k)] + 128;
            std::int16_t& pair = weights[static_cast<std::size_t>(o / 2 * padded + k)];
            pair = static_cast<std::int16_t>(pair | (o % 2 == 0 ? byte : byte << 8));
        }
    }
    replace(op, "whittle_conv2d_int8_plain",
            make_prepared_constant<std::int16_t>("weights", DType::int16, std::span(weights)),
            *channels, 4 * std::int64_t{padded});
}

void use_plain_depthwise_conv2d(NodeTensors tensors, PreparedOp& op) {
    if (op.variant != kVariantInt8) return;
    const auto p = params_of<WhittleDepthwiseConv2dInteger>(op);
    const WhittleWindow& w = p.window;
    const std::int32_t count = w.kernel_height * w.kernel_width;
    const std::int32_t padded = (count + 2) / 3 * 3;
    if (p.multiplier != 1 || padded > WHITTLE_DEPTHWISE_PLAIN_TAPS) return;
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const std::int32_t depth = w.output_channels;
    std::vector<std::int8_t> weights(static_cast<std::size_t>(depth * padded));
    for (std::int32_t c = 0; c < depth; ++c) {
        for (std::int32_t t = 0; t < count; ++t) {
            weights[static_cast<std::size_t>(c * padded + t)] =
                values[static_cast<std::size_t>(t * depth + c)];
        }
    }
    const auto channels =
        plain_channels(tensors, op, weights, depth, p.input_zero_point, p.output_zero_point);
    if (!channels) return;
    replace(op, "whittle_depthwise_conv2d_int8_plain",
            make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(weights)),
            *channels, depth);
}

}  // namespace whittle
