#pragma once

#include <cstdint>
#include <vector>

#include "core/base/strided_walk.h"
#include "core/ops/operator.h"

namespace whittle {

// What operators that move elements share.

// The values of a constant int32 or int64 vector that belongs to an operator's settings; `what`
// names it. Fails when it is computed, of another type, or its length is not `count`.
Result<std::vector<std::int32_t>> constant_indices(const Tensor& tensor,
                                                   const char* what,
                                                   std::size_t count);

// Row-major strides of a shape.
std::vector<std::int32_t> strides_of(const Shape& shape);

// The walk of these sizes and strides, with neighbours merged where they continue each other. Fails
// when more than six dimensions are left.
Result<WhittleStridedWalk> make_walk(const std::vector<std::int32_t>& sizes,
                                     const std::vector<std::int32_t>& strides);

// The walk as parameters named "<owner>.size0" ...; `owner` is "walk", "kept" or "reduced".
std::vector<PreparedParam> walk_params(const char* owner, const WhittleStridedWalk& walk);

// A kernel whose parameters are a walk, the first index and the bytes of an element, and whose
// operands are input 0 and the output.
Result<PreparedOp> prepare_walk(NodeTensors tensors,
                                const char* kernel,
                                const char* params_type,
                                const WhittleStridedWalk& walk,
                                std::int32_t first);

// Adds the output's gradient to the elements of the input that the walk visits.
void backward_walk(const BackwardContext& context,
                   const WhittleStridedWalk& walk,
                   std::int32_t first);

}  // namespace whittle
