#include <algorithm>
#include <utility>

#include "core/ops/binary.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/concat/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// More than models have. A file of a few bytes for each input shall not lead to pieces whose arena
// takes minutes to plan.
constexpr int kMostInputs = 1024;

std::string place_of(std::size_t input) { return "input " + std::to_string(input); }

// The axis counted from the front; it lies within the shape.
std::size_t axis_of(const Attributes& attributes, const Shape& shape) {
    const std::int32_t axis = attributes.as<ConcatAttributes>().axis;
    return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int32_t>(shape.size())
                                             : axis);
}

Status check_input(const Tensor& first, const Tensor* input, std::size_t index, std::size_t axis) {
    if (input == nullptr) {
        return Error{.place = place_of(index), .expected = "a tensor", .found = "none"};
    }
    if (input->dtype != first.dtype) {
        return wrong_dtype(place_of(index), *input, dtype_name(first.dtype));
    }
    bool fits = input->shape.size() == first.shape.size();
    for (std::size_t d = 0; fits && d < first.shape.size(); ++d) {
        fits = d == axis || input->shape[d] == first.shape[d];
    }
    if (fits) return {};
    return Error{.place = place_of(index),
                 .expected = "the shape " + to_string(first.shape) + " but for dimension " +
                             std::to_string(axis),
                 .found = to_string(input->shape)};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Tensor& first = *inputs[0];
    const std::int32_t axis = attributes.as<ConcatAttributes>().axis;
    const auto rank = static_cast<std::int32_t>(first.shape.size());
    if (axis < -rank || axis >= rank) {
        return Error{.place = "axis",
                     .expected = "one of the " + std::to_string(rank) + " dimensions of input 0",
                     .found = std::to_string(axis)};
    }
    if (element_bytes(first.dtype) == 0) {
        return wrong_dtype("input 0", first, "elements of whole bytes");
    }
    const std::size_t along = axis_of(attributes, first.shape);
    std::int64_t size = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (Status status = check_input(first, inputs[i], i, along); !status.ok()) return status;
        size += inputs[i]->shape[along];
    }
    if (size > INT32_MAX) {
        return Error{.place = "dimension " + std::to_string(along),
                     .expected = "at most 2^31 - 1 elements in all",
                     .found = std::to_string(size)};
    }
    Shape output = first.shape;
    output[along] = static_cast<std::int32_t>(size);
    return std::vector<TensorSpec>{{first.dtype, output}};
}

// The number of rows, and elements in a row of a tensor of that shape.
std::int32_t rows_of(const Shape& shape, std::size_t axis) {
    std::int32_t rows = 1;
    for (std::size_t d = 0; d < axis; ++d) rows *= shape[d];
    return rows;
}
std::int32_t row_elements(const Shape& shape, std::size_t axis) {
    std::int32_t elements = 1;
    for (std::size_t d = axis; d < shape.size(); ++d) elements *= shape[d];
    return elements;
}

// Calls visit(input, row, first element of that row in the output, elements).
template <class Visit>
void for_each_row(std::span<const FloatView> inputs,
                  const Shape& output,
                  std::size_t axis,
                  Visit visit) {
    const std::int32_t rows = rows_of(output, axis);
    std::ptrdiff_t to = 0;
    for (std::int32_t row = 0; row < rows; ++row) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const std::int32_t elements = row_elements(*inputs[i].shape, axis);
            visit(i, std::ptrdiff_t{row} * elements, to, elements);
            to += elements;
        }
    }
}

void forward(const ForwardContext& context) {
    const Shape& output = *context.outputs[0].shape;
    float* to = context.outputs[0].data;
    for_each_row(context.inputs, output, axis_of(context.attributes, output),
                 [&](std::size_t i, std::ptrdiff_t from, std::ptrdiff_t at, std::int32_t count) {
                     const float* values = context.inputs[i].data + from;
                     for (std::int32_t k = 0; k < count; ++k) to[at + k] = values[k];
                 });
}

void backward(const BackwardContext& context) {
    const Shape& output = *context.outputs[0].shape;
    const float* dy = context.output_gradients[0].data;
    for_each_row(context.inputs, output, axis_of(context.attributes, output),
                 [&](std::size_t i, std::ptrdiff_t from, std::ptrdiff_t at, std::int32_t count) {
                     float* dx = context.input_gradients[i].data;
                     if (dx == nullptr) return;
                     for (std::int32_t k = 0; k < count; ++k) dx[from + k] += dy[at + k];
                 });
}

// TFLite copies integers as they are, so all have one quantization.
Status check_quantization(NodeTensors tensors) {
    const Tensor& output = *tensors.outputs[0];
    for (std::size_t i = 0; i < tensors.inputs.size(); ++i) {
        const Tensor& input = *tensors.inputs[i];
        if (input.quantization.empty() && output.quantization.empty()) continue;
        const Result<PerTensor> shared = same_quantization(input, output);
        if (shared.ok()) continue;
        Error error = shared.error();
        error.place = place_of(i) + " and " + error.place;
        return error;
    }
    return {};
}

// Something to be joined: an input, or what pieces before have joined.
struct Part {
    int operand;  // as in ExpansionStep
    std::int64_t bytes;
};

// Where those `count` neighbours begin that have the fewest bytes together.
std::size_t smallest_run(const std::vector<Part>& parts, std::size_t count) {
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) bytes += parts[i].bytes;
    std::int64_t least = bytes;
    std::size_t first = 0;
    for (std::size_t i = count; i < parts.size(); ++i) {
        bytes += parts[i].bytes - parts[i - count].bytes;
        if (bytes >= least) continue;
        least = bytes;
        first = i - count + 1;
    }
    return first;
}

// One step more, which makes one part of `count` neighbours.
void join(std::size_t first,
          std::size_t count,
          const Attributes& attributes,
          std::vector<Part>& parts,
          Expansion& expansion) {
    const auto begin = parts.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    ExpansionStep step{.op = OpKind::concat, .attributes = attributes, .inputs = {}};
    Part joined{-1 - static_cast<int>(expansion.steps.size()), 0};
    for (auto part = begin; part != end; ++part) {
        step.inputs.push_back(part->operand);
        joined.bytes += part->bytes;
    }
    expansion.steps.push_back(std::move(step));
    *begin = joined;
    parts.erase(begin + 1, end);
}

// Joins as few as must be, and those with the fewest bytes first, until one kernel takes what is
// left. Up to 64 inputs of one size are copied twice at most.
Result<Expansion> pieces(NodeTensors tensors, const Attributes& attributes) {
    constexpr std::size_t kMost = WHITTLE_CONCAT_INPUTS;
    Expansion expansion;
    if (tensors.inputs.size() <= kMost) return expansion;
    if (Status status = check_quantization(tensors); !status.ok()) return status;
    std::vector<Part> parts;
    for (std::size_t i = 0; i < tensors.inputs.size(); ++i) {
        parts.push_back(
            {static_cast<int>(i), static_cast<std::int64_t>(tensors.inputs[i]->bytes())});
    }
    while (parts.size() > kMost) {
        const std::size_t count = std::min(kMost, parts.size() - kMost + 1);
        join(smallest_run(parts, count), count, attributes, parts, expansion);
    }
    join(0, parts.size(), attributes, parts, expansion);
    return expansion;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    static constexpr const char* kNames[WHITTLE_CONCAT_INPUTS] = {
        "bytes0", "bytes1", "bytes2", "bytes3", "bytes4", "bytes5", "bytes6", "bytes7"};
    if (Status status = check_quantization(tensors); !status.ok()) return status;
    if (tensors.inputs.size() > WHITTLE_CONCAT_INPUTS) {
        return Error{.expected = "pieces of at most " + std::to_string(WHITTLE_CONCAT_INPUTS) +
                                 " inputs, as the kernel takes",
                     .found = std::to_string(tensors.inputs.size())};
    }
    const Shape& output = tensors.outputs[0]->shape;
    const std::size_t axis = axis_of(attributes, output);
    PreparedOp op{.kernel = "whittle_concat",
                  .params_type = "WhittleConcat",
                  .params = {PreparedParam::of("rows", rows_of(output, axis))},
                  .constants = {},
                  .operands = {}};
    for (std::size_t i = 0; i < WHITTLE_CONCAT_INPUTS; ++i) {
        const bool there = i < tensors.inputs.size();
        const std::int64_t bytes =
            there ? std::int64_t{row_elements(tensors.inputs[i]->shape, axis)} *
                        static_cast<std::int64_t>(element_bytes(tensors.inputs[i]->dtype))
                  : 0;
        op.params.push_back(PreparedParam::of(kNames[i], static_cast<std::int32_t>(bytes)));
        op.operands.push_back(input_operand(there ? static_cast<int>(i) : 0));
    }
    op.operands.push_back(output_operand(0));
    return op;
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    ConcatAttributes own{0};
    if (const auto* options = op.builtin_options_as_ConcatenationOptions()) {
        own.axis = options->axis();
        const auto activation = options->fused_activation_function();
        if (activation != tflite::ActivationFunctionType_NONE) {
            return refused_activation(activation,
                                      "no fused activation, which the format does not define here");
        }
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    return tflite::CreateConcatenationOptions(builder, attributes.as<ConcatAttributes>().axis)
        .Union();
}

}  // namespace

extern const OpDefinition concat_definition;
const OpDefinition concat_definition = {
    .kind = OpKind::concat,
    .name = "concat",
    .title = "Concat",
    .min_inputs = 1,
    .max_inputs = kMostInputs,
    .tflite = {.code = tflite::BuiltinOperator_CONCATENATION,
               .options_type = tflite::BuiltinOptions_ConcatenationOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = binary_version},
    .quantization = {.output = QuantizationRule::Output::shared},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
    .pieces = pieces,
};

}  // namespace whittle
