#include "core/deploy/shape_operators.h"

#include <algorithm>
#include <cstring>

#include "core/deploy/program_image.h"
#include "core/graph/checks.h"
#include "core/ops/reshape/attributes.h"

namespace whittle {

namespace {

// No shape has more numbers; a PACK may bring some more together.
constexpr std::size_t kMaxNumbers = 64;

bool is_whole(DType dtype) { return dtype == DType::int32 || dtype == DType::int64; }

// The inputs are `least` or more tensors, and the only output one that nothing gives a value.
Status check_operands_of(const Graph& graph, const Node& node, std::size_t least) {
    if (node.inputs.size() < least || node.inputs.size() > kMaxNumbers) {
        return Error{
            .expected = std::to_string(least) + " to " + std::to_string(kMaxNumbers) + " inputs",
            .found = std::to_string(node.inputs.size())};
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (names_tensor(graph, node.inputs[i])) continue;
        return Error{.place = "input " + std::to_string(i),
                     .expected = "the number of a tensor",
                     .found = std::to_string(node.inputs[i])};
    }
    if (node.outputs.size() != 1 || !names_tensor(graph, node.outputs[0])) {
        return Error{.expected = "one output, a tensor of the file",
                     .found = std::to_string(node.outputs.size()) + " outputs"};
    }
    return {};
}

Status check_free(const Graph& graph, int output) {
    const Tensor& tensor = graph.tensor(output);
    const bool is_input =
        std::find(graph.inputs.begin(), graph.inputs.end(), output) != graph.inputs.end();
    if (!tensor.constant && !tensor.variable && !is_input) return {};
    return Error{.place = "output",
                 .expected = "a tensor that nothing else gives a value",
                 .found = tensor.constant ? "a constant" : "an input or a state"};
}

template <class T>
void append(std::vector<std::uint8_t>& bytes, T value) {
    const std::size_t at = bytes.size();
    bytes.resize(at + sizeof value);
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

// The dimensions of the first input, as numbers of the output's type.
Result<Tensor> shape_of(const Graph& graph, const Node& node) {
    Tensor result = graph.tensor(node.outputs[0]);
    const Shape& shape = graph.tensor(node.inputs[0]).shape;
    result.shape = {static_cast<std::int32_t>(shape.size())};
    for (const std::int32_t size : shape) {
        if (result.dtype == DType::int64) {
            append<std::int64_t>(result.data, size);
        } else {
            append<std::int32_t>(result.data, size);
        }
    }
    return result;
}

// The inputs, all of one shape, one behind the other along a new first dimension.
Result<Tensor> packed(const tflite::Operator& from, const Graph& graph, const Node& node) {
    Tensor result = graph.tensor(node.outputs[0]);
    const Tensor& first = graph.tensor(node.inputs[0]);
    const auto* options = from.builtin_options_as_PackOptions();
    const std::int32_t axis = options == nullptr ? 0 : options->axis();
    if (axis != 0 && axis + static_cast<std::int32_t>(first.shape.size()) + 1 != 0) {
        return Error{.place = "axis", .expected = "0", .found = std::to_string(axis)};
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const Tensor& input = graph.tensor(node.inputs[i]);
        const bool fits = input.constant && input.dtype == result.dtype &&
                          input.shape == first.shape &&
                          input.elements() <= static_cast<std::int64_t>(kMaxNumbers);
        if (!fits) {
            return Error{.place = "input " + std::to_string(i),
                         .expected = std::string("a constant ") + dtype_name(result.dtype) + " " +
                                     to_string(first.shape) + ": a part of a shape",
                         .found = std::string(input.constant ? "a constant " : "a computed ") +
                                  dtype_name(input.dtype) + " " + to_string(input.shape),
                         .hint = "join computed tensors by a concatenation of reshaped ones"};
        }
        result.data.insert(result.data.end(), input.data.begin(), input.data.end());
    }
    result.shape = first.shape;
    result.shape.insert(result.shape.begin(), static_cast<std::int32_t>(node.inputs.size()));
    return result;
}

// What the node's own kernel makes of constants.
Result<Tensor> computed(const Graph& graph, const Node& node) {
    Graph alone;
    for (const int input : node.inputs) alone.tensors.push_back(graph.tensor(input));
    alone.tensors.push_back(graph.tensor(node.outputs[0]));
    const int output = static_cast<int>(node.inputs.size());
    alone.nodes = {{node.op, node.attributes, {}, {output}}};
    for (int i = 0; i < output; ++i) alone.nodes[0].inputs.push_back(i);
    alone.outputs = {output};
    if (const Status status = validate(alone); !status.ok()) {
        Error error = status.error();
        error.place = "";
        return error;
    }
    Result<Program> program = Program::from_graph(alone);
    if (!program.ok()) return program.error();
    Tensor result = graph.tensor(node.outputs[0]);
    result.data.resize(program->output_bytes());
    program->run({}, result.data);
    return result;
}

}  // namespace

bool becomes_reshape(tflite::BuiltinOperator code) {
    return code == tflite::BuiltinOperator_EXPAND_DIMS || code == tflite::BuiltinOperator_SQUEEZE;
}

Status make_reshape(Node& node, const Graph& graph) {
    if (Status status = check_operands_of(graph, node, 1); !status.ok()) return status;
    const Shape& from = graph.tensor(node.inputs[0]).shape;
    const Shape& to = graph.tensor(node.outputs[0]).shape;
    const auto without_ones = [](Shape shape) {
        std::erase(shape, 1);
        return shape;
    };
    if (without_ones(from) != without_ones(to)) {
        return Error{.place = "output",
                     .expected = "the dimensions of the input, " + to_string(from) +
                                 ", with some of 1 more or less",
                     .found = to_string(to)};
    }
    ReshapeAttributes own;
    own.rank = static_cast<std::int32_t>(to.size());
    std::copy(to.begin(), to.end(), own.dimensions.begin());
    node.attributes = Attributes::of(own);
    node.inputs.resize(1);  // the axis is in the shapes
    return {};
}

bool becomes_constant(tflite::BuiltinOperator code) {
    return code == tflite::BuiltinOperator_SHAPE || code == tflite::BuiltinOperator_PACK;
}

bool is_shape_arithmetic(const Graph& graph, const Node& node) {
    if (becomes_constant(node.origin->code)) return true;
    const auto is_constant = [&](int input) {
        return input != kNoTensor && graph.tensor(input).constant;
    };
    return node.op == OpKind::strided_slice && graph.tensor(node.inputs[0]).dtype == DType::int32 &&
           graph.tensor(node.inputs[0]).elements() <= static_cast<std::int64_t>(kMaxNumbers) &&
           std::all_of(node.inputs.begin(), node.inputs.end(), is_constant);
}

Status make_constant(const tflite::Operator& from, const Node& node, Graph& graph) {
    if (Status status = check_operands_of(graph, node, 1); !status.ok()) return status;
    if (Status status = check_free(graph, node.outputs[0]); !status.ok()) return status;
    Tensor& output = graph.tensor(node.outputs[0]);
    if (!is_whole(output.dtype)) {
        return Error{.place = "output",
                     .expected = "int32 or int64, as shapes have",
                     .found = dtype_name(output.dtype)};
    }
    const Result<Tensor> value =
        node.origin->code == tflite::BuiltinOperator_SHAPE  ? shape_of(graph, node)
        : node.origin->code == tflite::BuiltinOperator_PACK ? packed(from, graph, node)
                                                            : computed(graph, node);
    if (!value.ok()) return value.error();
    if (value->shape != output.shape) {
        return Error{.place = "output",
                     .expected = "the shape " + to_string(value->shape),
                     .found = to_string(output.shape)};
    }
    output = *value;
    output.constant = true;
    return {};
}

}  // namespace whittle
