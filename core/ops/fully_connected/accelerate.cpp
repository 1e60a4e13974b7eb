#include "core/ops/fully_connected/accelerate.h"

#include <algorithm>
#include <cstdlib>

#include "core/ops/arm_dsp.h"
#include "core/ops/convolution.h"
#include "core/ops/plain_scale.h"
#include "core/ops/support.h"

namespace whittle {
namespace {

// For every four outputs and every four inputs, a word of four weights of each output.
std::vector<std::int32_t> packed_in_fours(std::span<const std::int8_t> weights,
                                          std::size_t outputs,
                                          std::size_t inputs) {
    const auto at = [&](std::size_t o, std::size_t i) {
        return o < outputs && i < inputs ? weights[o * inputs + i] : std::int8_t{0};
    };
    std::vector<std::int32_t> words;
    for (std::size_t o = 0; o < outputs; o += 4) {
        for (std::size_t i = 0; i < inputs; i += 4) {
            for (std::size_t k = o; k < o + 4; ++k) {
                words.push_back(word_of_bytes(at(k, i), at(k, i + 1), at(k, i + 2), at(k, i + 3)));
            }
        }
    }
    return words;
}

void use_arm_dsp(NodeTensors tensors, PreparedOp& op) {
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const auto inputs = static_cast<std::size_t>(parameter_of(op, "inputs"));
    const auto outputs = static_cast<std::size_t>(parameter_of(op, "outputs"));
    if (inputs == 0 || outputs == 0) return;
    // The reference's bias has the input's zero point folded in.
    auto channels =
        dsp_channels({values, outputs, inputs, inputs, 1}, constant_of<std::int32_t>(op, "bias"), 0,
                     parameter_of(op, "output_zero_point"), op);
    if (!channels) return;
    const bool has_one = channels->requantization.size() == 3;
    channels->bias.resize((outputs + 3) / 4 * 4);
    PreparedOp fast{.variant = variant_of(InstructionSet::arm_dsp, kVariantInt8),
                    .kernel = "whittle_fully_connected_int8_arm_dsp",
                    .params_type = "WhittleFullyConnectedArmDsp",
                    .operands = {input_operand(0)}};
    for (const char* name : {"rows", "inputs", "outputs", "minimum", "maximum"}) {
        fast.params.push_back(PreparedParam::of(name, parameter_of(op, name)));
    }
    fast.params.push_back(PreparedParam::of("channel_stride", has_one ? 0 : 1));
    const std::vector<std::int32_t> words = packed_in_fours(values, outputs, inputs);
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("weights", DType::int32, std::span(words))));
    add_dsp_channels(*channels, fast);
    fast.operands.push_back(output_operand(0));
    op = std::move(fast);
}

void use_helium(NodeTensors tensors, PreparedOp& op) {
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const auto inputs = static_cast<std::size_t>(parameter_of(op, "inputs"));
    const auto outputs = static_cast<std::size_t>(parameter_of(op, "outputs"));
    if (inputs == 0 || outputs == 0) return;
    const auto channels =
        dsp_channels({values, outputs, inputs, inputs, 1}, constant_of<std::int32_t>(op, "bias"), 0,
                     parameter_of(op, "output_zero_point"), op);
    if (!channels) return;
    PreparedOp fast{.variant = variant_of(InstructionSet::helium, kVariantInt8),
                    .kernel = "whittle_fully_connected_int8_helium",
                    .params_type = "WhittleFullyConnectedHelium",
                    .operands = {input_operand(0)}};
    for (const char* name : {"rows", "inputs", "outputs", "minimum", "maximum"}) {
        fast.params.push_back(PreparedParam::of(name, parameter_of(op, name)));
    }
    const std::vector<std::int8_t> packed = helium_rows(values, outputs, inputs);
    const std::vector<std::int32_t> tables = helium_tables(*channels, in_order(outputs));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(packed))));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("tables", DType::int32, std::span(tables))));
    fast.operands.push_back(output_operand(0));
    op = std::move(fast);
}

// A word for every input and four outputs, their weights + 128.
std::vector<std::int32_t> packed_by_inputs(std::span<const std::int8_t> weights,
                                           std::size_t outputs,
                                           std::size_t inputs) {
    const auto at = [&](std::size_t o, std::size_t i) {
        return o < outputs ? weights[o * inputs + i] + 128 : 0;
    };
    std::vector<std::int32_t> words;
    for (std::size_t o = 0; o < outputs; o += 4) {
        for (std::size_t i = 0; i < inputs; ++i) {
            words.push_back(word_of_bytes(at(o, i), at(o + 1, i), at(o + 2, i), at(o + 3, i)));
        }
    }
    return words;
}

// One WhittlePlainScale for each multiplier.
std::optional<std::vector<std::int32_t>> plain_scales(NodeTensors tensors,
                                                      std::span<const std::int8_t> weights,
                                                      std::size_t inputs,
                                                      const PreparedOp& op) {
    const Tensor* bias = tensor_or_null(tensors.inputs, 2);
    const auto multipliers = constant_of<std::int32_t>(op, "multipliers");
    const auto shifts = constant_of<std::int8_t>(op, "shifts");
    const std::size_t outputs = weights.size() / inputs;
    const std::size_t sharing = multipliers.size() == 1 ? outputs : 1;
    std::vector<std::int32_t> words;
    for (std::size_t m = 0; m < multipliers.size(); ++m) {
        std::int64_t least = INT64_MAX;
        std::int64_t most = INT64_MIN;
        for (std::size_t o = m * sharing; o < (m + 1) * sharing; ++o) {
            const std::int64_t own = bias == nullptr ? 0 : bias->as<std::int32_t>()[o];
            std::int64_t span = 0;
            for (const std::int8_t w : weights.subspan(o * inputs, inputs))
                span += 255 * std::abs(w);
            least = std::min(least, own - span);
            most = std::max(most, own + span);
        }
        const auto scale = plain_scale(multipliers[m], shifts[m], least, most,
                                       parameter_of(op, "output_zero_point"));
        if (!scale) return {};
        words.insert(words.end(), scale->begin(), scale->end());
    }
    return words;
}

// The kernel saves six instructions for a product and has some hundred bytes of code more than the
// reference, which small nets would feel. Groups of four outputs that are filled up cost flash.
bool plain_pays(std::int64_t rows, std::int64_t inputs, std::int64_t outputs) {
    constexpr std::int64_t kLeastProducts = 1024;
    const std::int64_t filled = (outputs + 3) / 4 * 4;
    return rows * inputs * outputs >= kLeastProducts && filled * 4 <= outputs * 5;
}

void use_plain(NodeTensors tensors, PreparedOp& op) {
    const std::int32_t inputs = parameter_of(op, "inputs");
    const std::int32_t outputs = parameter_of(op, "outputs");
    if (!plain_pays(parameter_of(op, "rows"), inputs, outputs)) return;
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const auto scales = plain_scales(tensors, values, static_cast<std::size_t>(inputs), op);
    if (!scales) return;
    const std::vector<std::int32_t> words = packed_by_inputs(
        values, static_cast<std::size_t>(outputs), static_cast<std::size_t>(inputs));
    const auto bias = constant_of<std::int32_t>(op, "bias");
    PreparedOp fast{.variant = variant_of(InstructionSet::plain, kVariantInt8),
                    .kernel = "whittle_fully_connected_int8_plain",
                    .params_type = "WhittleFullyConnectedPlain",
                    .operands = {input_operand(0)}};
    for (const char* name : {"rows", "inputs", "outputs", "minimum", "maximum", "channel_stride"}) {
        fast.params.push_back(PreparedParam::of(name, parameter_of(op, name)));
    }
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("weights", DType::int32, std::span(words))));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("bias", DType::int32, std::span(bias))));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("scales", DType::int32, std::span(*scales))));
    fast.operands.push_back(output_operand(0));
    op = std::move(fast);
}

}  // namespace

void accelerate_fully_connected(NodeTensors tensors,
                                const Attributes&,
                                InstructionSet set,
                                PreparedOp& op) {
    if (op.variant != kVariantInt8 || parameter_of(op, "weights_zero_point") != 0) return;
    if (set == InstructionSet::plain) {
        use_plain(tensors, op);
    } else if (set == InstructionSet::helium) {
        use_helium(tensors, op);
    } else if (has_arm_dsp(set)) {
        use_arm_dsp(tensors, op);
    }
}

}  // namespace whittle
