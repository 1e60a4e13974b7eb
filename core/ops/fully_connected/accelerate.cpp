#include "core/ops/fully_connected/accelerate.h"

#include "core/ops/arm_dsp.h"
#include "core/ops/convolution.h"
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

}  // namespace

void accelerate_fully_connected(NodeTensors tensors,
                                const Attributes&,
                                InstructionSet set,
                                PreparedOp& op) {
    if (op.variant != kVariantInt8 || !has_arm_dsp(set) ||
        parameter_of(op, "weights_zero_point") != 0) {
        return;
    }
    if (set == InstructionSet::helium) {
        use_helium(tensors, op);
    } else {
        use_arm_dsp(tensors, op);
    }
}

}  // namespace whittle
