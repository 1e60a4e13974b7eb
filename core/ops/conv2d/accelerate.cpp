#include "core/ops/conv2d/accelerate.h"

#include <algorithm>

#include "core/ops/arm_dsp.h"
#include "core/ops/convolution.h"
#include "core/ops/support.h"

namespace whittle {
namespace {

// Rows of weights, each filled up with zeros.
std::vector<std::int8_t> filled_rows(std::span<const std::int8_t> weights,
                                     std::size_t rows,
                                     std::size_t depth,
                                     std::size_t filled_depth) {
    std::vector<std::int8_t> filled(rows * filled_depth);
    for (std::size_t row = 0; row < rows; ++row) {
        std::copy_n(weights.begin() + static_cast<std::ptrdiff_t>(row * depth), depth,
                    filled.begin() + static_cast<std::ptrdiff_t>(row * filled_depth));
    }
    return filled;
}

void use_arm_dsp(NodeTensors tensors, PreparedOp& op) {
    const Tensor& weights = *tensors.inputs[1];
    const std::vector<std::int8_t> values = integer_weights(weights);
    const auto outputs = static_cast<std::size_t>(parameter_of(op, "window.output_channels"));
    const std::size_t depth = values.size() / outputs;
    const std::size_t filled_depth = (depth + 7) / 8 * 8;
    const auto channels = dsp_channels(
        {values, outputs, depth, depth, 1}, convolution_bias(tensors),
        parameter_of(op, "input_zero_point"), parameter_of(op, "output_zero_point"), op);
    if (!channels) return;

    PreparedOp fast{.variant = variant_of(InstructionSet::arm_dsp, kVariantInt8),
                    .kernel = "whittle_conv2d_int8_arm_dsp",
                    .params_type = "WhittleConv2dArmDsp",
                    .operands = {input_operand(0)}};
    for (const PreparedParam& param : op.params) {
        if (param.name != std::string_view("output_zero_point")) fast.params.push_back(param);
    }
    if (filled_depth == depth) {
        fast.operands.push_back(integer_weights_operand(weights, 1, fast));
    } else {
        const auto filled = filled_rows(values, outputs, depth, filled_depth);
        fast.operands.push_back(add_constant(
            fast, make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(filled))));
    }
    add_dsp_channels(*channels, fast);
    fast.operands.push_back(scratch_operand());
    fast.operands.push_back(output_operand(0));
    const std::size_t columns = 8 * filled_depth;
    const bool gathers = parameter_of(op, "window.input_channels") % 4 != 0;
    fast.scratch_bytes = static_cast<std::int64_t>(columns + (gathers ? filled_depth : 0));
    op = std::move(fast);
}

void use_helium(NodeTensors tensors, PreparedOp& op) {
    const std::vector<std::int8_t> values = integer_weights(*tensors.inputs[1]);
    const auto outputs = static_cast<std::size_t>(parameter_of(op, "window.output_channels"));
    const std::size_t depth = values.size() / outputs;
    const auto channels = dsp_channels(
        {values, outputs, depth, depth, 1}, convolution_bias(tensors),
        parameter_of(op, "input_zero_point"), parameter_of(op, "output_zero_point"), op);
    if (!channels) return;
    PreparedOp fast{.variant = variant_of(InstructionSet::helium, kVariantInt8),
                    .kernel = "whittle_conv2d_int8_helium",
                    .params_type = "WhittleConv2dHelium",
                    .operands = {input_operand(0)}};
    for (const PreparedParam& param : op.params) {
        if (param.name != std::string_view("output_zero_point")) fast.params.push_back(param);
    }
    const std::vector<std::int8_t> packed = helium_rows(values, outputs, depth);
    const std::vector<std::int32_t> tables = helium_tables(*channels, in_order(outputs));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int8_t>("weights", DType::int8, std::span(packed))));
    fast.operands.push_back(add_constant(
        fast, make_prepared_constant<std::int32_t>("tables", DType::int32, std::span(tables))));
    fast.operands.push_back(scratch_operand());
    fast.operands.push_back(output_operand(0));
    fast.scratch_bytes = static_cast<std::int64_t>(depth);
    op = std::move(fast);
}

}  // namespace

void accelerate_conv2d(NodeTensors tensors, const Attributes&, InstructionSet set, PreparedOp& op) {
    if (op.variant != kVariantInt8 || !has_arm_dsp(set) ||
        parameter_of(op, "group_channels") != parameter_of(op, "window.input_channels")) {
        return;
    }
    if (set == InstructionSet::helium) {
        use_helium(tensors, op);
    } else {
        use_arm_dsp(tensors, op);
    }
}

}  // namespace whittle
