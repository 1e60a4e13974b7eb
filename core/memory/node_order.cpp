#include "core/memory/node_order.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace whittle {
namespace {

// Sets of nodes kept in all steps of a search together.
constexpr std::size_t kSetsInAll = 200'000;
constexpr std::size_t kFewestSetsOfOneSize = 16;

std::size_t as_index(int index) { return static_cast<std::size_t>(index); }

using NodeSet = std::vector<std::uint64_t>;

bool has(const NodeSet& set, int node) {
    return (set[as_index(node) / 64] >> (node % 64) & 1) != 0;
}

// A graph as the search sees it: who must come before whom, and what a step costs.
class Steps {
public:
    Steps(const Graph& graph, InputsOutputs placement, std::span<const TensorOverlap> overlaps);

    int count() const { return static_cast<int>(inputs_.size()); }
    NodeSet empty_set() const { return NodeSet((as_index(count()) + 63) / 64, 0); }
    std::int64_t bytes_at_start() const { return bytes_at_start_; }

    bool is_ready(int node, const NodeSet& done) const {
        return !has(done, node) &&
               std::all_of(before_[as_index(node)].begin(), before_[as_index(node)].end(),
                           [&](int other) { return has(done, other); });
    }

    struct Bytes {
        std::int64_t peak = 0;   // while the node runs
        std::int64_t after = 0;  // alive once it has run
    };
    // What running a node that is ready does to the bytes alive.
    Bytes run(int node, const NodeSet& done, std::int64_t alive) const {
        return run(node, alive, [&](int tensor) {
            const std::vector<int>& readers = readers_[as_index(tensor)];
            return std::all_of(readers.begin(), readers.end(),
                               [&](int reader) { return reader == node || has(done, reader); });
        });
    }
    // What no order can avoid: the node's own tensors, if all that it reads ends with it.
    std::int64_t least_peak(int node) const {
        std::int64_t alive = 0;
        for (const int tensor : inputs_[as_index(node)]) alive += bytes_[as_index(tensor)];
        return run(node, alive, [](int) { return true; }).peak;
    }

private:
    template <class IsRead>
    Bytes run(int node, std::int64_t alive, IsRead is_read_to_the_end) const;

    std::vector<std::vector<int>> before_;   // nodes that must have run
    std::vector<std::vector<int>> inputs_;   // of each node, activations, each once
    std::vector<std::vector<int>> outputs_;  // of each node
    std::vector<std::vector<const TensorOverlap*>> overlaps_;  // of each node
    std::vector<std::vector<int>> readers_;                    // nodes that read each tensor
    std::vector<std::int64_t> bytes_;                          // of each tensor; 0: not counted
    std::vector<char> stays_;                                  // tensors alive to the end
    std::int64_t bytes_at_start_ = 0;
};

Steps::Steps(const Graph& graph, InputsOutputs placement, std::span<const TensorOverlap> overlaps)
    : before_(graph.nodes.size()),
      inputs_(graph.nodes.size()),
      outputs_(graph.nodes.size()),
      overlaps_(graph.nodes.size()),
      readers_(graph.tensors.size()),
      bytes_(graph.tensors.size(), 0),
      stays_(graph.tensors.size(), 0) {
    const auto mark_edges = [&](const std::vector<int>& edges, bool are_outputs) {
        for (const int tensor : edges) {
            if (placement == InputsOutputs::with_caller) bytes_[as_index(tensor)] = 0;
            if (are_outputs) stays_[as_index(tensor)] = 1;
        }
    };
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        // Variable tensors are there all the time, in any order.
        if (graph.tensors[t].constant || graph.tensors[t].variable) continue;
        bytes_[t] = static_cast<std::int64_t>(graph.tensors[t].bytes());
    }
    mark_edges(graph.inputs, false);
    mark_edges(graph.outputs, true);
    for (const int tensor : graph.inputs) bytes_at_start_ += bytes_[as_index(tensor)];

    std::vector<int> made_by(graph.tensors.size(), -1);
    for (int node = 0; node < count(); ++node) {
        for (const int tensor : graph.nodes[as_index(node)].inputs) {
            if (tensor == kNoTensor || graph.tensor(tensor).constant) continue;
            std::vector<int>& inputs = inputs_[as_index(node)];
            if (std::find(inputs.begin(), inputs.end(), tensor) != inputs.end()) continue;
            inputs.push_back(tensor);
            readers_[as_index(tensor)].push_back(node);
            if (made_by[as_index(tensor)] >= 0)
                before_[as_index(node)].push_back(made_by[as_index(tensor)]);
            // The next that touches a variable tensor comes after this node.
            if (graph.tensor(tensor).variable) made_by[as_index(tensor)] = node;
        }
        outputs_[as_index(node)] = graph.nodes[as_index(node)].outputs;
        for (const int tensor : outputs_[as_index(node)]) made_by[as_index(tensor)] = node;
    }
    for (const TensorOverlap& overlap : overlaps)
        overlaps_[as_index(overlap.node)].push_back(&overlap);
}

template <class IsRead>
Steps::Bytes Steps::run(int node, std::int64_t alive, IsRead is_read_to_the_end) const {
    std::int64_t made = 0;
    std::int64_t ended = 0;
    const auto ends = [&](int tensor) {
        return stays_[as_index(tensor)] == 0 && is_read_to_the_end(tensor);
    };
    for (const int tensor : outputs_[as_index(node)]) {
        made += bytes_[as_index(tensor)];
        if (ends(tensor) && readers_[as_index(tensor)].empty()) ended += bytes_[as_index(tensor)];
    }
    for (const int tensor : inputs_[as_index(node)]) {
        if (ends(tensor)) ended += bytes_[as_index(tensor)];
    }
    std::int64_t common = 0;
    std::int64_t most = 0;
    for (const TensorOverlap* overlap : overlaps_[as_index(node)]) {
        if (!ends(overlap->input)) continue;
        const std::int64_t room =
            std::max<std::int64_t>(0, bytes_[as_index(overlap->output)] - overlap->clearance_bytes);
        common += std::min(room, bytes_[as_index(overlap->input)]);
        most = std::max(most, room);
    }
    return {alive + made - std::min(common, most), alive + made - ended};
}

// Nodes that are done, by a best way to get there.
struct Reached {
    NodeSet done;
    std::int64_t peak = 0;
    std::int64_t alive = 0;
    std::uint32_t parent = 0;  // among those reached with one node less
    int node = -1;             // the one run last
};

std::vector<Reached> next_sets(const Steps& steps,
                               const std::vector<Reached>& reached,
                               std::int64_t peak_to_beat) {
    std::vector<Reached> next;
    for (std::size_t parent = 0; parent < reached.size(); ++parent) {
        for (int node = 0; node < steps.count(); ++node) {
            if (!steps.is_ready(node, reached[parent].done)) continue;
            const Steps::Bytes bytes = steps.run(node, reached[parent].done, reached[parent].alive);
            if (bytes.peak >= peak_to_beat) continue;
            Reached more = {reached[parent].done, std::max(reached[parent].peak, bytes.peak),
                            bytes.after, static_cast<std::uint32_t>(parent), node};
            more.done[as_index(node) / 64] |= std::uint64_t{1} << (node % 64);
            next.push_back(std::move(more));
        }
    }
    return next;
}

// One way to each set, the lowest.
void drop_worse_ways(std::vector<Reached>& reached) {
    std::stable_sort(reached.begin(), reached.end(), [](const Reached& a, const Reached& b) {
        return a.done != b.done ? a.done < b.done : a.peak < b.peak;
    });
    reached.erase(std::unique(reached.begin(), reached.end(),
                              [](const Reached& a, const Reached& b) { return a.done == b.done; }),
                  reached.end());
}

void keep_most_promising(std::vector<Reached>& reached, std::size_t count) {
    std::stable_sort(reached.begin(), reached.end(), [](const Reached& a, const Reached& b) {
        return a.peak != b.peak ? a.peak < b.peak : a.alive < b.alive;
    });
    reached.resize(count);
}

std::int64_t peak_of(const Steps& steps, const std::vector<int>& nodes) {
    NodeSet done = steps.empty_set();
    std::int64_t peak = 0;
    std::int64_t alive = steps.bytes_at_start();
    for (const int node : nodes) {
        const Steps::Bytes bytes = steps.run(node, done, alive);
        peak = std::max(peak, bytes.peak);
        alive = bytes.after;
        done[as_index(node) / 64] |= std::uint64_t{1} << (node % 64);
    }
    return peak;
}

}  // namespace

NodeOrder lowest_order(const Graph& graph,
                       InputsOutputs placement,
                       std::span<const TensorOverlap> overlaps) {
    const Steps steps(graph, placement, overlaps);
    NodeOrder order;
    order.nodes.resize(graph.nodes.size());
    std::iota(order.nodes.begin(), order.nodes.end(), 0);
    order.peak_bytes = peak_of(steps, order.nodes);
    std::int64_t unavoidable = steps.bytes_at_start();
    for (const int node : order.nodes) {
        unavoidable = std::max(unavoidable, steps.least_peak(node));
    }
    if (order.peak_bytes <= unavoidable) return order;

    const std::size_t most_sets =
        std::max(kFewestSetsOfOneSize, kSetsInAll / std::max<std::size_t>(1, order.nodes.size()));
    std::vector<std::vector<std::pair<std::uint32_t, int>>> ways;  // parent and node, per size
    std::vector<Reached> reached = {{steps.empty_set(), 0, steps.bytes_at_start(), 0, -1}};
    for (std::size_t size = 0; size < order.nodes.size() && !reached.empty(); ++size) {
        reached = next_sets(steps, reached, order.peak_bytes);
        drop_worse_ways(reached);
        if (reached.size() > most_sets) {
            keep_most_promising(reached, most_sets);
            order.exact = false;
        }
        ways.emplace_back();
        for (const Reached& each : reached) ways.back().emplace_back(each.parent, each.node);
    }
    if (reached.empty()) return order;
    order.peak_bytes = reached[0].peak;
    std::uint32_t way = 0;
    for (std::size_t size = order.nodes.size(); size-- > 0;) {
        order.nodes[size] = ways[size][way].second;
        way = ways[size][way].first;
    }
    return order;
}

}  // namespace whittle
