#include "core/deploy/savings.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "core/deploy/fuse.h"
#include "core/deploy/program_image.h"
#include "core/memory/exact.h"
#include "core/memory/node_order.h"
#include "core/runtime/interpreter.h"
#include "core/runtime/overlap.h"

namespace whittle {
namespace {

// The clearance of each activation that the node reads; the largest, if it reads one twice.
std::map<int, std::int64_t> clearances_of(const Node& node, const PreparedOp& op) {
    const std::vector<std::uint32_t> params = record_params(op);
    std::map<int, std::int64_t> clearances;
    for (std::size_t i = 0; i < op.operands.size(); ++i) {
        if (op.operands[i].kind != PreparedOperand::Kind::input) continue;
        const int tensor = node.inputs[static_cast<std::size_t>(op.operands[i].index)];
        std::int64_t& clearance = clearances[tensor];
        clearance = std::max(
            clearance, whittle_operator_clearance(static_cast<std::uint16_t>(node.op), op.variant,
                                                  params.data(), static_cast<std::uint32_t>(i)));
    }
    return clearances;
}

bool is_allowed(std::int64_t clearance, std::size_t output_bytes, const Savings& savings) {
    if (clearance == WHITTLE_NEVER_OVERLAPS) return false;
    if (clearance == 0) return savings.in_place;
    return savings.overlap && clearance < static_cast<std::int64_t>(output_bytes);
}

// Turns take some time and code: they are worth it where a pair saves this part of the arena, and
// all pairs together that part, at least.
constexpr std::int64_t kWorthAPair = 20;
constexpr std::int64_t kWorthTurns = 10;

template <class T>
void put_in_order(std::vector<T>& list, const std::vector<int>& order) {
    std::vector<T> ordered;
    for (const int i : order) ordered.push_back(std::move(list[static_cast<std::size_t>(i)]));
    list = std::move(ordered);
}

std::int64_t planned_bytes(const Graph& graph,
                           const std::vector<PreparedOp>& ops,
                           InputsOutputs placement,
                           const Savings& savings) {
    const auto lifetimes =
        lifetimes_of(graph, placement, kernel_overlaps(graph, ops, savings), scratch_sizes(ops));
    return plan_arena(lifetimes.buffers, WHITTLE_ARENA_ALIGNMENT, lifetimes.overlaps).arena_bytes;
}

}  // namespace

std::vector<TensorOverlap> kernel_overlaps(const Graph& graph,
                                           const std::vector<PreparedOp>& ops,
                                           const Savings& savings) {
    std::vector<TensorOverlap> overlaps;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        const Node& node = graph.nodes[i];
        if (node.outputs.size() != 1) continue;
        const int output = node.outputs[0];
        const std::size_t output_bytes = graph.tensor(output).bytes();
        for (const auto& [input, clearance] : clearances_of(node, ops[i])) {
            if (graph.tensor(input).constant || !is_allowed(clearance, output_bytes, savings)) {
                continue;
            }
            overlaps.push_back({static_cast<int>(i), output, input, clearance});
        }
    }
    return overlaps;
}

std::vector<std::int64_t> scratch_sizes(const std::vector<PreparedOp>& ops) {
    std::vector<std::int64_t> sizes;
    for (const PreparedOp& op : ops) sizes.push_back(op.scratch_bytes);
    return sizes;
}

void fuse_pairs_for_memory(Graph& graph,
                           std::vector<PreparedOp>& ops,
                           InputsOutputs placement,
                           const Savings& savings) {
    std::vector<Pair> chosen = pairable_operators(graph, ops);
    if (chosen.empty()) return;
    const std::vector<Node> nodes = graph.nodes;
    const std::vector<PreparedOp> unfused = ops;
    const auto bytes_with = [&](const std::vector<Pair>& pairs) {
        graph.nodes = nodes;
        ops = unfused;
        fuse_pairs(pairs, graph, ops);
        return planned_bytes(graph, ops, placement, savings);
    };
    std::int64_t bytes = bytes_with(chosen);
    // Those with least between them first.
    for (std::size_t i = chosen.size(); i-- > 0;) {
        std::vector<Pair> fewer = chosen;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        const std::int64_t bytes_of_fewer = bytes_with(fewer);
        if (bytes < bytes_of_fewer - bytes_of_fewer / kWorthAPair) continue;
        bytes = bytes_of_fewer;
        chosen = std::move(fewer);
    }
    const std::int64_t bytes_without = bytes_with({});
    if (bytes <= bytes_without - bytes_without / kWorthTurns) bytes_with(chosen);
}

void reorder_for_memory(Graph& graph,
                        std::vector<PreparedOp>& ops,
                        InputsOutputs placement,
                        const Savings& savings) {
    const std::vector<int> order =
        lowest_order(graph, placement, kernel_overlaps(graph, ops, savings)).nodes;
    if (std::is_sorted(order.begin(), order.end())) return;
    const std::int64_t bytes = planned_bytes(graph, ops, placement, savings);
    put_in_order(graph.nodes, order);
    put_in_order(ops, order);
    if (planned_bytes(graph, ops, placement, savings) < bytes) return;
    std::vector<int> back(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        back[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    }
    put_in_order(graph.nodes, back);
    put_in_order(ops, back);
}

}  // namespace whittle
