#pragma once

#include <cstdint>
#include <span>

#include "core/base/random.h"
#include "core/graph/graph.h"

namespace whittle {

// Weights are made from a stream of random numbers apart from the data's (generators and splits
// take the seed's own).
inline constexpr std::uint64_t kWeightsStream = 1;

// The net of the recipes sine and cosine: one input in 0 ... 2 pi, hidden ReLU layers of these
// widths (at least one), one output. The kinks of the first layer start spread over the period.
Graph make_wave_model(std::span<const std::int32_t> hidden, std::uint64_t seed);

// Moves the kink of every neuron of a dense layer with one input x, where w x + b = 0, to a place
// in low ... high, where the data are. With biases of zero all kinks would start at x = 0, and the
// neurons of negative weight, silent for every x above 0, would never learn.
void spread_kinks(Graph& graph, std::size_t node, float low, float high, Random& random);

}  // namespace whittle
