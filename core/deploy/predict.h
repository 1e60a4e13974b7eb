#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/data/dataset.h"
#include "core/graph/graph.h"

namespace whittle {

// Real values as a tensor's elements, rounded half away from zero and clamped to the type's range;
// and back. float32 passes unchanged.
Result<std::vector<std::uint8_t>> to_elements(std::span<const float> values, const Tensor& tensor);
Result<std::vector<float>> to_reals(std::span<const std::uint8_t> elements, const Tensor& tensor);

// The model's output for every sample, as real values: [samples, outputs], run by the interpreter
// that boards use. The model has one input and one output.
Result<std::vector<float>> predict_with_program(const Graph& model, const Dataset& data);

}  // namespace whittle
