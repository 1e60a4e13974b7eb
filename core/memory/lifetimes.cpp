#include "core/memory/lifetimes.h"

#include <algorithm>

namespace whittle {
namespace {

// Step of the last node that reads each tensor; -1 for those that nobody reads.
std::vector<int> last_uses(const Graph& graph) {
    std::vector<int> last(graph.tensors.size(), -1);
    for (std::size_t step = 0; step < graph.nodes.size(); ++step) {
        for (const int input : graph.nodes[step].inputs) {
            if (input != kNoTensor) last[static_cast<std::size_t>(input)] = static_cast<int>(step);
        }
    }
    return last;
}

bool contains(const std::vector<int>& list, int tensor) {
    return std::find(list.begin(), list.end(), tensor) != list.end();
}

std::vector<Overlap> overlaps_between(const Graph& graph,
                                      const TensorLifetimes& lifetimes,
                                      const std::vector<int>& last_use,
                                      std::span<const TensorOverlap> overlaps) {
    std::vector<int> buffer_of(graph.tensors.size(), -1);
    for (std::size_t i = 0; i < lifetimes.tensors.size(); ++i) {
        buffer_of[static_cast<std::size_t>(lifetimes.tensors[i])] = static_cast<int>(i);
    }
    std::vector<Overlap> list;
    for (const TensorOverlap& overlap : overlaps) {
        const int below = buffer_of[static_cast<std::size_t>(overlap.output)];
        const int above = buffer_of[static_cast<std::size_t>(overlap.input)];
        if (below < 0 || above < 0 || graph.tensor(overlap.input).variable ||
            last_use[static_cast<std::size_t>(overlap.input)] != overlap.node ||
            contains(graph.outputs, overlap.input)) {
            continue;
        }
        list.push_back({below, above, overlap.clearance_bytes});
    }
    return list;
}

}  // namespace

std::size_t TensorLifetimes::scratch_buffer(int node) const {
    const auto found = std::find(scratches.begin(), scratches.end(), node);
    return tensors.size() + static_cast<std::size_t>(found - scratches.begin());
}

std::string buffer_name(const Graph& graph, const TensorLifetimes& lifetimes, std::size_t buffer) {
    const std::size_t tensors = lifetimes.tensors.size();
    if (buffer < tensors) return graph.tensor(lifetimes.tensors[buffer]).name;
    return "scratch of step " + std::to_string(lifetimes.scratches[buffer - tensors]);
}

TensorLifetimes lifetimes_of(const Graph& graph,
                             InputsOutputs placement,
                             std::span<const TensorOverlap> overlaps,
                             std::span<const std::int64_t> scratch_bytes) {
    const std::vector<int> last_use = last_uses(graph);
    const int final_step = std::max(0, static_cast<int>(graph.nodes.size()) - 1);
    TensorLifetimes lifetimes;
    const auto add = [&](int tensor, int first_step) {
        const bool is_output = contains(graph.outputs, tensor);
        const bool at_edge = is_output || contains(graph.inputs, tensor);
        if (at_edge && placement == InputsOutputs::with_caller) return;
        if (graph.tensor(tensor).constant) return;
        const int last = is_output
                             ? final_step
                             : std::max(first_step, last_use[static_cast<std::size_t>(tensor)]);
        lifetimes.tensors.push_back(tensor);
        lifetimes.buffers.push_back(
            {static_cast<std::int64_t>(graph.tensor(tensor).bytes()), first_step, last});
    };
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        // What stays from run to run shares its place with nothing.
        if (!graph.tensors[t].variable) continue;
        lifetimes.tensors.push_back(static_cast<int>(t));
        lifetimes.buffers.push_back(
            {static_cast<std::int64_t>(graph.tensors[t].bytes()), 0, final_step});
    }
    for (const int input : graph.inputs) add(input, 0);
    for (std::size_t step = 0; step < graph.nodes.size(); ++step) {
        for (const int output : graph.nodes[step].outputs) add(output, static_cast<int>(step));
    }
    for (std::size_t step = 0; step < scratch_bytes.size(); ++step) {
        if (scratch_bytes[step] == 0) continue;
        const int only = static_cast<int>(step);
        lifetimes.scratches.push_back(only);
        lifetimes.buffers.push_back({scratch_bytes[step], only, only});
    }
    lifetimes.overlaps = overlaps_between(graph, lifetimes, last_use, overlaps);
    return lifetimes;
}

}  // namespace whittle
