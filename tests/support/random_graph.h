#pragma once

#include "core/base/random.h"
#include "core/graph/graph.h"

namespace whittle::test {

// A float32 graph of up to so many activations of 16 bytes to some KB: branches and joins of
// poolings, activations and sums, some of them broadcast. What nobody reads is an output. The same
// stream of random numbers gives the same graph.
Graph random_graph(Random& random, int most_tensors);

}  // namespace whittle::test
