#include <algorithm>
#include <cassert>

#include "core/ops/movement.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"
#include "core/ops/transpose/attributes.h"
#include "core/ops/transpose/kernel.h"

namespace whittle {

namespace {

Result<TransposeAttributes> order_of(std::span<const Tensor* const> inputs) {
    const std::size_t rank = inputs[0]->shape.size();
    const auto order = constant_indices(*inputs[1], "input 1 (order)", rank);
    if (!order.ok()) return order.error();
    TransposeAttributes own;
    std::array<bool, 8> taken{};
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int32_t from =
            (*order)[i] < 0 ? (*order)[i] + static_cast<std::int32_t>(rank) : (*order)[i];
        if (from < 0 || from >= static_cast<std::int32_t>(rank) ||
            taken[static_cast<std::size_t>(from)]) {
            return Error{.place = "input 1 (order)",
                         .expected = "every dimension of " + to_string(inputs[0]->shape) + " once",
                         .found = to_string(*order)};
        }
        taken[static_cast<std::size_t>(from)] = true;
        own.order[i] = static_cast<std::int8_t>(from);
    }
    return own;
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Result<TransposeAttributes> order = order_of(inputs);
    if (!order.ok()) return order.error();
    const auto own = attributes.as<TransposeAttributes>();
    if (own.order != order->order) {
        return Error{.place = "input 1 (order)",
                     .expected = "the order in the operator's settings",
                     .found = "another one"};
    }
    Shape output;
    for (std::size_t i = 0; i < inputs[0]->shape.size(); ++i) {
        output.push_back(inputs[0]->shape[static_cast<std::size_t>(own.order[i])]);
    }
    return std::vector<TensorSpec>{{inputs[0]->dtype, output}};
}

Result<WhittleStridedWalk> walk_of(const Shape& input, const Attributes& attributes) {
    const auto own = attributes.as<TransposeAttributes>();
    const std::vector<std::int32_t> strides = strides_of(input);
    std::vector<std::int32_t> sizes, steps;
    for (std::size_t i = 0; i < input.size(); ++i) {
        sizes.push_back(input[static_cast<std::size_t>(own.order[i])]);
        steps.push_back(strides[static_cast<std::size_t>(own.order[i])]);
    }
    return make_walk(sizes, steps);
}

void forward(const ForwardContext& context) {
    const Result<WhittleStridedWalk> walk = walk_of(*context.inputs[0].shape, context.attributes);
    assert(walk.ok());
    whittle_walk_copy(&*walk, 0, sizeof(float), context.inputs[0].data, context.outputs[0].data);
}

void backward(const BackwardContext& context) {
    backward_walk(context, *walk_of(*context.inputs[0].shape, context.attributes), 0);
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Result<WhittleStridedWalk> walk = walk_of(tensors.inputs[0]->shape, attributes);
    if (!walk.ok()) return walk.error();
    return prepare_walk(tensors, "whittle_transpose", "WhittleTranspose", *walk, 0);
}

Result<Attributes> read_options(const tflite::Operator&, NodeTensors tensors) {
    const Result<TransposeAttributes> own = order_of(tensors.inputs);
    if (!own.ok()) return own.error();
    return Attributes::of(*own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes&) {
    return tflite::CreateTransposeOptions(builder).Union();
}

// 6: more than five dimensions; 5: int16; 4: five dimensions; 2: int8.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    const Tensor& input = *tensors.inputs[0];
    if (input.shape.size() > 5) return 6;
    if (input.dtype == DType::int16) return 5;
    return input.shape.size() > 4 ? 4 : version_two_for_int8(tensors, attributes);
}

}  // namespace

extern const OpDefinition transpose_definition;
const OpDefinition transpose_definition = {
    .kind = OpKind::transpose,
    .name = "transpose",
    .title = "Transpose",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_TRANSPOSE,
               .options_type = tflite::BuiltinOptions_TransposeOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
