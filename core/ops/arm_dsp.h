#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/ops/operator.h"

namespace whittle {

// Preparation of kernels for Arm's DSP extension (core/base/arm_dsp.h). Helium's kernels take their
// sums and requantizations in the same form.

// What the sums of each output channel begin with, and how they become int8.
struct DspChannels {
    std::vector<std::int32_t> bias;            // constant terms of the zero point folded in
    std::vector<std::int32_t> requantization;  // three words for a channel
};

// `weights` of channel o: element o * channel_step + k * weight_step for k below `depth`.
// Multipliers and shifts are those of the prepared reference, one for each channel or one for all.
// Empty where a sum may reach 2^30 or a factor 1/2.
struct DspWeights {
    std::span<const std::int8_t> values;
    std::size_t channels;
    std::size_t depth;
    std::size_t channel_step;
    std::size_t weight_step;
};
std::optional<DspChannels> dsp_channels(const DspWeights& weights,
                                        std::span<const std::int32_t> bias,
                                        std::int32_t input_zero_point,
                                        std::int32_t output_zero_point,
                                        const PreparedOp& reference);

// The same as Helium's kernels take it (core/base/helium.h): four biases, multipliers, offsets and
// negative shifts for every four entries of `order`, which are channels; -1 stands for none.
std::vector<std::int32_t> helium_tables(const DspChannels& channels, const std::vector<int>& order);
// Weights [rows][depth] as [rows / 4][depth / 16][4][16], rounded up, filled up with zeros.
std::vector<std::int8_t> helium_rows(std::span<const std::int8_t> weights,
                                     std::size_t rows,
                                     std::size_t depth);
// 0, 1, 2 ... count - 1.
std::vector<int> in_order(std::size_t count);

// Whether kernels for the DSP extension run on cores with that set.
bool has_arm_dsp(InstructionSet set);
// The bias of a convolution, input 2; empty where it is left out.
std::vector<std::int32_t> convolution_bias(NodeTensors tensors);

// Appends both as constants and operands.
void add_dsp_channels(const DspChannels& channels, PreparedOp& op);

// A parameter of a prepared operator, which has it.
std::int32_t parameter_of(const PreparedOp& op, std::string_view name);
// The values of a constant of a prepared operator, or empty where it has none of that name.
template <class T>
std::vector<T> constant_of(const PreparedOp& op, std::string_view name);

// A word of four bytes, the first the lowest; of two halves, the first the lower.
std::int32_t word_of_bytes(std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d);
std::int32_t word_of_halves(std::int32_t low, std::int32_t high);

}  // namespace whittle
