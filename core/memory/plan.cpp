#include "core/memory/plan.h"

#include <algorithm>
#include <numeric>

namespace whittle {

namespace {

bool alive_together(const Buffer& a, const Buffer& b) {
    return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

std::int64_t align_up(std::int64_t bytes, std::int64_t alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
}

// The sum of live bytes is largest at the first step of some buffer.
std::int64_t lower_bound_of(const std::vector<Buffer>& buffers) {
    std::vector<std::pair<int, std::int64_t>> changes;
    for (const Buffer& buffer : buffers) {
        changes.emplace_back(buffer.first_step, buffer.bytes);
        changes.emplace_back(buffer.last_step + 1, -buffer.bytes);
    }
    // At one step, what ends comes before what begins.
    std::sort(changes.begin(), changes.end());
    std::int64_t alive = 0;
    std::int64_t largest = 0;
    for (const auto& [step, bytes] : changes) {
        alive += bytes;
        largest = std::max(largest, alive);
    }
    return largest;
}

// The lowest aligned offset where `buffer` overlaps none of `placed` (sorted by offset) that is
// alive together with it.
std::int64_t lowest_free_offset(const Buffer& buffer,
                                const std::vector<std::size_t>& placed,
                                const std::vector<Buffer>& buffers,
                                const std::vector<std::int64_t>& offsets,
                                std::int64_t alignment) {
    std::int64_t candidate = 0;
    for (const std::size_t other : placed) {
        if (!alive_together(buffer, buffers[other])) continue;
        if (candidate + buffer.bytes <= offsets[other]) break;
        candidate = std::max(candidate, align_up(offsets[other] + buffers[other].bytes, alignment));
    }
    return candidate;
}

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

}  // namespace

ArenaPlan plan_greedy_by_size(const std::vector<Buffer>& buffers, std::int64_t alignment) {
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].bytes > buffers[b].bytes;
    });
    ArenaPlan plan;
    plan.offsets.assign(buffers.size(), 0);
    std::vector<std::size_t> placed;
    for (const std::size_t index : order) {
        const std::int64_t offset =
            lowest_free_offset(buffers[index], placed, buffers, plan.offsets, alignment);
        plan.offsets[index] = offset;
        plan.arena_bytes = std::max(plan.arena_bytes, offset + buffers[index].bytes);
        const auto position = std::upper_bound(
            placed.begin(), placed.end(), offset,
            [&](std::int64_t value, std::size_t other) { return value < plan.offsets[other]; });
        placed.insert(position, index);
    }
    plan.lower_bound_bytes = lower_bound_of(buffers);
    return plan;
}

TensorLifetimes lifetimes_of(const Graph& graph, InputsOutputs placement) {
    const std::vector<int> last_use = last_uses(graph);
    const int final_step = std::max(0, static_cast<int>(graph.nodes.size()) - 1);
    const auto contains = [](const std::vector<int>& list, int tensor) {
        return std::find(list.begin(), list.end(), tensor) != list.end();
    };
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
    for (const int input : graph.inputs) add(input, 0);
    for (std::size_t step = 0; step < graph.nodes.size(); ++step) {
        for (const int output : graph.nodes[step].outputs) add(output, static_cast<int>(step));
    }
    return lifetimes;
}

}  // namespace whittle
