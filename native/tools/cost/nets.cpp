#include "native/tools/cost/nets.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/graph/checks.h"

namespace whittle {
namespace {

constexpr float kInt8Scale = 0.05f;
constexpr std::int32_t kInt8ZeroPoint = 3;
constexpr float kInt16Scale = 1.0f / 8192.0f;

Quantization quantization_of(DType type) {
    if (type == DType::int8) return {.scales = {kInt8Scale}, .zero_points = {kInt8ZeroPoint}};
    if (type == DType::int16) return {.scales = {kInt16Scale}, .zero_points = {0}};
    return {};
}

}  // namespace

std::int32_t NetMaker::pick(std::int32_t low, std::int32_t high) {
    return low +
           static_cast<std::int32_t>(random_.below(static_cast<std::uint32_t>(high - low + 1)));
}

int NetMaker::add(Tensor tensor) {
    const int index = static_cast<int>(graph_.tensors.size());
    if (tensor.name.empty()) tensor.name = "t" + std::to_string(index);
    graph_.tensors.push_back(std::move(tensor));
    return index;
}

int NetMaker::input(const Shape& shape, DType type) {
    Tensor tensor;
    tensor.dtype = type;
    tensor.shape = shape;
    tensor.quantization = quantization_of(type);
    graph_.inputs.push_back(add(std::move(tensor)));
    return graph_.inputs.back();
}

int NetMaker::weights(const Shape& shape, std::int32_t axis, std::int32_t depth) {
    Tensor tensor;
    tensor.shape = shape;
    tensor.constant = true;
    const auto count = static_cast<std::size_t>(element_count(shape));
    const float scale = 1.0f / (70.0f * std::sqrt(static_cast<float>(depth)));
    if (type_ == DType::float32) {
        tensor.data.resize(4 * count);
        for (std::size_t i = 0; i < count; ++i) {
            const float value = 127.0f * scale * random_.uniform(-1.0f, 1.0f);
            std::memcpy(tensor.data.data() + 4 * i, &value, 4);
        }
        return add(std::move(tensor));
    }
    tensor.dtype = DType::int8;
    for (std::size_t i = 0; i < count; ++i) {
        tensor.data.push_back(static_cast<std::uint8_t>(pick(-127, 127)));
    }
    const auto channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
    tensor.quantization.scales.assign(channels, scale);
    tensor.quantization.zero_points.assign(channels, 0);
    tensor.quantization.axis = channels > 1 ? axis : 0;
    return add(std::move(tensor));
}

int NetMaker::whole_weights(const Shape& shape, std::int32_t depth) {
    const int index = weights(shape, 0, depth);
    Quantization& quantization = graph_.tensors[static_cast<std::size_t>(index)].quantization;
    if (quantization.empty()) return index;
    quantization = {.scales = {quantization.scales[0]}, .zero_points = {0}};
    return index;
}

int NetMaker::times(const Shape& shape) {
    const int index = whole_weights(shape, shape[1]);
    if (type_ != DType::int16) return index;
    Tensor& tensor = graph_.tensors[static_cast<std::size_t>(index)];
    std::vector<std::uint8_t> wide;
    for (const std::uint8_t byte : tensor.data) {
        wide.push_back(byte);
        wide.push_back(static_cast<std::int8_t>(byte) < 0 ? 255 : 0);
    }
    tensor.dtype = DType::int16;
    tensor.data = std::move(wide);
    return index;
}

int NetMaker::variable(const Shape& shape, DType type, int power) {
    Tensor tensor;
    tensor.dtype = type;
    tensor.shape = shape;
    tensor.variable = true;
    tensor.quantization = quantization_of(type);
    if (power != 0 && type != DType::float32) {
        tensor.quantization = {.scales = {std::ldexp(1.0f, power)}, .zero_points = {0}};
    }
    return add(std::move(tensor));
}

int NetMaker::bias(std::int32_t count) {
    Tensor tensor;
    tensor.shape = {count};
    tensor.constant = true;
    tensor.dtype = type_ == DType::float32                  ? DType::float32
                   : type_ == DType::int16 && !narrow_sums_ ? DType::int64
                                                            : DType::int32;
    tensor.data.resize(static_cast<std::size_t>(count) * element_bytes(tensor.dtype));
    return add(std::move(tensor));
}

int NetMaker::indices(const std::vector<std::int32_t>& values, const Shape& shape) {
    Tensor tensor;
    tensor.shape = shape;
    tensor.constant = true;
    tensor.dtype = DType::int32;
    tensor.data.resize(4 * values.size());
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return add(std::move(tensor));
}

void NetMaker::set_quantization(Tensor& tensor, OpKind op, int input) {
    const QuantizationRule& rule = definition_of(op).quantization;
    if (tensor.dtype != DType::int8 && tensor.dtype != DType::int16) return;
    tensor.quantization = quantization_of(tensor.dtype);
    if (rule.output == QuantizationRule::Output::same_as_input) {
        tensor.quantization = graph_.tensor(input).quantization;
    } else if (rule.output == QuantizationRule::Output::fixed) {
        const bool is_int8 = tensor.dtype == DType::int8;
        tensor.quantization.scales = {is_int8 ? rule.fixed_scale : 1.0f / 32768.0f};
        tensor.quantization.zero_points = {is_int8 ? rule.fixed_zero_point : 0};
    }
}

int NetMaker::apply(OpKind op, const std::vector<int>& inputs, const Attributes& attributes) {
    return apply(op, inputs, attributes, type_);
}

int NetMaker::apply(OpKind op,
                    const std::vector<int>& inputs,
                    const Attributes& attributes,
                    DType type) {
    if (!refusal_.empty()) return -1;
    Node node{.op = op, .attributes = attributes, .inputs = inputs, .outputs = {}};
    const auto specs =
        definition_of(op).infer(NodeTensorList(graph_, node).view().inputs, attributes);
    if (!specs.ok()) {
        refusal_ = specs.error().message();
        return -1;
    }
    for (const TensorSpec& spec : *specs) {
        Tensor tensor;
        tensor.dtype = op == OpKind::quantize ? type : spec.dtype;
        tensor.shape = spec.shape;
        set_quantization(tensor, op, inputs[0]);
        node.outputs.push_back(add(std::move(tensor)));
    }
    graph_.nodes.push_back(node);
    return node.outputs[0];
}

Graph NetMaker::finish() {
    for (const Node& node : graph_.nodes) {
        for (const int output : node.outputs) {
            const auto reads = [&](const Node& reader) {
                return std::find(reader.inputs.begin(), reader.inputs.end(), output) !=
                       reader.inputs.end();
            };
            if (std::none_of(graph_.nodes.begin(), graph_.nodes.end(), reads)) {
                graph_.outputs.push_back(output);
            }
        }
    }
    return std::move(graph_);
}

}  // namespace whittle
