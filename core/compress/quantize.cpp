#include "core/compress/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "core/compress/ranges.h"

namespace whittle {
namespace {

constexpr int kWeightLimit = 127;

Status check_graph(const Graph& graph) {
    if (graph.inputs.size() != 1) {
        return Error{.place = "model",
                     .expected = "one input",
                     .found = std::to_string(graph.inputs.size()) + " inputs"};
    }
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const Tensor& tensor = graph.tensors[t];
        if (tensor.variable) {
            return Error{
                .place = "tensor " + std::to_string(t) + " '" + tensor.name + "'",
                .expected = "layers without a state",
                .found = "a tensor that keeps its value from run to run",
                .hint = "keep this model in float32, or train a GRU in place of its LSTM or SVDF"};
        }
        if (tensor.constant && tensor.dtype == DType::float32) {
            ValueRange range;
            if (range.include(tensor.as<float>())) continue;
            return Error{.place = "tensor " + std::to_string(t) + " '" + tensor.name + "'",
                         .expected = "finite numbers",
                         .found = "infinity or not a number",
                         .hint = "train the model again with a lower learning rate"};
        }
        const bool is_float = tensor.dtype == DType::float32 && tensor.quantization.empty();
        const bool is_index = tensor.constant && tensor.dtype == DType::int32;
        if (is_float || (is_index && tensor.quantization.empty())) continue;
        return Error{.place = "tensor " + std::to_string(t) + " '" + tensor.name + "'",
                     .expected = "float32",
                     .found = tensor.quantization.empty()
                                  ? dtype_name(tensor.dtype)
                                  : std::string("quantized ") + dtype_name(tensor.dtype),
                     .hint = "quantize the float32 model, from before it was quantized"};
    }
    return {};
}

template <class T>
void set_data(Tensor& tensor, DType dtype, const std::vector<T>& values) {
    tensor.dtype = dtype;
    tensor.trainable = false;
    tensor.data.resize(values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
}

// The scale of one channel's weights. Usually the largest weight becomes 127. Where the bias is so
// much larger than the weights that bias / (input scale * scale) would leave int32, the scale grows
// with the bias; where there are no weights at all it serves the bias alone, as +-2^15.
float weight_scale(double largest_weight, double largest_bias, float input_scale) {
    const double bias_steps = largest_bias / static_cast<double>(input_scale);
    const double scale = largest_weight > 0.0
                             ? std::max(largest_weight / kWeightLimit, bias_steps / 1073741824.0)
                             : bias_steps / 32768.0;
    const auto stored = static_cast<float>(scale);
    const bool usable = stored >= std::numeric_limits<float>::min() && std::isfinite(stored);
    return usable ? stored : 1.0f;
}

double largest_magnitude(std::span<const float> values) {
    double largest = 0.0;
    for (const float value : values) largest = std::max(largest, std::fabs(double{value}));
    return largest;
}

// How a constant operand that is neither weights nor bias is quantized: like an activation.
Quantization constant_quantization(const Tensor& constant) {
    ValueRange range;
    (void)range.include(constant.as<float>());  // check_graph has seen that they are finite
    return asymmetric_int8(range);
}

void quantize_constant(Tensor& constant, const Quantization& quantization) {
    const std::span<const float> values = std::as_const(constant).as<float>();
    std::vector<std::int8_t> quantized(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double steps = double{values[i]} / double{quantization.scales.front()};
        quantized[i] =
            static_cast<std::int8_t>(round_to(steps + quantization.zero_points.front(), -128, 127));
    }
    constant.quantization = quantization;
    set_data(constant, DType::int8, quantized);
}

// Rewrites a float32 graph, of which the ranges are known, into int8.
class Int8Rewriter {
public:
    Int8Rewriter(Graph graph, std::vector<ValueRange> ranges, const QuantizeOptions& options)
        : graph_(std::move(graph)), ranges_(std::move(ranges)), options_(options) {}

    Result<Graph> rewrite() {
        quantize_activation(graph_.inputs.front());
        std::vector<Node> nodes;
        for (Node& node : graph_.nodes) {
            if (const Status status = quantize_node(node); !status.ok()) return status;
            if (shares_quantization(node)) requantize_inputs(node, nodes);
            nodes.push_back(node);
        }
        graph_.nodes = std::move(nodes);
        if (options_.float_inputs_outputs) add_float_edges();
        if (const Status status = validate(graph_); !status.ok()) return status;
        return std::move(graph_);
    }

private:
    Status quantize_node(Node& node);
    Status quantize_weights(Node& node);
    Quantization quantization_of_constant(const Node& node, std::size_t place) const;
    static bool shares_quantization(const Node& node);
    void requantize_inputs(Node& node, std::vector<Node>& before);
    void quantize_output(int tensor, const Node& node);
    void quantize_activation(int tensor);
    void fill_weights(Tensor& weights,
                      std::size_t axis,
                      std::span<const float> bias,
                      float input_scale) const;
    void fill_bias(Tensor& bias, float input_scale, const Quantization& weights) const;
    int private_copy(int tensor);
    int add_edge_tensor(int tensor);
    void add_float_edges();

    Graph graph_;
    std::vector<ValueRange> ranges_;
    QuantizeOptions options_;
};

Status Int8Rewriter::quantize_node(Node& node) {
    const QuantizationRule& rule = definition_of(node.op).quantization;
    if (rule.weights_input >= 0) {
        if (const Status status = quantize_weights(node); !status.ok()) return status;
    }
    const bool shared = shares_quantization(node);
    if (shared) quantize_activation(node.outputs.front());
    for (std::size_t place = 0; place < node.inputs.size(); ++place) {
        int& input = node.inputs[place];
        if (input == kNoTensor || !graph_.tensor(input).constant) continue;
        if (graph_.tensor(input).dtype != DType::float32) continue;
        input = private_copy(input);
        quantize_constant(graph_.tensor(input), quantization_of_constant(node, place));
    }
    if (shared) return {};
    for (const int output : node.outputs) quantize_output(output, node);
    return {};
}

// Of a constant input, which is none of the weights: what the output asks for, or its own.
Quantization Int8Rewriter::quantization_of_constant(const Node& node, std::size_t place) const {
    if (shares_quantization(node)) return graph_.tensor(node.outputs.front()).quantization;
    const bool is_moved =
        definition_of(node.op).quantization.output == QuantizationRule::Output::same_as_input;
    if (is_moved && place > 0) return graph_.tensor(node.inputs.front()).quantization;
    return constant_quantization(graph_.tensor(node.inputs[place]));
}

bool Int8Rewriter::shares_quantization(const Node& node) {
    return definition_of(node.op).quantization.output == QuantizationRule::Output::shared;
}

// Inputs of another quantization than the output's go through a quantize node, put into `before`.
void Int8Rewriter::requantize_inputs(Node& node, std::vector<Node>& before) {
    const Quantization wanted = graph_.tensor(node.outputs.front()).quantization;
    for (int& input : node.inputs) {
        const Tensor& given = graph_.tensor(input);
        if (given.quantization == wanted) continue;
        Tensor requantized;
        requantized.name = given.name + "_requantized" + std::to_string(graph_.tensors.size());
        requantized.dtype = given.dtype;
        requantized.shape = given.shape;
        requantized.quantization = wanted;
        graph_.tensors.push_back(std::move(requantized));
        const int made = static_cast<int>(graph_.tensors.size()) - 1;
        before.push_back({OpKind::quantize, {}, {input}, {made}});
        input = made;
    }
}

// Weights, and the bias whose scale depends on them. Each node gets constants of its own: shared
// ones could need other scales elsewhere.
Status Int8Rewriter::quantize_weights(Node& node) {
    const QuantizationRule& rule = definition_of(node.op).quantization;
    int& weights = node.inputs[static_cast<std::size_t>(rule.weights_input)];
    const auto bias_place = static_cast<std::size_t>(rule.bias_input);
    const bool has_bias = rule.bias_input >= 0 && bias_place < node.inputs.size() &&
                          node.inputs[bias_place] != kNoTensor;
    if (!graph_.tensor(weights).constant ||
        (has_bias && !graph_.tensor(node.inputs[bias_place]).constant)) {
        return Error{.place = std::string("operator ") + definition_of(node.op).name,
                     .expected = "constant weights and bias",
                     .found = "a tensor computed by the model"};
    }
    const int data = node.inputs[static_cast<std::size_t>(rule.data_input)];
    const float input_scale = graph_.tensor(data).quantization.scales.front();
    weights = private_copy(weights);
    std::vector<float> bias_values;
    if (has_bias) {
        node.inputs[bias_place] = private_copy(node.inputs[bias_place]);
        const auto values = std::as_const(graph_).tensor(node.inputs[bias_place]).as<float>();
        bias_values.assign(values.begin(), values.end());
    }
    fill_weights(graph_.tensor(weights), static_cast<std::size_t>(rule.weights_axis), bias_values,
                 input_scale);
    if (has_bias) {
        fill_bias(graph_.tensor(node.inputs[bias_place]), input_scale,
                  graph_.tensor(weights).quantization);
    }
    return {};
}

// The values of one channel: every index of dimension `axis`, or all of them.
std::vector<std::size_t> channel_indices(const Shape& shape,
                                         std::size_t axis,
                                         std::size_t channel) {
    std::size_t inner = 1;
    for (std::size_t d = axis + 1; d < shape.size(); ++d) {
        inner *= static_cast<std::size_t>(shape[d]);
    }
    std::size_t outer = 1;
    for (std::size_t d = 0; d < axis; ++d) outer *= static_cast<std::size_t>(shape[d]);
    const std::size_t step = inner * static_cast<std::size_t>(shape[axis]);
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < outer; ++i) {
        for (std::size_t k = 0; k < inner; ++k) indices.push_back(i * step + channel * inner + k);
    }
    return indices;
}

std::vector<std::size_t> all_indices(std::size_t count) {
    std::vector<std::size_t> indices(count);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    return indices;
}

void Int8Rewriter::fill_weights(Tensor& weights,
                                std::size_t axis,
                                std::span<const float> bias,
                                float input_scale) const {
    const std::span<const float> values = std::as_const(weights).as<float>();
    const bool per_channel = options_.per_channel_weights && axis < weights.shape.size();
    const std::size_t channels = per_channel ? static_cast<std::size_t>(weights.shape[axis]) : 1;
    Quantization quantization;
    quantization.axis = channels > 1 ? static_cast<std::int32_t>(axis) : 0;
    std::vector<std::int8_t> quantized(values.size());
    for (std::size_t c = 0; c < channels; ++c) {
        const std::vector<std::size_t> indices =
            per_channel ? channel_indices(weights.shape, axis, c) : all_indices(values.size());
        double largest = 0.0;
        for (const std::size_t i : indices)
            largest = std::max(largest, std::fabs(double{values[i]}));
        const std::span<const float> channel_bias =
            per_channel && !bias.empty() ? bias.subspan(c, 1) : bias;
        const float scale = weight_scale(largest, largest_magnitude(channel_bias), input_scale);
        quantization.scales.push_back(scale);
        quantization.zero_points.push_back(0);
        for (const std::size_t i : indices) {
            const double steps = double{values[i]} / double{scale};
            quantized[i] = static_cast<std::int8_t>(round_to(steps, -kWeightLimit, kWeightLimit));
        }
    }
    weights.quantization = std::move(quantization);
    set_data(weights, DType::int8, quantized);
}

void Int8Rewriter::fill_bias(Tensor& bias, float input_scale, const Quantization& weights) const {
    constexpr std::int32_t kLimit = std::numeric_limits<std::int32_t>::max();
    const std::span<const float> values = std::as_const(bias).as<float>();
    std::vector<std::int32_t> quantized(values.size());
    Quantization quantization;
    for (const float scale : weights.scales) {
        quantization.scales.push_back(static_cast<float>(double{input_scale} * double{scale}));
        quantization.zero_points.push_back(0);
    }
    for (std::size_t c = 0; c < values.size(); ++c) {
        const double scale =
            double{input_scale} * double{weights.scales[weights.per_channel() ? c : 0]};
        quantized[c] = round_to(double{values[c]} / scale, -kLimit, kLimit);
    }
    bias.quantization = std::move(quantization);
    set_data(bias, DType::int32, quantized);
}

// The constant itself if nobody else reads it, else a new copy: so those still to be quantized stay
// float32.
int Int8Rewriter::private_copy(int tensor) {
    std::size_t readers = 0;
    for (const Node& node : graph_.nodes) {
        readers +=
            static_cast<std::size_t>(std::count(node.inputs.begin(), node.inputs.end(), tensor));
    }
    const bool is_output = std::count(graph_.outputs.begin(), graph_.outputs.end(), tensor) > 0;
    if (readers > 1 || is_output) {
        Tensor copy = graph_.tensor(tensor);
        copy.name += '_';
        copy.name += std::to_string(graph_.tensors.size());
        graph_.tensors.push_back(std::move(copy));
        tensor = static_cast<int>(graph_.tensors.size()) - 1;
    }
    return tensor;
}

void Int8Rewriter::quantize_activation(int tensor) {
    graph_.tensor(tensor).dtype = DType::int8;
    graph_.tensor(tensor).quantization = asymmetric_int8(ranges_[static_cast<std::size_t>(tensor)]);
}

void Int8Rewriter::quantize_output(int tensor, const Node& node) {
    const QuantizationRule& rule = definition_of(node.op).quantization;
    quantize_activation(tensor);
    Quantization& quantization = graph_.tensor(tensor).quantization;
    if (rule.output == QuantizationRule::Output::same_as_input) {
        quantization = graph_.tensor(node.inputs.front()).quantization;
    } else if (rule.output == QuantizationRule::Output::fixed) {
        quantization = {{rule.fixed_scale}, {rule.fixed_zero_point}, 0};
    }
}

// A float32 tensor like this int8 one, for the outer side of a quantize or dequantize node. It
// takes over the name.
int Int8Rewriter::add_edge_tensor(int tensor) {
    Tensor edge;
    edge.name = graph_.tensor(tensor).name;
    edge.shape = graph_.tensor(tensor).shape;
    graph_.tensor(tensor).name += "_int8";
    graph_.tensors.push_back(std::move(edge));
    return static_cast<int>(graph_.tensors.size()) - 1;
}

void Int8Rewriter::add_float_edges() {
    for (int& output : graph_.outputs) {
        const int edge = add_edge_tensor(output);
        graph_.nodes.push_back({OpKind::dequantize, {}, {output}, {edge}});
        output = edge;
    }
    int& input = graph_.inputs.front();
    const int edge = add_edge_tensor(input);
    graph_.nodes.insert(graph_.nodes.begin(), Node{OpKind::quantize, {}, {edge}, {input}});
    input = edge;
}

}  // namespace

Result<Graph> quantize_int8(const Graph& graph,
                            std::span<const float> representative,
                            const QuantizeOptions& options) {
    if (const Status status = check_graph(graph); !status.ok()) return status;
    Graph expanded = expand(graph);
    Result<std::vector<ValueRange>> ranges = observe_ranges(expanded, representative);
    if (!ranges.ok()) return ranges.status();
    return Int8Rewriter(std::move(expanded), std::move(ranges).value(), options).rewrite();
}

}  // namespace whittle
