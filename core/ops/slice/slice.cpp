#include <algorithm>
#include <cassert>

#include "core/ops/movement.h"
#include "core/ops/slice/attributes.h"
#include "core/ops/slice/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<SliceAttributes> box_of(std::span<const Tensor* const> inputs) {
    const std::size_t rank = inputs[0]->shape.size();
    SliceAttributes own;
    if (rank > own.begin.size()) {
        return Error{.place = "input 0",
                     .expected = "at most 6 dimensions",
                     .found = to_string(inputs[0]->shape)};
    }
    const auto begin = constant_indices(*inputs[1], "input 1 (begin)", rank);
    if (!begin.ok()) return begin.error();
    const auto size = constant_indices(*inputs[2], "input 2 (size)", rank);
    if (!size.ok()) return size.error();
    std::copy(begin->begin(), begin->end(), own.begin.begin());
    std::copy(size->begin(), size->end(), own.size.begin());
    return own;
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Result<SliceAttributes> box = box_of(inputs);
    if (!box.ok()) return box.error();
    const auto own = attributes.as<SliceAttributes>();
    if (own.begin != box->begin || own.size != box->size) {
        return Error{.place = "inputs 1 and 2",
                     .expected = "the box in the operator's settings",
                     .found = "another one"};
    }
    const Shape& input = inputs[0]->shape;
    Shape output;
    for (std::size_t i = 0; i < input.size(); ++i) {
        const bool inside = own.begin[i] >= 0 && own.begin[i] <= input[i];
        const std::int32_t size =
            own.size[i] == -1 && inside ? input[i] - own.begin[i] : own.size[i];
        if (!inside || size < 0 || size > input[i] - own.begin[i]) {
            return Error{.place = "dimension " + std::to_string(i),
                         .expected = "a part of 0 … " + std::to_string(input[i]),
                         .found = std::to_string(own.size[i]) + " elements from " +
                                  std::to_string(own.begin[i]) + " on"};
        }
        output.push_back(size);
    }
    return std::vector<TensorSpec>{{inputs[0]->dtype, output}};
}

struct Box {
    WhittleStridedWalk walk;
    std::int32_t first;
};

Result<Box> walk_of(const Shape& input, const Shape& output, const Attributes& attributes) {
    const auto own = attributes.as<SliceAttributes>();
    const std::vector<std::int32_t> strides = strides_of(input);
    std::int32_t first = 0;
    for (std::size_t i = 0; i < input.size(); ++i) first += own.begin[i] * strides[i];
    const Result<WhittleStridedWalk> walk = make_walk(output, strides);
    if (!walk.ok()) return walk.error();
    // An empty box may begin behind the end.
    return Box{*walk, element_count(output) == 0 ? 0 : first};
}

void forward(const ForwardContext& context) {
    const Result<Box> box =
        walk_of(*context.inputs[0].shape, *context.outputs[0].shape, context.attributes);
    assert(box.ok());
    whittle_walk_copy(&box->walk, box->first, sizeof(float), context.inputs[0].data,
                      context.outputs[0].data);
}

void backward(const BackwardContext& context) {
    const Result<Box> box =
        walk_of(*context.inputs[0].shape, *context.outputs[0].shape, context.attributes);
    assert(box.ok());
    backward_walk(context, box->walk, box->first);
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Result<Box> box =
        walk_of(tensors.inputs[0]->shape, tensors.outputs[0]->shape, attributes);
    if (!box.ok()) return box.error();
    return prepare_walk(tensors, "whittle_slice", "WhittleSlice", box->walk, box->first);
}

Result<Attributes> read_options(const tflite::Operator&, NodeTensors tensors) {
    const Result<SliceAttributes> own = box_of(tensors.inputs);
    if (!own.ok()) return own.error();
    return Attributes::of(*own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes&) {
    return tflite::CreateSliceOptions(builder).Union();
}

// 5: more than four dimensions; 4: int16; 2: int8.
std::int32_t version(NodeTensors tensors, const Attributes& attributes) {
    const Tensor& input = *tensors.inputs[0];
    if (input.shape.size() > 4) return 5;
    return input.dtype == DType::int16 ? 4 : version_two_for_int8(tensors, attributes);
}

}  // namespace

extern const OpDefinition slice_definition;
const OpDefinition slice_definition = {
    .kind = OpKind::slice,
    .name = "slice",
    .title = "Slice",
    .min_inputs = 3,
    .max_inputs = 3,
    .tflite = {.code = tflite::BuiltinOperator_SLICE,
               .options_type = tflite::BuiltinOptions_SliceOptions,
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
