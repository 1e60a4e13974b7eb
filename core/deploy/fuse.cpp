#include "core/deploy/fuse.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/memory/alignment.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/window.h"
#include "core/runtime/interpreter.h"
#include "core/runtime/paired.h"

namespace whittle {
namespace {

bool is_convolution(OpKind op) { return op == OpKind::conv2d || op == OpKind::depthwise_conv2d; }

// The only node that reads a tensor, if it is one and the tensor no output of the graph.
std::optional<std::size_t> only_reader(const Graph& graph, int tensor) {
    if (std::find(graph.outputs.begin(), graph.outputs.end(), tensor) != graph.outputs.end()) {
        return std::nullopt;
    }
    std::optional<std::size_t> reader;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const std::vector<int>& inputs = graph.nodes[i].inputs;
        const auto reads = std::count(inputs.begin(), inputs.end(), tensor);
        if (reads == 0) continue;
        if (reads > 1 || reader) return std::nullopt;
        reader = i;
    }
    return reader;
}

bool pads_height_and_width_only(const Graph& graph, const Node& node) {
    const auto amounts = node.attributes.as<PadAttributes>();
    if (graph.tensor(node.inputs[0]).shape.size() != 4) return false;
    return amounts.before[0] == 0 && amounts.after[0] == 0 && amounts.before[3] == 0 &&
           amounts.after[3] == 0;
}

// Zero times such a weight would be NaN.
bool has_wild_weights(const Tensor& weights) {
    if (weights.dtype != DType::float32) return false;
    for (std::size_t i = 0; i + 4 <= weights.data.size(); i += 4) {
        float value;
        std::memcpy(&value, weights.data.data() + i, 4);
        if (!std::isfinite(value)) return true;
    }
    return false;
}

void add_to(PreparedOp& op, std::string_view field, std::int32_t amount) {
    for (PreparedParam& param : op.params) {
        if (field == param.name) param.bits += static_cast<std::uint32_t>(amount);
    }
}

std::uint32_t value_around(const PreparedOp& padding) {
    for (const PreparedParam& param : padding.params) {
        if (std::string_view(param.name) == "value") return param.bits;
    }
    return 0;
}

// Convolutions take what is outside the image as 0.
bool pads_with_zero(const Graph& graph, const Node& node, const PreparedOp& op) {
    if (node.op != OpKind::pad && node.op != OpKind::pad_v2) return false;
    const Quantization& quantization = graph.tensor(node.inputs[0]).quantization;
    const std::int32_t zero = quantization.empty() ? 0 : quantization.zero_points.front();
    return value_around(op) == static_cast<std::uint32_t>(zero);
}

// The convolution that can do what the padding at `node`, prepared as `op`, does.
std::optional<std::size_t> convolution_after(const Graph& graph,
                                             const Node& node,
                                             const PreparedOp& op) {
    if (!pads_with_zero(graph, node, op) || !pads_height_and_width_only(graph, node)) {
        return std::nullopt;
    }
    const auto reader = only_reader(graph, node.outputs[0]);
    if (!reader) return std::nullopt;
    const Node& convolution = graph.nodes[*reader];
    if (!is_convolution(convolution.op) || convolution.inputs[0] != node.outputs[0] ||
        has_wild_weights(graph.tensor(convolution.inputs[1]))) {
        return std::nullopt;
    }
    return reader;
}

// The node that can take turns with the convolution at `node`.
std::optional<std::size_t> second_after(const Graph& graph,
                                        const std::vector<PreparedOp>& ops,
                                        std::size_t node) {
    if (!whittle_operator_makes_rows(static_cast<std::uint16_t>(graph.nodes[node].op))) {
        return std::nullopt;
    }
    const int between = graph.nodes[node].outputs[0];
    const auto reader = only_reader(graph, between);
    if (!reader || graph.nodes[*reader].inputs[0] != between ||
        !whittle_operator_takes_rows(static_cast<std::uint16_t>(graph.nodes[*reader].op)) ||
        ops[node].operands.size() + ops[*reader].operands.size() > WHITTLE_MAX_OPERANDS + 1) {
        return std::nullopt;
    }
    const WhittleWindow window = window_of(ops[*reader].params);
    if (window.dilation_height != 1 || window.dilation_width != 1) return std::nullopt;
    return reader;
}

// Appends the second operator's operands but its input, and all that they stand for.
void add_second_operands(const PreparedOp& second, Node& node, PreparedOp& op) {
    const auto inputs = static_cast<int>(node.inputs.size()) - 1;  // without its own input
    const auto constants = static_cast<int>(op.constants.size());
    for (PreparedConstant constant : second.constants) {
        constant.name = "second_" + constant.name;
        op.constants.push_back(std::move(constant));
    }
    for (std::size_t i = 1; i < second.operands.size(); ++i) {
        PreparedOperand operand = second.operands[i];
        if (operand.kind == PreparedOperand::Kind::input) operand.index += inputs;
        if (operand.kind == PreparedOperand::Kind::constant) operand.index += constants;
        op.operands.push_back(operand);
    }
}

// Both kernels' scratch begins at 0, as neither keeps anything from turn to turn; the kept rows lie
// behind it.
void pair_up(
    const PreparedOp& second, OpKind kind, std::size_t element_bytes, Node& node, PreparedOp& op) {
    const WhittleWindow window = window_of(second.params);
    const std::int64_t rows =
        align_up(std::max(op.scratch_bytes, second.scratch_bytes), WHITTLE_ARENA_ALIGNMENT);
    op.second = {kind,          second.variant,        second.kernel, second.params_type,
                 second.params, op.operands.size() - 1};
    op.variant |= WHITTLE_PAIRED;
    op.operands.back() = {PreparedOperand::Kind::scratch, static_cast<int>(rows)};
    add_second_operands(second, node, op);
    op.scratch_bytes = rows + std::int64_t{whittle_kept_rows_count(&window)} * window.input_width *
                                  window.input_channels * static_cast<std::int64_t>(element_bytes);
    op.macs += second.macs;
}

}  // namespace

void fuse_paddings(Graph& graph, std::vector<PreparedOp>& ops) {
    for (std::size_t i = 0; i < graph.nodes.size();) {
        const auto reader = convolution_after(graph, graph.nodes[i], ops[i]);
        if (!reader) {
            ++i;
            continue;
        }
        const auto amounts = graph.nodes[i].attributes.as<PadAttributes>();
        PreparedOp& op = ops[*reader];
        add_to(op, "window.input_height", -(amounts.before[1] + amounts.after[1]));
        add_to(op, "window.input_width", -(amounts.before[2] + amounts.after[2]));
        add_to(op, "window.pad_top", amounts.before[1]);
        add_to(op, "window.pad_left", amounts.before[2]);
        graph.nodes[*reader].inputs[0] = graph.nodes[i].inputs[0];
        graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
        ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

std::vector<Pair> pairable_operators(const Graph& graph, const std::vector<PreparedOp>& ops) {
    std::vector<Pair> all;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (const auto second = second_after(graph, ops, i)) {
            all.push_back({static_cast<int>(i), static_cast<int>(*second)});
        }
    }
    const auto bytes_between = [&graph](const Pair& pair) {
        return graph.tensor(graph.nodes[static_cast<std::size_t>(pair.first)].outputs[0]).bytes();
    };
    std::stable_sort(all.begin(), all.end(), [&](const Pair& a, const Pair& b) {
        return bytes_between(a) > bytes_between(b);
    });
    std::vector<Pair> pairs;
    std::vector<bool> taken(graph.nodes.size(), false);
    for (const Pair& pair : all) {
        const auto first = static_cast<std::size_t>(pair.first);
        const auto second = static_cast<std::size_t>(pair.second);
        if (taken[first] || taken[second]) continue;
        taken[first] = taken[second] = true;
        pairs.push_back(pair);
    }
    return pairs;
}

void fuse_pairs(const std::vector<Pair>& pairs, Graph& graph, std::vector<PreparedOp>& ops) {
    std::vector<int> done;
    for (const Pair& pair : pairs) {
        Node& first = graph.nodes[static_cast<std::size_t>(pair.first)];
        const Node& second = graph.nodes[static_cast<std::size_t>(pair.second)];
        pair_up(ops[static_cast<std::size_t>(pair.second)], second.op,
                element_bytes(graph.tensor(first.outputs[0]).dtype), first,
                ops[static_cast<std::size_t>(pair.first)]);
        first.inputs.insert(first.inputs.end(), second.inputs.begin() + 1, second.inputs.end());
        first.outputs = second.outputs;
        done.push_back(pair.second);
    }
    std::sort(done.rbegin(), done.rend());
    for (const int node : done) {
        graph.nodes.erase(graph.nodes.begin() + node);
        ops.erase(ops.begin() + node);
    }
}

}  // namespace whittle
