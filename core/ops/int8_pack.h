#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "core/base/window.h"
#include "core/ops/int8_lanes.h"
#include "core/ops/operator.h"

// Constants for the int8 kernels in lanes (core/ops/int8_lanes.h): made once, when a model is
// loaded.
namespace whittle {

// The set's vectors and steps (WhittleLanes), or nothing where it has no lanes.
struct LanesLayout {
    int vector = 8;
    int step_elements = 2;
    std::int32_t input_offset = 0;  // added to inputs, so that they are unsigned

    int element_bytes() const { return 4 / step_elements; }
    static std::optional<LanesLayout> of(InstructionSet set);
};

// The requantization of one channel: of (sum + bias) * 2^headroom, where |sum + bias| <= bound for
// every input there is.
struct LanesChannel {
    std::int32_t bias = 0;
    std::int32_t multiplier = 0;
    std::int32_t shift = 0;  // as whittle_requantize takes it
    std::int64_t bound = 0;
    int headroom = 0;
};
// `zero_point`: of the output.
std::vector<WhittleLanesBlock> lanes_blocks(std::span<const LanesChannel> channels,
                                            std::int32_t zero_point);
PreparedConstant blocks_constant(std::span<const WhittleLanesBlock> blocks);

// An operator prepared with the operands input, weights, bias, multipliers, shifts, output, whose
// outputs are sums over `runs` times `run_elements` weights for each of `channels` channels.
struct LanesLayer {
    const char* kernel;
    std::int32_t channels;
    std::int32_t runs;
    std::int32_t run_elements;
    std::int32_t zero_point;  // of the inputs, where the bias does not have it folded in
    bool folded;
    bool channels_last;  // weights are [elements, channels], not [channels, elements]
    std::int64_t scratch_bytes;
};
// Of windows without groups (core/ops/conv2d/lanes.h), their weights [O, KH, KW, C].
LanesLayer lanes_layer(const char* kernel,
                       const WhittleWindow& window,
                       std::int32_t zero_point,
                       InstructionSet set);

// Makes `op` one of the set's kernels: the operands become input, weights, blocks, scratch, output.
// Left as it is where scratch would be larger than an image can have.
void use_products(PreparedOp& op, InstructionSet set, NodeTensors tensors, const LanesLayer& layer);
// One row of inputs (WhittleLanes::row).
void use_row(PreparedOp& op, InstructionSet set, NodeTensors tensors, const LanesLayer& layer);
// Depthwise windows: a run for every line of the window.
void use_depthwise(PreparedOp& op,
                   InstructionSet set,
                   NodeTensors tensors,
                   const LanesLayer& layer);

// The parameters of `op` as its kernel sees them.
template <typename Params>
Params params_as(const PreparedOp& op) {
    static_assert(std::is_trivially_copyable_v<Params>);
    std::vector<std::uint32_t> words;
    for (const PreparedParam& param : op.params) words.push_back(param.bits);
    assert(words.size() * sizeof(std::uint32_t) == sizeof(Params));
    Params params;
    std::memcpy(&params, words.data(), sizeof params);
    return params;
}

}  // namespace whittle
