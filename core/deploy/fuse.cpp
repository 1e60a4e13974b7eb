#include "core/deploy/fuse.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/memory/alignment.h"
#include "core/ops/pad/attributes.h"
#include "core/runtime/pooled.h"

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

// The convolution that can do what the padding at `node` does.
std::optional<std::size_t> convolution_after(const Graph& graph, const Node& node) {
    if (node.op != OpKind::pad || !pads_height_and_width_only(graph, node)) return std::nullopt;
    const auto reader = only_reader(graph, node.outputs[0]);
    if (!reader) return std::nullopt;
    const Node& convolution = graph.nodes[*reader];
    if (!is_convolution(convolution.op) || convolution.inputs[0] != node.outputs[0] ||
        has_wild_weights(graph.tensor(convolution.inputs[1]))) {
        return std::nullopt;
    }
    return reader;
}

// The pooling that the convolution at `node` can do.
std::optional<std::size_t> pooling_after(const Graph& graph, std::size_t node) {
    if (!is_convolution(graph.nodes[node].op)) return std::nullopt;
    const auto reader = only_reader(graph, graph.nodes[node].outputs[0]);
    if (!reader || graph.nodes[*reader].op != OpKind::max_pool2d) return std::nullopt;
    return reader;
}

WhittleWindow window_of_params(const std::vector<PreparedParam>& params) {
    WhittleWindow window;
    std::uint32_t words[sizeof window / 4];
    for (std::size_t i = 0; i < sizeof window / 4; ++i) words[i] = params[i].bits;
    std::memcpy(&window, words, sizeof window);
    return window;
}

void let_pool(const PreparedOp& pooling, std::size_t element_bytes, PreparedOp& op) {
    const WhittleWindow window = window_of_params(pooling.params);
    const std::int64_t rows = align_up(op.scratch_bytes, WHITTLE_ARENA_ALIGNMENT);
    op.pooling = {pooling.kernel, pooling.params_type, pooling.params};
    op.variant |= WHITTLE_POOLED;
    op.operands.back() = {PreparedOperand::Kind::scratch, static_cast<int>(rows)};
    op.operands.push_back({PreparedOperand::Kind::output, 0});
    op.scratch_bytes = rows + std::int64_t{whittle_pooled_rows_kept(&window)} * window.input_width *
                                  window.input_channels * static_cast<std::int64_t>(element_bytes);
}

}  // namespace

void fuse_paddings(Graph& graph, std::vector<PreparedOp>& ops) {
    for (std::size_t i = 0; i < graph.nodes.size();) {
        const auto reader = convolution_after(graph, graph.nodes[i]);
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

std::vector<int> poolable_convolutions(const Graph& graph) {
    std::vector<int> nodes;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (pooling_after(graph, i)) nodes.push_back(static_cast<int>(i));
    }
    return nodes;
}

void fuse_poolings(const std::vector<int>& convolutions,
                   Graph& graph,
                   std::vector<PreparedOp>& ops) {
    std::vector<std::size_t> done;
    for (const int convolution : convolutions) {
        const auto at = static_cast<std::size_t>(convolution);
        const std::size_t pooling = *pooling_after(graph, at);
        let_pool(ops[pooling], element_bytes(graph.tensor(graph.nodes[at].outputs[0]).dtype),
                 ops[at]);
        graph.nodes[at].outputs = graph.nodes[pooling].outputs;
        done.push_back(pooling);
    }
    std::sort(done.rbegin(), done.rend());
    for (const std::size_t pooling : done) {
        graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(pooling));
        ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(pooling));
    }
}

}  // namespace whittle
