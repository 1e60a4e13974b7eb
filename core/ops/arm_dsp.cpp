#include "core/ops/arm_dsp.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>

#include "core/base/fixed_point.h"
#include "core/ops/convolution.h"
#include "core/ops/support.h"

namespace whittle {
namespace {

// What the sums of a channel reach.
struct SumRange {
    std::int64_t least;
    std::int64_t most;
};

// The three words of a channel, or false where its sums or its zero point would overflow.
bool add_requantization(std::int32_t multiplier,
                        std::int32_t shift,
                        SumRange sums,
                        std::int32_t output_zero_point,
                        std::vector<std::int32_t>& words) {
    const bool fits_32_bits = sums.least >= INT32_MIN && sums.most <= INT32_MAX;
    if (shift > 0 || multiplier < 0 || !fits_32_bits) return false;
    // Requantization is monotonic. Channels that training left without use have tiny factors, and
    // biases of any size.
    const auto quantized = [&](std::int64_t sum) {
        return whittle_requantize(static_cast<std::int32_t>(sum), multiplier, shift);
    };
    if (quantized(sums.least) == quantized(sums.most)) {
        const std::int32_t value = std::clamp(quantized(sums.least) + output_zero_point, -128, 127);
        words.insert(words.end(), {0, 2 * value, 1});
        return true;
    }
    const std::int64_t largest = std::max(std::abs(sums.least), std::abs(sums.most));
    if (shift == 0 || largest >= std::int64_t{1} << 30) return false;
    const std::int64_t half = std::int64_t{1} << (-shift - 1);
    const std::int64_t offset = half + output_zero_point * 2 * half;
    if (offset - largest - 1 < INT32_MIN || offset + largest > INT32_MAX) return false;
    words.insert(words.end(), {multiplier, static_cast<std::int32_t>(offset), -shift});
    return true;
}

}  // namespace

std::optional<DspChannels> dsp_channels(const DspWeights& weights,
                                        std::span<const std::int32_t> bias,
                                        std::int32_t input_zero_point,
                                        std::int32_t output_zero_point,
                                        const PreparedOp& reference) {
    const auto multipliers = constant_of<std::int32_t>(reference, "multipliers");
    const auto shifts = constant_of<std::int8_t>(reference, "shifts");
    DspChannels channels;
    SumRange all{0, 0};
    for (std::size_t o = 0; o < weights.channels; ++o) {
        std::int64_t sum = 0;
        SumRange range{0, 0};
        for (std::size_t k = 0; k < weights.depth; ++k) {
            const std::int64_t w =
                weights.values[o * weights.channel_step + k * weights.weight_step];
            sum += w;
            range.least += std::min(-128 * w, 127 * w);
            range.most += std::max(-128 * w, 127 * w);
        }
        const std::int64_t own = bias.empty() ? 0 : bias[o];
        const std::int64_t folded = own - input_zero_point * sum;
        range = {folded + range.least, folded + range.most};
        all = {std::min(all.least, range.least), std::max(all.most, range.most)};
        channels.bias.push_back(static_cast<std::int32_t>(
            static_cast<std::uint32_t>(static_cast<std::uint64_t>(folded))));
        if (multipliers.size() == 1) continue;
        if (!add_requantization(multipliers[o], shifts[o], range, output_zero_point,
                                channels.requantization)) {
            return std::nullopt;
        }
    }
    if (multipliers.size() == 1 &&
        !add_requantization(multipliers[0], shifts[0], all, output_zero_point,
                            channels.requantization)) {
        return std::nullopt;
    }
    return channels;
}

std::vector<std::int32_t> helium_tables(const DspChannels& channels,
                                        const std::vector<int>& order) {
    const bool has_one = channels.requantization.size() == 3;
    std::vector<std::int32_t> words((order.size() + 3) / 4 * 16);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i] < 0) continue;
        const auto channel = static_cast<std::size_t>(order[i]);
        const std::size_t how = has_one ? 0 : 3 * channel;
        std::int32_t* word = words.data() + i / 4 * 16 + i % 4;
        word[0] = channels.bias[channel];
        word[4] = channels.requantization[how];
        word[8] = channels.requantization[how + 1];
        word[12] = -channels.requantization[how + 2];
    }
    return words;
}

std::vector<std::int8_t> helium_rows(std::span<const std::int8_t> weights,
                                     std::size_t rows,
                                     std::size_t depth) {
    const std::size_t blocks = (depth + 15) / 16;
    std::vector<std::int8_t> packed((rows + 3) / 4 * blocks * 64);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < depth; ++k) {
            packed[(row / 4 * blocks + k / 16) * 64 + row % 4 * 16 + k % 16] =
                weights[row * depth + k];
        }
    }
    return packed;
}

std::vector<int> in_order(std::size_t count) {
    std::vector<int> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<int>(i);
    return order;
}

bool has_arm_dsp(InstructionSet set) {
    return set == InstructionSet::arm_dsp || set == InstructionSet::helium;
}

std::vector<std::int32_t> convolution_bias(NodeTensors tensors) {
    const Tensor* bias = tensor_or_null(tensors.inputs, 2);
    if (bias == nullptr) return {};
    const auto values = bias->as<std::int32_t>();
    return {values.begin(), values.end()};
}

void add_dsp_channels(const DspChannels& channels, PreparedOp& op) {
    op.operands.push_back(add_constant(
        op, make_prepared_constant<std::int32_t>("bias", DType::int32, std::span(channels.bias))));
    op.operands.push_back(
        add_constant(op, make_prepared_constant<std::int32_t>("requantization", DType::int32,
                                                              std::span(channels.requantization))));
}

std::int32_t parameter_of(const PreparedOp& op, std::string_view name) {
    for (const PreparedParam& param : op.params) {
        if (name == param.name) return static_cast<std::int32_t>(param.bits);
    }
    assert(false && "the operator has this parameter");
    return 0;
}

template <class T>
std::vector<T> constant_of(const PreparedOp& op, std::string_view name) {
    for (const PreparedConstant& constant : op.constants) {
        if (constant.name != name) continue;
        std::vector<T> values(constant.bytes.size() / sizeof(T));
        if (!values.empty())
            std::memcpy(values.data(), constant.bytes.data(), constant.bytes.size());
        return values;
    }
    return {};
}
template std::vector<std::int8_t> constant_of(const PreparedOp& op, std::string_view name);
template std::vector<std::int32_t> constant_of(const PreparedOp& op, std::string_view name);

std::int32_t word_of_bytes(std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d) {
    const auto byte = [](std::int32_t value) { return static_cast<std::uint32_t>(value) & 0xFFu; };
    return static_cast<std::int32_t>(byte(a) | byte(b) << 8 | byte(c) << 16 | byte(d) << 24);
}

std::int32_t word_of_halves(std::int32_t low, std::int32_t high) {
    return static_cast<std::int32_t>((static_cast<std::uint32_t>(low) & 0xFFFFu) |
                                     static_cast<std::uint32_t>(high) << 16);
}

}  // namespace whittle
