#include <algorithm>
#include <cstring>

#include "core/ops/reshape/attributes.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// The wanted shape: from the constant second input if there is one, else from the attributes.
Result<Shape> wanted_shape(std::span<const Tensor* const> inputs, const Attributes& attributes) {
    if (inputs.size() > 1 && inputs[1] != nullptr) {
        const Tensor& shape = *inputs[1];
        if (!shape.constant || shape.dtype != DType::int32 || shape.shape.size() != 1) {
            return Error{.place = "input 1 (shape)",
                         .expected = "a constant int32 vector",
                         .found = std::string(shape.constant ? "a constant " : "a computed ") +
                                  dtype_name(shape.dtype) + " " + to_string(shape.shape)};
        }
        const auto values = shape.as<std::int32_t>();
        return Shape(values.begin(), values.end());
    }
    const auto own = attributes.as<ReshapeAttributes>();
    return Shape(own.dimensions.begin(), own.dimensions.begin() + own.rank);
}

// Fills in a -1, or lets a leading 1 grow to the batch.
Status resolve(Shape& shape, std::int64_t elements) {
    std::int64_t known = 1;
    int unknown = -1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == -1 && unknown < 0) {
            unknown = static_cast<int>(i);
        } else if (shape[i] < 0 || known > kMaxElements) {
            return Error{.expected = "dimensions of at least 0 and at most one -1",
                         .found = to_string(shape)};
        } else {
            known *= shape[i];
        }
    }
    if (unknown < 0 && known != elements && !shape.empty() && shape[0] == 1) unknown = 0;
    if (unknown >= 0) {
        if (known == 0 || elements % known != 0 || elements / known > INT32_MAX) {
            return Error{.expected = "a shape that " + std::to_string(elements) + " elements fill",
                         .found = to_string(shape)};
        }
        shape[static_cast<std::size_t>(unknown)] = static_cast<std::int32_t>(elements / known);
        return {};
    }
    if (known != elements) {
        return Error{.expected = "a shape of " + std::to_string(elements) + " elements",
                     .found = to_string(shape)};
    }
    return {};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    Result<Shape> shape = wanted_shape(inputs, attributes);
    if (!shape.ok()) return shape.error();
    if (shape->size() > kMaxRank) {
        return Error{.expected = "at most 8 dimensions", .found = to_string(*shape)};
    }
    if (Status status = resolve(*shape, inputs[0]->elements()); !status.ok()) return status;
    return std::vector<TensorSpec>{{inputs[0]->dtype, *shape}};
}

void forward(const ForwardContext& context) {
    const std::span<const float> input = values_of(context.inputs[0]);
    std::copy(input.begin(), input.end(), context.outputs[0].data);
}

void backward(const BackwardContext& context) {
    const std::span<const float> gradient = values_of(context.output_gradients[0]);
    float* input_gradient = context.input_gradients[0].data;
    if (input_gradient == nullptr) return;
    for (std::size_t i = 0; i < gradient.size(); ++i) input_gradient[i] += gradient[i];
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    const auto bytes = static_cast<std::int32_t>(tensors.inputs[0]->bytes());
    return PreparedOp{.kernel = "whittle_reshape",
                      .params_type = "WhittleReshape",
                      .params = {PreparedParam::of("bytes", bytes)},
                      .operands = {input_operand(0), output_operand(0)}};
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    ReshapeAttributes own;
    const auto* options = op.builtin_options_as_ReshapeOptions();
    const auto* shape = options != nullptr ? options->new_shape() : nullptr;
    if (shape == nullptr) {
        if (tensors.inputs.size() > 1 && tensors.inputs[1] != nullptr) return Attributes::of(own);
        return Error{.expected = "a new shape, as an option or as the second input",
                     .found = "neither"};
    }
    if (shape->size() > own.dimensions.size()) {
        return Error{.expected = "at most 8 dimensions", .found = std::to_string(shape->size())};
    }
    own.rank = static_cast<std::int32_t>(shape->size());
    std::copy(shape->begin(), shape->end(), own.dimensions.begin());
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<ReshapeAttributes>();
    const auto shape =
        builder.CreateVector(own.dimensions.data(), static_cast<std::size_t>(own.rank));
    return tflite::CreateReshapeOptions(builder, shape).Union();
}

}  // namespace

extern const OpDefinition reshape_definition;
const OpDefinition reshape_definition = {
    .kind = OpKind::reshape,
    .name = "reshape",
    .title = "Reshape",
    .min_inputs = 1,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_RESHAPE,
               .options_type = tflite::BuiltinOptions_ReshapeOptions,
               .read_options = read_options,
               .write_options = write_options},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
