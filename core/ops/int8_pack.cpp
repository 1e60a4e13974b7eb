#include "core/ops/int8_pack.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "core/ops/arm_dsp.h"
#include "core/ops/conv2d/lanes.h"
#include "core/ops/quantized_multiplier.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

constexpr int kLanes = WHITTLE_LANES;
// E: all that is added to high halves, which are below 2^30 themselves, stays below 2^30.
constexpr int kMostScaling = 31;
constexpr int kMostScalingWithZeroPoint = 23;

// E - e; with a left shift e is negative.
int scaling_of(const LanesChannel& channel, int common) {
    return common + channel.shift + channel.headroom;
}

bool fits(const LanesChannel& channel, int common) {
    const int scaling = scaling_of(channel, common);
    return channel.multiplier >= 0 && scaling <= 30 && channel.bound < (std::int64_t{1} << 30) &&
           channel.bound << scaling < std::int64_t{1} << 31;
}

WhittleLanesBlock make_block(std::span<const LanesChannel> channels, std::int32_t zero_point) {
    WhittleLanesBlock block{};
    int largest = 0;
    for (const LanesChannel& channel : channels) largest = std::max(largest, -channel.shift);
    const int common = largest + 2;
    const bool all_fit = common <= (zero_point == 0 ? kMostScaling : kMostScalingWithZeroPoint) &&
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
        block.scale[lane] = std::int32_t{1} << scaling;
        block.nearest[lane] = std::int32_t{1} << (common - right - 2);
        block.halves[lane] = block.nearest[lane] +
                             (right > 0 ? std::int32_t{1} << (common - 2) : 0) +
                             zero_point * (std::int32_t{1} << (common - 1));
        block.away[lane] = right > 0 ? std::int32_t{1} << (common - right - 1) : 0;
    }
    return block;
}

std::size_t elements_of(const LanesLayer& layer) {
    return static_cast<std::size_t>(layer.runs) * static_cast<std::size_t>(layer.run_elements);
}

// Weights [channels, runs, run_elements] as [vectors, runs, steps, vector, step_elements], zeros
// where there are none.
template <typename T>
std::vector<T> packed_weights(std::span<const std::int8_t> weights,
                              const LanesLayer& layer,
                              int vector,
                              int step_elements) {
    const int steps = (layer.run_elements + step_elements - 1) / step_elements;
    const int vectors = (layer.channels + vector - 1) / vector;
    std::vector<T> packed(static_cast<std::size_t>(vectors) *
                          static_cast<std::size_t>(layer.runs * steps * step_elements * vector));
    auto weight = weights.begin();
    for (int o = 0; o < layer.channels; ++o) {
        for (int run = 0; run < layer.runs; ++run) {
            for (int k = 0; k < layer.run_elements; ++k) {
                const int step = (o / vector * layer.runs + run) * steps + k / step_elements;
                const int place = (step * vector + o % vector) * step_elements + k % step_elements;
                packed[static_cast<std::size_t>(place)] = *weight++;
            }
        }
    }
    return packed;
}

// Weights [channels, runs, columns] as [channels, runs / 2, columns, 2]: lines in pairs, the last
// one with zeros where it is alone.
std::vector<std::int8_t> paired_lines(std::span<const std::int8_t> weights,
                                      const LanesLayer& layer) {
    const std::size_t pairs = static_cast<std::size_t>(layer.runs + 1) / 2;
    const auto columns = static_cast<std::size_t>(layer.run_elements);
    std::vector<std::int8_t> paired(static_cast<std::size_t>(layer.channels) * pairs * columns * 2);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::size_t run = i / columns % static_cast<std::size_t>(layer.runs);
        const std::size_t channel = i / elements_of(layer);
        paired[((channel * pairs + run / 2) * columns + i % columns) * 2 + run % 2] = weights[i];
    }
    return paired;
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
    const std::size_t elements = elements_of(layer);
    const auto channels = static_cast<std::size_t>(layer.channels);
    for (std::size_t o = 0; o < channels; ++o) {
        for (std::size_t k = 0; k < elements; ++k) {
            weights[o * elements + k] = values[k * channels + o];
        }
    }
    return weights;
}

// Inputs have `offset` added, which the bias takes back. Channels with one output for every input
// lose their weights: their shifts, which are the largest there are, would go for the whole block.
std::vector<LanesChannel> channels_of(const PreparedOp& op,
                                      NodeTensors tensors,
                                      const LanesLayer& layer,
                                      std::span<std::int8_t> weights,
                                      std::int32_t offset) {
    const auto biases = constant_values<std::int32_t>(op, tensors, 2);
    const auto multipliers = constant_values<std::int32_t>(op, tensors, 3);
    const auto shifts = constant_values<std::int8_t>(op, tensors, 4);
    const std::size_t elements = elements_of(layer);
    const std::int64_t zero_point = layer.folded ? 0 : layer.zero_point;
    const std::int32_t output_zero_point = parameter_of(op, "output_zero_point");
    std::vector<LanesChannel> channels;
    for (std::size_t o = 0; o < static_cast<std::size_t>(layer.channels); ++o) {
        const std::span<std::int8_t> own = weights.subspan(o * elements, elements);
        const std::int32_t multiplier = multipliers[multipliers.size() > 1 ? o : 0];
        const std::int32_t shift = shifts[shifts.size() > 1 ? o : 0];
        std::int64_t sum = 0, span = 0;
        for (const std::int8_t weight : own) {
            sum += weight;
            span += std::abs(weight) * (layer.folded ? 128 : 255);
        }
        if (const auto value = constant_output(biases[o] - span, biases[o] + span, multiplier,
                                               shift, output_zero_point)) {
            std::fill(own.begin(), own.end(), std::int8_t{0});
            const std::int32_t bias = *value - output_zero_point;
            channels.push_back({bias, std::numeric_limits<std::int32_t>::max(), 0, std::abs(bias)});
            continue;
        }
        const auto bias = static_cast<std::uint64_t>(biases[o] - sum * (zero_point + offset));
        channels.push_back({.bias = static_cast<std::int32_t>(static_cast<std::uint32_t>(bias)),
                            .multiplier = multiplier,
                            .shift = shift,
                            .bound = std::abs(std::int64_t{biases[o]}) + span});
    }
    return channels;
}

void replace_operands(PreparedOp& op,
                      InstructionSet set,
                      const LanesLayer& layer,
                      PreparedConstant weights,
                      std::span<const LanesChannel> channels) {
    const PreparedOperand input = op.operands.front();
    const PreparedOperand output = op.operands.back();
    std::vector<WhittleLanesBlock> blocks =
        lanes_blocks(channels, parameter_of(op, "output_zero_point"));
    const std::size_t whole = static_cast<std::size_t>(LanesLayout::of(set)->vector / kLanes);
    blocks.resize((blocks.size() + whole - 1) / whole * whole);
    op.variant = variant_of(set, op.variant);
    op.kernel = layer.kernel;
    weights.alignment = WHITTLE_LANES_LINE;
    op.constants = {std::move(weights), blocks_constant(blocks)};
    op.operands = {input, constant_operand(0), constant_operand(1), scratch_operand(), output};
    op.scratch_bytes = layer.scratch_bytes;
}

template <typename T>
PreparedConstant weights_constant(DType dtype,
                                  std::span<const std::int8_t> weights,
                                  const LanesLayer& layer,
                                  const LanesLayout& layout,
                                  int step_elements) {
    const std::vector<T> packed = packed_weights<T>(weights, layer, layout.vector, step_elements);
    return make_prepared_constant<T>("weights", dtype, std::span(packed));
}

bool has_room(const LanesLayer& layer) {
    return layer.scratch_bytes <= std::numeric_limits<std::int32_t>::max();
}

// `wide`: weights are as wide as the elements of rows.
void use_rows(
    PreparedOp& op, InstructionSet set, NodeTensors tensors, const LanesLayer& layer, bool wide) {
    if (!has_room(layer)) return;
    const LanesLayout layout = *LanesLayout::of(set);
    std::vector<std::int8_t> weights = weights_of(op, tensors, layer);
    const auto channels = channels_of(op, tensors, layer, weights, layout.input_offset);
    replace_operands(op, set, layer,
                     wide && layout.element_bytes() == 2
                         ? weights_constant<std::int16_t>(DType::int16, weights, layer, layout,
                                                          layout.step_elements)
                         : weights_constant<std::int8_t>(DType::int8, weights, layer, layout,
                                                         layout.step_elements),
                     channels);
}

}  // namespace

std::optional<LanesLayout> LanesLayout::of(InstructionSet set) {
    switch (set) {
        case InstructionSet::avx2: return LanesLayout{8, 2, 0};
        case InstructionSet::avx512_vnni: return LanesLayout{16, 4, 128};
        case InstructionSet::wasm_simd128: return LanesLayout{8, 2, 0};
        default: return std::nullopt;
    }
}

std::vector<WhittleLanesBlock> lanes_blocks(std::span<const LanesChannel> channels,
                                            std::int32_t zero_point) {
    std::vector<WhittleLanesBlock> blocks;
    for (std::size_t first = 0; first < channels.size(); first += kLanes) {
        const std::size_t count = std::min<std::size_t>(kLanes, channels.size() - first);
        blocks.push_back(make_block(channels.subspan(first, count), zero_point));
    }
    return blocks;
}

PreparedConstant blocks_constant(std::span<const WhittleLanesBlock> blocks) {
    const auto* words = reinterpret_cast<const std::int32_t*>(blocks.data());
    return make_prepared_constant<std::int32_t>(
        "blocks", DType::int32, std::span(words, blocks.size_bytes() / sizeof(std::int32_t)));
}

LanesLayer lanes_layer(const char* kernel,
                       const WhittleWindow& window,
                       std::int32_t zero_point,
                       InstructionSet set) {
    const bool close = whittle_conv2d_lanes_is_close(&window);
    return {kernel,
            window.output_channels,
            window.kernel_height * (close ? 1 : window.kernel_width),
            window.input_channels * (close ? window.kernel_width : 1),
            zero_point,
            false,
            false,
            whittle_conv2d_lanes_scratch_bytes(&window, LanesLayout::of(set)->element_bytes())};
}

void use_products(PreparedOp& op,
                  InstructionSet set,
                  NodeTensors tensors,
                  const LanesLayer& layer) {
    use_rows(op, set, tensors, layer, true);
}

void use_row(PreparedOp& op, InstructionSet set, NodeTensors tensors, const LanesLayer& layer) {
    use_rows(op, set, tensors, layer, false);
}

void use_depthwise(PreparedOp& op,
                   InstructionSet set,
                   NodeTensors tensors,
                   const LanesLayer& layer) {
    if (!has_room(layer)) return;
    const LanesLayout layout = *LanesLayout::of(set);
    std::vector<std::int8_t> weights = weights_of(op, tensors, layer);
    const auto channels = channels_of(op, tensors, layer, weights, 0);
    LanesLayer pairs = layer;
    pairs.runs = 1;
    pairs.run_elements = (layer.runs + 1) / 2 * layer.run_elements * 2;
    replace_operands(op, set, layer,
                     weights_constant<std::int16_t>(DType::int16, paired_lines(weights, layer),
                                                    pairs, layout, 2),
                     channels);
}

}  // namespace whittle
