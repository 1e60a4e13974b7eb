#include "core/graph/checks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "core/base/text.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

struct Range {
    std::int32_t low;
    std::int32_t high;
};

// Values that a zero point of this type may have. For types wider than int32 and for floats, where
// a zero point means nothing, any int32.
Range zero_point_range(DType dtype) {
    switch (dtype) {
        case DType::int4: return {-8, 7};
        case DType::int8: return {-128, 127};
        case DType::uint8: return {0, 255};
        case DType::int16: return {-32768, 32767};
        default:
            return {std::numeric_limits<std::int32_t>::min(),
                    std::numeric_limits<std::int32_t>::max()};
    }
}

// A product that stops growing once it is beyond every limit we check against.
std::int64_t capped_product(std::int64_t a, std::int64_t b) {
    constexpr std::int64_t cap = std::int64_t{1} << 40;
    if (a == 0 || b == 0) return 0;
    return a > cap / b ? cap : a * b;
}

Status check_scales(const Quantization& quantization) {
    for (std::size_t i = 0; i < quantization.scales.size(); ++i) {
        const float scale = quantization.scales[i];
        if (std::isfinite(scale) && scale > 0.0f) continue;
        return Error{
            .place = "scale " + std::to_string(i),
            .expected = "a finite number above 0",
            .found = std::to_string(scale),
            .hint = "The quantization of this tensor is damaged; convert the model again."};
    }
    return {};
}

Status check_zero_points(const Quantization& quantization, DType dtype) {
    const Range range = zero_point_range(dtype);
    for (std::size_t i = 0; i < quantization.zero_points.size(); ++i) {
        const std::int32_t zero_point = quantization.zero_points[i];
        if (zero_point >= range.low && zero_point <= range.high) continue;
        return Error{.place = "zero point " + std::to_string(i),
                     .expected = std::to_string(range.low) + " to " + std::to_string(range.high) +
                                 " for " + dtype_name(dtype),
                     .found = std::to_string(zero_point)};
    }
    return {};
}

Status check_axis(const Tensor& tensor) {
    const Quantization& quantization = tensor.quantization;
    if (!quantization.per_channel()) return {};
    if (!tensor.constant) {
        return Error{.expected = "one scale for a tensor that is computed",
                     .found = std::to_string(quantization.scales.size()) + " scales",
                     .hint = "Only constants can have one scale per channel."};
    }
    if (quantization.axis < 0 || quantization.axis >= static_cast<int>(tensor.shape.size())) {
        return Error{.expected = "a quantized dimension below the rank, " +
                                 std::to_string(tensor.shape.size()),
                     .found = std::to_string(quantization.axis)};
    }
    const std::int32_t channels = tensor.shape[static_cast<std::size_t>(quantization.axis)];
    if (static_cast<std::int64_t>(quantization.scales.size()) != channels) {
        return Error{
            .expected = std::to_string(channels) + " scales, one for each index of dimension " +
                        std::to_string(quantization.axis) + " of " + to_string(tensor.shape),
            .found = std::to_string(quantization.scales.size())};
    }
    return {};
}

Status check_quantization(const Tensor& tensor) {
    const Quantization& quantization = tensor.quantization;
    if (quantization.scales.size() != quantization.zero_points.size()) {
        return Error{.expected = "as many zero points as scales, " +
                                 std::to_string(quantization.scales.size()),
                     .found = std::to_string(quantization.zero_points.size())};
    }
    const bool needs_scale =
        tensor.dtype == DType::int8 || tensor.dtype == DType::uint8 || tensor.dtype == DType::int16;
    if (needs_scale && !tensor.constant && quantization.empty()) {
        return Error{.expected = std::string("a scale and a zero point for ") +
                                 dtype_name(tensor.dtype) + " values",
                     .found = "none",
                     .hint =
                         "Quantize the model with representative data, so that every "
                         "activation gets a range."};
    }
    if (const Status status = check_scales(quantization); !status.ok()) return status;
    if (const Status status = check_zero_points(quantization, tensor.dtype); !status.ok()) {
        return status;
    }
    return check_axis(tensor);
}

Status check_data(const Tensor& tensor) {
    if (tensor.variable && tensor.constant) {
        return Error{.expected = "no data for a tensor that keeps its value from run to run",
                     .found = std::to_string(tensor.data.size()) + " bytes",
                     .hint = "Such tensors begin with zeros."};
    }
    const std::size_t expected = tensor.constant ? tensor.bytes() : 0;
    if (tensor.data.size() == expected) return {};
    return Error{.expected = tensor.constant
                                 ? std::to_string(expected) + " bytes of data for " +
                                       dtype_name(tensor.dtype) + " " + to_string(tensor.shape)
                                 : "no data for a tensor that is computed",
                 .found = std::to_string(tensor.data.size()) + " bytes"};
}

Error bad_index(const Graph& graph, int index, const std::string& what) {
    return Error{.place = what,
                 .expected = "the number of a tensor, 0 to " +
                             std::to_string(static_cast<std::int64_t>(graph.tensors.size()) - 1),
                 .found = std::to_string(index)};
}

std::string input_counts(const OpDefinition& definition) {
    const std::string low = std::to_string(definition.min_inputs);
    const std::string high = std::to_string(definition.max_inputs);
    return (low == high ? low : low + " to " + high) + (high == "1" ? " input" : " inputs");
}

// The tensor of the operand that a place begins with: "input 1 (weights)", "output". The first
// output where it begins with none; kNoTensor where there is no such operand.
int refused_tensor(const Node& node, std::string_view place) {
    constexpr std::string_view kInput = "input ";
    bool is_input = place.starts_with(kInput);
    std::size_t index = 0;
    if (is_input) {
        const char* const digits = place.data() + kInput.size();
        const auto [end, code] = std::from_chars(digits, place.data() + place.size(), index);
        if (code == std::errc::result_out_of_range) return kNoTensor;
        is_input = code == std::errc();
    }
    const std::vector<int>& list = is_input ? node.inputs : node.outputs;
    return index < list.size() ? list[index] : kNoTensor;
}

}  // namespace

bool names_tensor(const Graph& graph, int index) {
    return index >= 0 && static_cast<std::size_t>(index) < graph.tensors.size();
}

std::string tensor_place(const Graph& graph, int tensor) {
    const std::string number = "tensor " + std::to_string(tensor);
    const std::string& name = graph.tensor(tensor).name;
    return name.empty() ? number : number + " " + quoted(name);
}

std::string node_place(const Graph& graph, int node) {
    const Node& own = graph.nodes[static_cast<std::size_t>(node)];
    if (own.origin) {
        return file_place(own.origin->number, tflite::EnumNameBuiltinOperator(own.origin->code),
                          own.origin->version);
    }
    return "operator " + std::to_string(node) + " (" + definition_of(own.op).name + ")";
}

std::string file_place(int number, std::string_view name, std::int32_t version) {
    return "operator " + std::to_string(number) + " (" + std::string(name) + ", version " +
           std::to_string(version) + ")";
}

Error at_place(std::string place, Error error) {
    if (!error.place.empty()) place += ", " + error.place;
    error.place = std::move(place);
    return error;
}

std::string versioned_place(const Graph& graph, int node) {
    const Node& own = graph.nodes[static_cast<std::size_t>(node)];
    const OpDefinition& definition = definition_of(own.op);
    if (own.origin || !definition.tflite.has_builtin) return node_place(graph, node);
    const NodeTensorList tensors(graph, own);
    const std::int32_t version = definition.tflite.version == nullptr
                                     ? 1
                                     : definition.tflite.version(tensors.view(), own.attributes);
    return file_place(node, definition.name, version);
}

Error refusal_at(std::string place, const Graph& graph, const Node& node, Error error) {
    const int tensor = refused_tensor(node, error.place);
    if (!error.place.empty()) place += ", " + error.place;
    error.place = std::move(place);
    if (names_tensor(graph, tensor)) error.place += ": " + tensor_place(graph, tensor);
    return error;
}

Status check_shape(const Shape& shape, DType dtype) {
    if (shape.size() > kMaxRank) {
        return Error{.expected = "at most " + std::to_string(kMaxRank) + " dimensions",
                     .found = std::to_string(shape.size())};
    }
    std::int64_t count = 1;
    for (const std::int32_t dimension : shape) {
        if (dimension < 0) {
            return Error{.expected = "dimensions of 0 or more",
                         .found = to_string(shape),
                         .hint = "Fix the batch size and other open dimensions when converting."};
        }
        count = capped_product(count, std::max(dimension, 1));
    }
    const auto element = static_cast<std::int64_t>(std::max<std::size_t>(element_bytes(dtype), 1));
    if (count > kMaxElements || count > kMaxTensorBytes / element) {
        return Error{.expected = "at most " + std::to_string(kMaxTensorBytes) + " bytes",
                     .found = std::string(dtype_name(dtype)) + " " + to_string(shape)};
    }
    return {};
}

Status check_tensor(const Graph& graph, int tensor) {
    const Tensor& checked = graph.tensor(tensor);
    for (const auto& check : {+[](const Tensor& t) { return check_shape(t.shape, t.dtype); },
                              +[](const Tensor& t) { return check_data(t); },
                              +[](const Tensor& t) { return check_quantization(t); }}) {
        const Status status = check(checked);
        if (!status.ok()) return at_place(tensor_place(graph, tensor), status.error());
    }
    return {};
}

Status check_operands(const Graph& graph, const Node& node) {
    const OpDefinition& definition = definition_of(node.op);
    const auto count = static_cast<std::int64_t>(node.inputs.size());
    if (count < definition.min_inputs || count > definition.max_inputs) {
        return Error{.expected = input_counts(definition), .found = std::to_string(count)};
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const bool optional = static_cast<int>(i) >= definition.min_inputs;
        if (node.inputs[i] == kNoTensor && optional) continue;
        const std::string place = "input " + std::to_string(i);
        if (node.inputs[i] == kNoTensor) {
            return Error{.place = place, .expected = "a tensor", .found = "none"};
        }
        if (!names_tensor(graph, node.inputs[i])) return bad_index(graph, node.inputs[i], place);
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        if (names_tensor(graph, node.outputs[i])) continue;
        return bad_index(graph, node.outputs[i], "output " + std::to_string(i));
    }
    return {};
}

}  // namespace whittle
