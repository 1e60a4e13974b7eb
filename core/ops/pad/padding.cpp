#include "core/ops/pad/padding.h"

#include <algorithm>

#include "core/ops/binary.h"
#include "core/ops/movement.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/pad/kernel.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

constexpr std::size_t kRank = 5;

Result<PadAttributes> amounts_of(std::span<const Tensor* const> inputs) {
    const std::size_t rank = inputs[0]->shape.size();
    if (rank > kRank) {
        return Error{.place = "input 0",
                     .expected = "at most 5 dimensions",
                     .found = to_string(inputs[0]->shape)};
    }
    const auto amounts = constant_indices(*inputs[1], "input 1 (paddings)", 2 * rank);
    if (!amounts.ok()) return amounts.error();
    PadAttributes own;
    for (std::size_t i = 0; i < rank; ++i) {
        own.before[i] = (*amounts)[2 * i];
        own.after[i] = (*amounts)[2 * i + 1];
    }
    return own;
}

// Sizes with ones in front up to five dimensions.
WhittlePad params_of(const Shape& input,
                     const Shape& output,
                     const PadAttributes& own,
                     std::int32_t bytes,
                     std::int32_t value) {
    std::int32_t in[kRank] = {1, 1, 1, 1, 1}, out[kRank] = {1, 1, 1, 1, 1}, before[kRank] = {};
    const std::size_t missing = kRank - input.size();
    for (std::size_t i = 0; i < input.size(); ++i) {
        in[missing + i] = input[i];
        out[missing + i] = output[i];
        before[missing + i] = own.before[i];
    }
    return {in[0],  in[1],     in[2],     in[3],     in[4],     out[0],    out[1], out[2], out[3],
            out[4], before[0], before[1], before[2], before[3], before[4], bytes,  value};
}

}  // namespace

Result<std::vector<TensorSpec>> infer_padding(std::span<const Tensor* const> inputs,
                                              const Attributes& attributes) {
    const Result<PadAttributes> amounts = amounts_of(inputs);
    if (!amounts.ok()) return amounts.error();
    const auto own = attributes.as<PadAttributes>();
    if (own.before != amounts->before || own.after != amounts->after) {
        return Error{.place = "input 1 (paddings)",
                     .expected = "the amounts in the operator's settings",
                     .found = "other ones"};
    }
    const std::size_t bytes = element_bytes(inputs[0]->dtype);
    if (bytes == 0 || bytes > 4) {
        return wrong_dtype("input 0", *inputs[0], "elements of 1, 2 or 4 bytes");
    }
    Shape output = inputs[0]->shape;
    std::int64_t count = 1;
    for (std::size_t i = 0; i < output.size(); ++i) {
        const std::int64_t size = std::int64_t{output[i]} + own.before[i] + own.after[i];
        count *= std::max<std::int64_t>(size, 1);
        if (own.before[i] < 0 || own.after[i] < 0 || size > INT32_MAX || count > kMaxElements) {
            return Error{
                .place = "input 1 (paddings)",
                .expected = "amounts of 0 or more, and at most 2^31 elements in all",
                .found = std::to_string(own.before[i]) + " and " + std::to_string(own.after[i])};
        }
        output[i] = static_cast<std::int32_t>(size);
    }
    return std::vector<TensorSpec>{{inputs[0]->dtype, output}};
}

PreparedOp prepare_padding(NodeTensors tensors, const Attributes& attributes, std::int32_t value) {
    const Tensor& input = *tensors.inputs[0];
    const WhittlePad p =
        params_of(input.shape, tensors.outputs[0]->shape, attributes.as<PadAttributes>(),
                  static_cast<std::int32_t>(element_bytes(input.dtype)), value);
    return PreparedOp{
        .kernel = "whittle_pad",
        .params_type = "WhittlePad",
        .params = {PreparedParam::of("input0", p.input0), PreparedParam::of("input1", p.input1),
                   PreparedParam::of("input2", p.input2), PreparedParam::of("input3", p.input3),
                   PreparedParam::of("input4", p.input4), PreparedParam::of("output0", p.output0),
                   PreparedParam::of("output1", p.output1), PreparedParam::of("output2", p.output2),
                   PreparedParam::of("output3", p.output3), PreparedParam::of("output4", p.output4),
                   PreparedParam::of("before0", p.before0), PreparedParam::of("before1", p.before1),
                   PreparedParam::of("before2", p.before2), PreparedParam::of("before3", p.before3),
                   PreparedParam::of("before4", p.before4),
                   PreparedParam::of("element_bytes", p.element_bytes),
                   PreparedParam::of("value", p.value)},
        .constants = {},
        .operands = {input_operand(0), output_operand(0)}};
}

void forward_padding(const ForwardContext& context, std::int32_t value) {
    const WhittlePad params = params_of(*context.inputs[0].shape, *context.outputs[0].shape,
                                        context.attributes.as<PadAttributes>(), 4, value);
    whittle_pad(&params, context.inputs[0].data, context.outputs[0].data);
}

void backward_padding(const BackwardContext& context) {
    const auto own = context.attributes.as<PadAttributes>();
    const Shape& input = *context.inputs[0].shape;
    const std::vector<std::int32_t> strides = strides_of(*context.outputs[0].shape);
    float* dinput = context.input_gradients[0].data;
    if (dinput == nullptr) return;
    std::int32_t first = 0;
    for (std::size_t i = 0; i < input.size(); ++i) first += own.before[i] * strides[i];
    const Result<WhittleStridedWalk> walk = make_walk(input, strides);  // at most five dimensions
    const std::int64_t count = element_count(input);
    for (std::int64_t i = 0; i < count; ++i) {
        dinput[i] += context.output_gradients[0]
                         .data[first + whittle_walk_offset(&*walk, static_cast<std::int32_t>(i))];
    }
}

Result<Attributes> read_padding(const tflite::Operator&, NodeTensors tensors) {
    const Result<PadAttributes> own = amounts_of(tensors.inputs);
    if (!own.ok()) return own.error();
    return Attributes::of(*own);
}

std::int32_t padding_version(NodeTensors tensors, const Attributes& attributes) {
    return tensors.inputs[0]->shape.size() > 4 ? 4 : binary_version(tensors, attributes);
}

}  // namespace whittle
