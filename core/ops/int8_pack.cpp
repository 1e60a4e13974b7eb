#include "core/ops/int8_pack.h"

#include <algorithm>
#include <cstdlib>

#include "core/ops/support.h"

namespace whittle {

namespace {

constexpr int kLanes = WHITTLE_LANES;
constexpr int kMostScaling = 31;  // E: all that is added to high halves stays below 2^30

// E - e; with a left shift e is negative.
int scaling_of(const LanesChannel& channel, int common) {
    return common + channel.shift + channel.headroom;
}

bool fits(const LanesChannel& channel, int common) {
    const int scaling = scaling_of(channel, common);
    return channel.multiplier >= 0 && scaling <= 30 && channel.bound < (std::int64_t{1} << 30) &&
           channel.bound << scaling < std::int64_t{1} << 31;
}

WhittleLanesBlock make_block(const LanesLayout& layout, std::span<const LanesChannel> channels) {
    WhittleLanesBlock block{};
    int largest = 0;
    for (const LanesChannel& channel : channels) largest = std::max(largest, -channel.shift);
    const int common = largest + 2;
    const bool all_fit = common <= kMostScaling &&
                         std::all_of(channels.begin(), channels.end(),
                                     [&](const auto& channel) { return fits(channel, common); });
    block.shift = all_fit ? common - 1 : 0;
    for (std::size_t lane = 0; lane < channels.size(); ++lane) {
        const LanesChannel& channel = channels[lane];
        block.bias[lane] = channel.bias;
        block.multiplier[lane] = channel.multiplier;
        block.exact_shift[lane] = channel.shift;
        if (!all_fit) continue;
        const int right = std::max(0, -channel.shift);
        const int scaling = scaling_of(channel, common);
        block.scale[lane] = layout.one_by_one ? scaling : std::int32_t{1} << scaling;
        block.nearest[lane] = std::int32_t{1} << (common - right - 2);
        block.halves[lane] =
            block.nearest[lane] + (right > 0 ? std::int32_t{1} << (common - 2) : 0);
        block.away[lane] = right > 0 ? std::int32_t{1} << (common - right - 1) : 0;
    }
    return block;
}

int steps_of(const LanesLayer& layer, int step_elements) {
    return (layer.elements + step_elements - 1) / step_elements;
}

// Weights [channels, elements] as [blocks, steps, 8, step_elements], zeros where there are none.
template <typename T>
std::vector<T> packed_weights(std::span<const std::int8_t> weights,
                              const LanesLayer& layer,
                              int step_elements) {
    const int steps = steps_of(layer, step_elements);
    const int blocks = (layer.channels + kLanes - 1) / kLanes;
    std::vector<T> packed(static_cast<std::size_t>(blocks) *
                          static_cast<std::size_t>(steps * step_elements * kLanes));
    for (int o = 0; o < layer.channels; ++o) {
        for (int k = 0; k < layer.elements; ++k) {
            const int step = o / kLanes * steps + k / step_elements;
            const int place = (step * kLanes + o % kLanes) * step_elements + k % step_elements;
            packed[static_cast<std::size_t>(place)] =
                weights[static_cast<std::size_t>(o * layer.elements + k)];
        }
    }
    return packed;
}

// The values of a constant operand.
template <typename T>
std::span<const T> constant_values(const PreparedOp& op, NodeTensors tensors, std::size_t operand) {
    const PreparedOperand& which = op.operands[operand];
    const auto index = static_cast<std::size_t>(which.index);
    const std::span<const std::uint8_t> bytes = which.kind == PreparedOperand::Kind::constant
                                                    ? std::span(op.constants[index].bytes)
                                                    : std::span(tensors.inputs[index]->data);
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

// As [channels, elements].
std::vector<std::int8_t> weights_of(const PreparedOp& op,
                                    NodeTensors tensors,
                                    const LanesLayer& layer) {
    const auto values = constant_values<std::int8_t>(op, tensors, 1);
    std::vector<std::int8_t> weights(values.begin(), values.end());
    if (!layer.channels_last) return weights;
    for (int o = 0; o < layer.channels; ++o) {
        for (int k = 0; k < layer.elements; ++k) {
            weights[static_cast<std::size_t>(o * layer.elements + k)] =
                values[static_cast<std::size_t>(k * layer.channels + o)];
        }
    }
    return weights;
}

// Inputs have `offset` added, which the bias takes back.
std::vector<LanesChannel> channels_of(const PreparedOp& op,
                                      NodeTensors tensors,
                                      const LanesLayer& layer,
                                      std::span<const std::int8_t> weights,
                                      std::int32_t offset) {
    const auto biases = constant_values<std::int32_t>(op, tensors, 2);
    const auto multipliers = constant_values<std::int32_t>(op, tensors, 3);
    const auto shifts = constant_values<std::int8_t>(op, tensors, 4);
    const auto elements = static_cast<std::size_t>(layer.elements);
    const std::int64_t zero_point = layer.folded ? 0 : layer.zero_point;
    std::vector<LanesChannel> channels;
    for (std::size_t o = 0; o < static_cast<std::size_t>(layer.channels); ++o) {
        std::int64_t sum = 0, magnitude = 0;
        for (const std::int8_t weight : weights.subspan(o * elements, elements)) {
            sum += weight;
            magnitude += std::abs(weight);
        }
        const auto bias = static_cast<std::uint64_t>(biases[o] - sum * (zero_point + offset));
        channels.push_back(
            {.bias = static_cast<std::int32_t>(static_cast<std::uint32_t>(bias)),
             .multiplier = multipliers[multipliers.size() > 1 ? o : 0],
             .shift = shifts[shifts.size() > 1 ? o : 0],
             .bound = std::abs(std::int64_t{biases[o]}) + magnitude * (layer.folded ? 128 : 255)});
    }
    return channels;
}

void replace_operands(PreparedOp& op,
                      InstructionSet set,
                      const LanesLayer& layer,
                      PreparedConstant weights,
                      std::span<const WhittleLanesBlock> blocks,
                      std::int64_t scratch_bytes) {
    const PreparedOperand input = op.operands.front();
    const PreparedOperand output = op.operands.back();
    op.variant = variant_of(set, op.variant);
    op.kernel = layer.kernel;
    op.constants = {std::move(weights), blocks_constant(blocks)};
    op.operands = {input, constant_operand(0), constant_operand(1), scratch_operand(), output};
    op.scratch_bytes = scratch_bytes;
}

}  // namespace

std::optional<LanesLayout> LanesLayout::of(InstructionSet set) {
    switch (set) {
        case InstructionSet::avx2: return LanesLayout{2, true, 0};
        case InstructionSet::avx512_vnni: return LanesLayout{4, true, 128};
        case InstructionSet::wasm_simd128: return LanesLayout{2, false, 0};
        default: return std::nullopt;
    }
}

std::vector<WhittleLanesBlock> lanes_blocks(const LanesLayout& layout,
                                            std::span<const LanesChannel> channels) {
    std::vector<WhittleLanesBlock> blocks;
    for (std::size_t first = 0; first < channels.size(); first += kLanes) {
        const std::size_t count = std::min<std::size_t>(kLanes, channels.size() - first);
        blocks.push_back(make_block(layout, channels.subspan(first, count)));
    }
    return blocks;
}

PreparedConstant blocks_constant(std::span<const WhittleLanesBlock> blocks) {
    const auto* words = reinterpret_cast<const std::int32_t*>(blocks.data());
    return make_prepared_constant<std::int32_t>(
        "blocks", DType::int32, std::span(words, blocks.size_bytes() / sizeof(std::int32_t)));
}

void use_products(PreparedOp& op,
                  InstructionSet set,
                  NodeTensors tensors,
                  const LanesLayer& layer) {
    const LanesLayout layout = *LanesLayout::of(set);
    const std::vector<std::int8_t> weights = weights_of(op, tensors, layer);
    const auto blocks =
        lanes_blocks(layout, channels_of(op, tensors, layer, weights, layout.input_offset));
    const std::vector<std::int8_t> packed =
        packed_weights<std::int8_t>(weights, layer, layout.step_elements);
    const int steps = steps_of(layer, layout.step_elements);
    replace_operands(op, set, layer,
                     make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(packed)),
                     blocks, std::int64_t{WHITTLE_LANES_ROWS} * 4 * steps);
}

void use_depthwise(PreparedOp& op,
                   InstructionSet set,
                   NodeTensors tensors,
                   const LanesLayer& layer) {
    const LanesLayout layout = *LanesLayout::of(set);
    const std::vector<std::int8_t> weights = weights_of(op, tensors, layer);
    const auto blocks = lanes_blocks(layout, channels_of(op, tensors, layer, weights, 0));
    const std::vector<std::int16_t> packed = packed_weights<std::int16_t>(weights, layer, 2);
    replace_operands(
        op, set, layer,
        make_prepared_constant<std::int16_t>("weights", DType::int16, std::span(packed)), blocks,
        layer.channels);
}

}  // namespace whittle
