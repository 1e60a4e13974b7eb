#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/graph/graph.h"
#include "core/memory/plan.h"

namespace whittle {

// A net as a memory planner sees it: how large each tensor is, and from which step to which it
// lives. Step i is layer i.
struct ArenaTensors {
    std::vector<std::string> names;
    std::vector<Buffer> buffers;  // as many

    std::size_t size() const { return buffers.size(); }
    void add(std::string name, std::int64_t bytes, int first_step, int last_step);
    // One more than the last step of all; at least 1.
    int steps() const;
};

// How many tensors a lab can show.
inline constexpr std::size_t kMaxArenaTensors = 96;

// Sizes are those of int8 activations: a byte for each value.

// Six layers in a row that make a picture of 512 x 512 x 3 smaller and smaller. Its sizes fall, so
// the list by size is the list in time.
ArenaTensors seven_tensors();
// 1-16-16-1, three dense layers.
ArenaTensors sine_tensors();
// The DS-CNN of the MLPerf Tiny benchmark, with 64 channels in its five convolutions.
ArenaTensors keyword_tensors();
// The ResNet-8 of the same benchmark: three blocks whose input waits for the block's end.
ArenaTensors resnet_tensors();
// Seven tensors that fit exactly, but no greedy planner finds out how.
ArenaTensors puzzle_tensors();
// Ten tensors: no plan is as small as what is alive at the fullest step.
ArenaTensors tight_tensors();
// 256 to 4,096 bytes each, alive for one to five steps. The same for a seed everywhere.
ArenaTensors random_tensors(std::size_t count, std::uint64_t seed);
// The activations of a graph, inputs and outputs among them. Fails when they are too many, or one
// is larger than `max_bytes`, or there are more than `max_steps` operators.
Result<ArenaTensors> tensors_of(const Graph& graph, std::int64_t max_bytes, int max_steps);

// The same net with `factor` bytes for each value.
ArenaTensors widened(ArenaTensors tensors, std::int64_t factor);

}  // namespace whittle
