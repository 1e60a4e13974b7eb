#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace whittle {

// Reads a .tflite model: any bytes whatever may be passed. The FlatBuffers verifier runs first, then
// every index, size and shape is checked, then every operator is looked up; the graph returned has
// passed validate(). An error names the place (tensor 3 'x', operator 2 (CONV_2D)), what was
// expected, what was found, and a hint. The file's own name is added by the caller.
Result<Graph> read_tflite(std::span<const std::uint8_t> bytes);

// Writes a graph as a .tflite model. Deterministic: reading the result and writing it again gives
// the same bytes. Operators without a builtin code are expanded first. The graph must be valid.
std::vector<std::uint8_t> write_tflite(const Graph& graph);

}  // namespace whittle
